package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/territory"
)

// kindStream keeps the random numbers of the kinds of reports apart, so that what else happens in the year does not hang on them.
const kindStream = 0xBA_2048

// kindShare is of how many among a hundred reports of a post are of another kind than the situation of the place, cut into runs.
var kindShare = map[string][]struct {
	until int
	kind  casework.ReportKind
}{
	cadre.CommuneSupporter:  {{26, casework.HouseholdVisit}, {32, casework.FlashReport}, {35, casework.SponsorReport}},
	cadre.DistrictSupporter: {{18, casework.CellMeetingReport}, {26, casework.TargetReport}, {32, casework.FlashReport}, {37, casework.SponsorReport}},
	cadre.ProvinceSupporter: {{10, casework.TargetReport}, {18, casework.SponsorReport}},
	hamletLead:              {{30, casework.CellMeetingReport}},
}

// Words of the other kinds; what happened and what is difficult about it comes from the texts of the place and the season.
var (
	targets = []struct{ name, unit string }{
		{"Làm đường bê tông trong ấp", "km"}, {"Hộ có nước sạch", "hộ"}, {"Nạo vét kênh nội đồng", "km"}, {"Trồng mới dừa xiêm", "ha"}, {"Hộ tham gia bảo hiểm y tế", "hộ"},
	}
	sponsors = []string{"Một doanh nghiệp thủy sản trong huyện", "Nhóm bạn trẻ thiện nguyện", "Hội đồng hương tại thành phố", "Một cơ sở thu mua dừa",
		"Câu lạc bộ thầy thuốc trẻ"}
	agreed = []string{
		"Chi bộ thống nhất phân công đảng viên theo dõi từng tổ.", "Chi bộ giao chi ủy làm việc với xã trong tuần sau.",
		"Đưa nội dung này vào nghị quyết tháng tới.",
	}
	advised = []string{
		"Đề nghị chi bộ phân công rõ từng đồng chí, có ngày hoàn thành.", "Góp ý mời thêm hộ chưa đồng thuận dự họp tổ.",
		"Đề nghị đưa việc này vào sổ theo dõi để tháng sau kiểm lại.",
	}
	living = []string{"Nhà cấp bốn còn ở được, mái trước dột.", "Thu nhập chính từ làm thuê theo mùa.", "Vườn dừa nhỏ, đang giữa vụ treo.",
		"Con nhỏ đang đi học, cha mẹ đi làm xa."}
	wanted   = []string{"Mong có việc làm gần nhà.", "Muốn vay vốn mua bò.", "Mong được hỗ trợ bồn chứa nước.", "Mong đường vào nhà được nâng lên."}
	promised = []string{"Hỏi giúp thủ tục vay vốn", "Báo xã khảo sát mái nhà", "Giới thiệu lớp nghề ngắn hạn", "Nhắc tổ góp ngày công sửa lối đi"}
)

// turn makes a report of another kind of one on the situation, now and then. It goes through the check that the form goes through.
func (y *year) turn(r *report, post string) error {
	at := y.kinds.IntN(100)
	for _, s := range kindShare[post] {
		if at < s.until {
			return y.turnInto(r, s.kind)
		}
	}
	return nil
}

func (y *year) turnInto(r *report, kind casework.ReportKind) error {
	var c casework.Content
	switch kind {
	case casework.FlashReport:
		c = casework.Content{"what": r.Content["what"], "clock": fmt.Sprintf("%02d:%02d", 4+y.kinds.IntN(17), y.kinds.IntN(60)), "proposals": r.Content["proposals"]}
	case casework.CellMeetingReport:
		if r.place.level != territory.Hamlet {
			return nil
		}
		c = y.meeting(r)
	case casework.TargetReport:
		c = y.target(r)
	case casework.SponsorReport:
		c = y.gift(r)
	case casework.HouseholdVisit:
		if c = y.visitTo(r); c == nil {
			return nil
		}
	case casework.SituationReport, casework.MonthlyReport:
		return nil
	}
	in := casework.ReportInput{Kind: kind, Locality: strconv.FormatInt(int64(r.Place.Locality), 10), HappenedOn: r.HappenedOn.String(), Content: c}
	checked, err := in.Check(territory.DayOf(r.ReceivedAt))
	if err != nil {
		return fmt.Errorf("a report of the kind %s: %w", kind, err)
	}
	common, private := checked.Content.Part(kind)
	r.Kind, r.Content = kind, common
	if kind == casework.HouseholdVisit {
		group := r.Place.Locality
		r.Visit = &casework.Visit{Household: y.homes[group][private.HouseholdNumber()-1], Group: group, Number: private.HouseholdNumber(), Content: private}
	}
	return nil
}

