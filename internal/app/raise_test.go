package app_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"banam/internal/app"
	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/territory"
)

func TestRaise(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	form, err := s.app.RaiseForm(t.Context(), s.as("cbhuyen"), s.place("Ấp Hưng Chánh"), uuid.Nil)
	if err != nil {
		t.Fatal(err)
	}
	var desks []string
	for _, d := range form.Desks {
		desks = append(desks, fmt.Sprintf("%s %v %v", d.Name, d.Direct, d.Vacant()))
	}
	if want := "Xã Châu Hưng false false, Tiểu vùng I true false, Ấp Hưng Chánh false false"; strings.Join(desks, ", ") != want {
		t.Errorf("desks: got %v, want %v", desks, want)
	}
	if len(form.Fields) != 13 || form.Chain.Self().Name != "Ấp Hưng Chánh" {
		t.Errorf("form: got %d fields at %s", len(form.Fields), form.Chain.Self().Name)
	}
	in := s.bridge()
	in.Title = "  Ca\u0302\u0300u qua   rạch\nbị sập\x00 " // decomposed, as some keyboards send it
	v := s.issue("cbhuyen", s.raise("cbhuyen", in))
	if v.Issue.Title != "Cầu qua rạch bị sập" || v.Issue.Number != "BĐ-2020-000001" || v.Issue.State != casework.New {
		t.Errorf("issue: got %q, number %s, %s", v.Issue.Title, v.Issue.Number, v.Issue.State)
	}
	if v.Desk.Name != "Xã Châu Hưng" || len(v.Desk.Leads) == 0 || len(v.WaitsFor) == 0 || v.WaitsFor[0].Name != v.Desk.Leads[0] {
		t.Errorf("desk: got %+v, waits for %+v", v.Desk, v.WaitsFor)
	}
	if len(v.Events) != 1 || v.Events[0].ToDeskName != "Xã Châu Hưng" || v.Events[0].Post.NameVi == "" || v.Events[0].PostPlace != "Ấp Hưng Chánh" {
		t.Errorf("events: got %+v", v.Events)
	}
	// 24 working hours from Monday 9:00 are 6 h on Monday, 8 h on Tuesday, 8 h on Wednesday and 2 h on Thursday.
	if want := time.Date(2020, 3, 5, 9, 0, 0, 0, territory.Zone); !v.Issue.DueAt.Equal(want) {
		t.Errorf("due: got %v, want %v", v.Issue.DueAt, want)
	}
}

func TestRaiseRefusals(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	good := s.bridge()
	for name, c := range map[string]struct {
		spoil func(*app.RaiseInput)
		want  string
	}{
		"empty": {func(in *app.RaiseInput) { *in = app.RaiseInput{Locality: in.Locality} }, "description desk field severity title"},
		"space": {func(in *app.RaiseInput) { in.Title, in.Description = " \n ", "\t" }, "description title"},
		"long": {func(in *app.RaiseInput) {
			in.Title, in.Description = strings.Repeat("ầ", 201), strings.Repeat("x", 1<<20)
		}, "description title"},
		"no place":                    {func(in *app.RaiseInput) { in.Locality = 0 }, "locality"},
		"a place that does not exist": {func(in *app.RaiseInput) { in.Locality = 1 << 40 }, "locality"},
		"a place of others":           {func(in *app.RaiseInput) { in.Locality = s.place("Xã Lộc Thuận") }, "locality"},
		"the own place's superior":    {func(in *app.RaiseInput) { in.Locality = s.place("Xã Châu Hưng") }, "locality"},
		"a field that does not exist": {func(in *app.RaiseInput) { in.Field = "nonsense" }, "field"},
		"an unknown severity":         {func(in *app.RaiseInput) { in.Severity = 4 }, "severity"},
		"a desk that is not offered":  {func(in *app.RaiseInput) { in.Desk = s.place("Tỉnh Bến Tre") }, "desk"},
	} {
		in := good
		c.spoil(&in)
		_, err := s.app.Raise(t.Context(), s.as("cbhuyen"), sending(), in)
		wantKind(t, name, err, fault.KindInvalid, "")
		if got := strings.Join(fieldsOf(err), " "); got != c.want {
			t.Errorf("%s: got fields %q, want %q", name, got, c.want)
		}
	}
	foreign := good
	foreign.ReportID = uuid.New()
	_, err := s.app.Raise(t.Context(), s.as("cbhuyen"), sending(), foreign)
	wantKind(t, "a report that may not be read", err, fault.KindNotFound, "")
	_, err = s.app.Raise(t.Context(), s.as("admin"), sending(), good)
	wantKind(t, "an administrator", err, fault.KindInvalid, "")
	_, err = s.app.RaiseForm(t.Context(), s.as("admin"), 0, uuid.Nil)
	wantKind(t, "an administrator's form", err, fault.KindForbidden, "")
	_, err = s.app.RaiseForm(t.Context(), s.as("cbhuyen"), s.place("Xã Lộc Thuận"), uuid.Nil)
	wantKind(t, "a form for a place of others", err, fault.KindNotFound, "")
	_, err = s.app.Raise(t.Context(), s.as("cbhuyen"), app.Submission{}, good)
	wantKind(t, "no submission id", err, fault.KindConflict, "")
	if n := s.number(`SELECT count(*) FROM issues`) + s.number(`SELECT count(*) FROM submissions`); n != 0 {
		t.Errorf("after refusals: got %d rows, want none", n)
	}
}