func (y *year) meeting(r *report) casework.Content {
	total := 9 + y.kinds.IntN(20)
	excused := y.kinds.IntN(3)
	start := 7 + y.kinds.IntN(2)*7
	kind := "regular"
	if y.kinds.IntN(4) == 0 {
		kind = "thematic"
	}
	return casework.Content{
		"cell": "Chi bộ " + r.place.name, "meeting_type": kind, "starts": fmt.Sprintf("%02d:30", start), "ends": fmt.Sprintf("%02d:%02d", start+2, 5*y.kinds.IntN(12)),
		"members_total": strconv.Itoa(total), "members_present": strconv.Itoa(total - excused - y.kinds.IntN(3)), "members_excused": strconv.Itoa(excused),
		"what": r.Content["what"], "difficulties": r.Content["difficulties"], "proposals": r.Content["proposals"], "contribution": pick(y.kinds, advised),
		"conclusions": pick(y.kinds, agreed), "outstanding": strconv.Itoa(y.kinds.IntN(4)), "candidates": strconv.Itoa(y.kinds.IntN(3)),
	}
}

func (y *year) target(r *report) casework.Content {
	t := pick(y.kinds, targets)
	planned := 2 + y.kinds.IntN(60)
	done := y.kinds.IntN(planned + 1)
	c := casework.Content{
		"target": t.name, "unit": t.unit, "planned": strconv.Itoa(planned), "actual": strconv.Itoa(done), "as_of": r.HappenedOn.String(),
		"standing": "on_track", "evidence": "Số liệu của ấp, đã xem tại chỗ.", "what": r.Content["what"], "difficulties": r.Content["difficulties"],
	}
	switch {
	case done == planned:
		c["standing"] = "reached"
	case done*2 < planned:
		c["standing"], c["reason_behind"] = "behind", "Thiếu vật tư và công thợ trong mùa vụ."
	}
	return c
}

func (y *year) gift(r *report) casework.Content {
	n := 10 * (1 + y.kinds.IntN(8))
	c := casework.Content{
		"sponsor": pick(y.kinds, sponsors), "gift": "gift", "quantity": fmt.Sprintf("%d phần quà", n), "value": casework.TypedNumber(strconv.Itoa(n * 300_000)),
		"pledged_on": r.HappenedOn.Add(-10 - y.kinds.IntN(20)).String(), "received_on": r.HappenedOn.Add(-y.kinds.IntN(5)).String(),
		"beneficiaries": fmt.Sprintf("%d hộ khó khăn trong địa bàn", n), "what": r.Content["what"],
	}
	switch y.kinds.IntN(4) {
	case 0:
		c["gift"], c["quantity"], c["beneficiaries"] = "school_supplies", fmt.Sprintf("%d bộ tập vở", n), fmt.Sprintf("%d học sinh", n)
	case 1:
		c["gift"], c["quantity"], c["value"], c["beneficiaries"] = "unity_house", "1 căn", "60.000.000", "1 hộ"
	}
	if y.kinds.IntN(3) > 0 {
		c["handed_over_on"] = r.HappenedOn.String()
	}
	return c
}

// visitTo makes a visit to one of the group's households; nil where the place is no group.
func (y *year) visitTo(r *report) casework.Content {
	homes := y.homes[r.Place.Locality]
	if len(homes) == 0 {
		return nil
	}
	c := casework.Content{
		"household": strconv.Itoa(1 + y.kinds.IntN(len(homes))), "met": pick(y.kinds, []string{"Chủ hộ", "Vợ chồng chủ hộ", "Mẹ chủ hộ"}),
		"circumstances": pick(y.kinds, living), "wishes": pick(y.kinds, wanted), "difficulties": r.Content["difficulties"], "proposals": r.Content["proposals"],
	}
	if y.kinds.IntN(3) > 0 {
		c["promise_1"], c["promise_due_1"] = pick(y.kinds, promised), r.HappenedOn.Add(7+y.kinds.IntN(30)).String()
	}
	return c
}

// homesOf lists the ids of the households of each group by their numbers.
func homesOf(t *tree, o Options) map[territory.LocalityID][]uuid.UUID {
	homes := map[territory.LocalityID][]uuid.UUID{}
	for _, h := range t.households(rand.New(rand.NewPCG(uint64(o.Seed), householdsStream)), o.Now) {
		homes[h.group] = append(homes[h.group], h.id)
	}
	return homes
}

// visitBatch is how many visits are entered at once: row-level security compares each row with the names of all.
const visitBatch = 200

// storeVisits enters what visits say about households, which must stand in the register by then, and what was promised; most of what is
// due was done in time.
func (y *year) storeVisits(ctx context.Context, tx pgx.Tx) error {
	var visited []*report
	for _, r := range y.reports {
		if r.Visit != nil {
			visited = append(visited, r)
		}
	}
	for len(visited) > 0 {
		n := min(visitBatch, len(visited))
		if err := y.storeSomeVisits(ctx, tx, visited[:n]); err != nil {
			return fmt.Errorf("entering visits: %w", err)
		}
		visited = visited[n:]
	}
	_, err := tx.Exec(ctx, `SELECT set_config('banam.visits', '', true)`)
	if err != nil {
		return fmt.Errorf("ending the scope of visits: %w", err)
	}
	return nil
}

func (y *year) storeSomeVisits(ctx context.Context, tx pgx.Tx, list []*report) error {
	b := &pgx.Batch{}
	ids := make([]string, len(list))
	for i, r := range list {
		ids[i] = r.ID.String()
	}
	b.Queue(`SELECT set_config('banam.visits', $1, true)`, "{"+strings.Join(ids, ",")+"}")
	for _, r := range list {
		for _, v := range r.versions {
			b.Queue(`INSERT INTO report_visits (report_id, number, household_id, locality_id, household_number, content) VALUES ($1, $2, $3, $4, $5, $6)`,
				r.ID, v.number, r.Visit.Household, int64(r.Visit.Group), r.Visit.Number, r.Visit.Content)
		}
		for _, p := range r.Visit.Promises() {
			done, by := territory.Day{}, cadre.ID(0)
			if on := p.Due.Add(-1 - y.kinds.IntN(4)); y.kinds.IntN(20) > 0 && on.After(r.HappenedOn) && !on.After(territory.DayOf(y.now)) {
				done, by = on, r.Author
			}
			b.Queue(`INSERT INTO report_promises (report_id, position, author_id, locality_id, household_number, due_on, done_on, done_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
				r.ID, p.Position, int64(r.Author), int64(r.Visit.Group), r.Visit.Number, p.Due, done, orNull(int64(by)))
		}
	}
	if err := tx.SendBatch(ctx, b).Close(); err != nil {
		return fmt.Errorf("inserting: %w", err)
	}
	return nil
}

// writeMonths lets the accounts report on the months that are over, from their own reports.
func (y *year) writeMonths() error {
	known := y.known()
	for _, d := range y.duties {
		if !known[d.person.id] || !strings.HasSuffix(d.post, "_supporter") {
			continue
		}
		for n := 1; n <= 3; n++ {
			month := casework.MonthOf(territory.DayOf(y.now)).Add(-n)
			if err := y.writeMonth(d, month); err != nil {
				return err
			}
		}
	}
	return nil
}

func (y *year) writeMonth(d duty, month casework.Month) error {
	var lines, difficulties []string
	for _, r := range y.reports {
		if r.Author != d.person.id || r.Kind == casework.MonthlyReport || r.HappenedOn.Before(month.First()) || r.HappenedOn.After(month.Last()) {
			continue
		}
		day := r.HappenedOn.Start().Format("02/01/2006")
		if text := r.Content.Summary(r.Kind); text != "" {
			lines = append(lines, "- "+day+", "+r.place.name+": "+text)
		}
		if text := r.Content["difficulties"]; text != "" {
			difficulties = append(difficulties, "- "+day+", "+r.place.name+": "+text)
		}
	}
	if len(lines) == 0 {
		return nil
	}
	on := month.Add(1).First().Add(1)
	r := y.file(d.person.id, d.place, on, y.workingMoment(on))
	if !r.ReceivedAt.Before(y.now.Add(-24 * time.Hour)) {
		return nil
	}
	in := casework.ReportInput{Kind: casework.MonthlyReport, Locality: strconv.FormatInt(int64(r.Place.Locality), 10), HappenedOn: on.String(), Content: casework.Content{
		"month": month.String(), "what": fmt.Sprintf("Tháng %s có %d báo cáo.\n%s", month.First().Start().Format("01/2006"), len(lines), strings.Join(lines, "\n")),
		"next_month": "Theo dõi tiếp các việc còn mở, dự sinh hoạt chi bộ.",
	}}
	in.Content.Set("difficulties", strings.Join(difficulties, "\n"))
	checked, err := in.Check(territory.DayOf(r.ReceivedAt))
	if err != nil {
		return fmt.Errorf("a monthly report: %w", err)
	}
	r.Kind, r.Content = checked.Kind, checked.Content
	y.reports = append(y.reports, r)
	return nil
}

// storeSources enters from which reports the monthly ones were put together, as the application does.
func (y *year) storeSources(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, `INSERT INTO report_sources (report_id, number, source_id)
		SELECT m.id, n.number, t.id FROM reports m JOIN report_versions n ON n.report_id = m.id
		JOIN reports t ON t.author_id = m.author_id AND t.kind <> 'monthly' AND t.happened_on >= (m.content ->> 'month' || '-01')::date
			AND t.happened_on < (m.content ->> 'month' || '-01')::date + interval '1 month' AND m.locality_id IN (t.locality_id, t.hamlet_id, t.commune_id, t.district_id)
		WHERE m.kind = 'monthly' AND t.received_at <= n.sent_at`)
	if err != nil {
		return fmt.Errorf("entering the sources of monthly reports: %w", err)
	}
	return nil
}