func TestRaiseIsOneIssueHoweverOftenItIsSent(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	who, in, sub := s.as("cbhuyen"), s.bridge(), sending()
	ids := make([]uuid.UUID, 20)
	var wg sync.WaitGroup
	for n := range ids {
		wg.Go(func() {
			id, err := s.app.Raise(t.Context(), who, sub, in)
			if err != nil {
				t.Errorf("sending %d: %v", n, err)
			}
			ids[n] = id
		})
	}
	wg.Wait()
	if ids[0] == uuid.Nil || len(slices.Compact(ids)) != 1 {
		t.Errorf("answers: got %v, want one and the same", ids)
	}
	other := sub
	other.Body = []byte("something else")
	_, err := s.app.Raise(t.Context(), who, other, in)
	wantKind(t, "the same id with another body", err, fault.KindConflict, "fault.submission_differs")
	s.work()
	s.wantTold("issue.raise", "bithu")
	for table, want := range map[string]int64{"issues": 1, "issue_events": 1, "notices": 1} {
		if n := s.number(`SELECT count(*) FROM ` + table); n != want {
			t.Errorf("%s: got %d rows, want %d", table, n, want)
		}
	}
}

func TestNumbersHaveNoGaps(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	in := s.bridge()
	wrong := in
	wrong.Title = ""
	people := []string{"cbhuyen", "cbxa", "huyenuyvien", "bithu", "cbtinh"}
	var wg sync.WaitGroup
	for n := range 50 {
		who := s.as(people[n%len(people)])
		mine := in
		if n%len(people) == 1 { // tier 3 holds the group only
			mine.Locality = s.place("Tổ 1")
		}
		wg.Go(func() {
			if _, err := s.app.Raise(t.Context(), who, sending(), mine); err != nil {
				t.Errorf("raise %d: %v", n, err)
			}
		})
		wg.Go(func() {
			if _, err := s.app.Raise(t.Context(), who, sending(), wrong); err == nil {
				t.Errorf("raise %d without a title: got no error", n)
			}
		})
	}
	wg.Wait()
	if n := s.number(`SELECT count(*) FROM generate_series(1, 50) n JOIN issues i ON i.number = 'BĐ-2020-' || lpad(n::text, 6, '0')`); n != 50 {
		t.Errorf("numbers: got %d of 1 to 50", n)
	}
	// The year is that of Asia/Ho_Chi_Minh: half past midnight there is still the old year in UTC.
	s.setClock(time.Date(2020, 12, 31, 23, 59, 0, 0, territory.Zone))
	old := s.issue("cbhuyen", s.raise("cbhuyen", in)).Issue.Number
	s.setClock(time.Date(2021, 1, 1, 0, 30, 0, 0, territory.Zone))
	young := s.issue("cbhuyen", s.raise("cbhuyen", in)).Issue.Number
	if old != "BĐ-2020-000051" || young != "BĐ-2021-000001" {
		t.Errorf("around new year: got %s and %s", old, young)
	}
}

func TestDirectLineTellsThoseItPassesBy(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	in := s.bridge()
	in.Desk = s.place("Tiểu vùng I")
	v := s.issue("tieuvung1", s.raise("cbhuyen", in))
	if v.Desk.Name != "Tiểu vùng I" || !v.Events[0].Detail.Direct {
		t.Errorf("got desk %s, event %+v", v.Desk.Name, v.Events[0])
	}
	s.work()
	s.wantTold("issue.raise", "tieuvung1")
	s.wantTold("issue.direct", "bithu", "dangvien", "huyenuyvien")
}

func TestRaiseFromAReport(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	author := s.as("cbhuyen")
	report := uuid.Must(uuid.NewV7())
	s.exec(`INSERT INTO reports (id, author_id, assignment_id, kind, happened_on, locality_id, province_id, district_id, commune_id, hamlet_id,
			state, summary, content, received_at)
		SELECT $1, $2, $3, 'situation', '2020-03-01', $4, $5, $6, $7, $4, 'submitted', 'Đi nắm tình hình', '{"what": "x", "difficulties": "Cầu sập"}', $8`,
		report, author.CadreID, author.Grants[0].AssignmentID, s.place("Ấp Hưng Chánh"), s.place("Tỉnh Bến Tre"), s.place("Huyện Bình Đại"),
		s.place("Xã Châu Hưng"), monday)
	form, err := s.app.RaiseForm(t.Context(), author, 0, report)
	if err != nil {
		t.Fatal(err)
	}
	if form.Report == nil || form.Report.Difficulties != "Cầu sập" || form.Chain.Self().Name != "Ấp Hưng Chánh" {
		t.Errorf("form: got %+v", form)
	}
	in := s.bridge()
	in.ReportID = report
	id := s.raise("cbhuyen", in)
	if v := s.issue("bithu", id); len(v.Reports) != 1 || v.Reports[0].ID != report || v.Reports[0].Author == "" {
		t.Errorf("linked reports: got %+v", v.Reports)
	}
	if _, err := s.app.RaiseForm(t.Context(), s.as("bithu2"), 0, report); fault.KindOf(err) != fault.KindNotFound {
		t.Errorf("somebody else's report: got %v, want not found", err)
	}
	if err := s.app.DeliverReportNotices(t.Context(), report, 1); err != nil {
		t.Fatal(err)
	}
	if err := s.app.DeliverReportNotices(t.Context(), report, 1); err != nil {
		t.Fatal(err)
	}
	s.wantTold("report.sent", "tieuvung1", "huyenuyvien", "bithu", "dangvien")
}
