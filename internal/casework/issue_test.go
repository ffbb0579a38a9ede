package casework_test

import (
	"slices"
	"testing"
	"time"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/territory"
)

func deskIDs(desks []cadre.Desk) []territory.LocalityID {
	var ids []territory.LocalityID
	for _, d := range desks {
		ids = append(ids, d.Locality.ID)
	}
	return ids
}

func TestRaiseOptions(t *testing.T) {
	whole := chain()
	noSubregion := slices.DeleteFunc(chain(), func(l territory.Locality) bool { return l.Level == territory.Subregion })
	after2025 := slices.DeleteFunc(chain(), func(l territory.Locality) bool {
		return l.Level == territory.Subregion || l.Level == territory.District
	})
	for name, c := range map[string]struct {
		who   cadre.ID
		chain territory.Chain
		want  []territory.LocalityID
	}{
		"tier 3":                      {caretaker, whole, []territory.LocalityID{commune, hamlet}},
		"tier 2":                      {supporter, whole, []territory.LocalityID{commune, subregion, hamlet}},
		"tier 2 without sub-regions":  {supporter, noSubregion, []territory.LocalityID{commune, district, hamlet}},
		"tier 2 after the districts":  {supporter, after2025, []territory.LocalityID{commune, province, hamlet}},
		"tier 1":                      {tierOne, whole, []territory.LocalityID{commune, province}},
		"watcher":                     {watcher, whole, []territory.LocalityID{commune, subregion}},
		"hamlet lead":                 {hamletLead, whole, []territory.LocalityID{hamlet, commune}},
		"commune lead":                {communeLead, whole, []territory.LocalityID{commune, subregion}},
		"commune lead after 2025":     {communeLead, after2025, []territory.LocalityID{commune, province}},
		"province lead":               {provinceLead, whole, []territory.LocalityID{province}},
		"administrator":               {admin, whole, nil},
		"lead of another place":       {neighbour, whole, nil},
		"supporter above the commune": {supporter, whole[3:], []territory.LocalityID{subregion}},
	} {
		desks := cadre.DesksOf(c.chain, nil)
		wantIDs(t, name, deskIDs(casework.RaiseOptions(actor(seats(), c.who).Grants[0], desks)), c.want...)
	}
}

func raise(all []seat, by cadre.ID, desk territory.LocalityID) (casework.Issue, casework.Event, error) {
	a := actor(seats(), by)
	return situation(all, casework.New).RaiseIssue(a, a.Grants[0], casework.Origin{
		Title: "Cầu hỏng", Description: "Cầu qua rạch hỏng", Field: "roads", Severity: casework.Pressing, Place: chain().Place(), Desk: desk,
	})
}

func TestRaise(t *testing.T) {
	for name, c := range map[string]struct {
		gone   []cadre.ID
		by     cadre.ID
		chosen territory.LocalityID
		desk   territory.LocalityID
		vacant []territory.LocalityID
		direct bool
	}{
		"usual":                        {nil, supporter, commune, commune, nil, false},
		"direct line":                  {nil, supporter, subregion, subregion, nil, true},
		"tier 1 to the province":       {nil, tierOne, province, province, nil, false},
		"vacant desk":                  {[]cadre.ID{communeLead}, supporter, commune, subregion, []territory.LocalityID{commune}, false},
		"direct line past a vacancy":   {[]cadre.ID{subregionLead}, supporter, subregion, district, []territory.LocalityID{subregion}, true},
		"everything above is vacant":   {[]cadre.ID{subregionLead, districtLead, provinceLead}, supporter, subregion, commune, []territory.LocalityID{subregion, district, province}, true},
		"only the hamlet has any lead": {[]cadre.ID{communeLead, subregionLead, districtLead, provinceLead}, supporter, commune, hamlet, []territory.LocalityID{commune, subregion, district, province}, false},
	} {
		i, e, err := raise(without(seats(), c.gone...), c.by, c.chosen)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if i.Desk != c.desk || i.State != casework.New || i.Version != 1 || e.Seq != 1 || e.FromDesk != 0 || e.FromState != "" || i.PassedDesk {
			t.Errorf("%s: got issue %+v, event %+v", name, i, e)
		}
		wantIDs(t, name+", vacant", e.Detail.Vacant, c.vacant...)
		if e.Detail.Direct != c.direct {
			t.Errorf("%s: got direct %v, want %v", name, e.Detail.Direct, c.direct)
		}
	}
	if _, _, err := raise(without(seats(), hamletLead, communeLead, subregionLead, districtLead, provinceLead), supporter, commune); fault.KindOf(err) != fault.KindInvalid {
		t.Errorf("no desk with a lead: got %v, want invalid", err)
	}
	if _, _, err := raise(seats(), supporter, province); fault.KindOf(err) != fault.KindInvalid {
		t.Errorf("a desk that is not offered: got %v, want invalid", err)
	}
}

func TestConfirmers(t *testing.T) {
	next := seat{successor, hamlet, cadre.DistrictSupporter, cadre.DistrictTier, cadre.Support}
	for name, c := range map[string]struct {
		gone     []cadre.ID
		more     []seat
		raiser   cadre.ID
		resolver cadre.ID
		want     []cadre.ID
	}{
		"the raiser":                     {nil, nil, supporter, communeLead, []cadre.ID{supporter}},
		"the raiser, also with a second": {nil, []seat{next}, supporter, communeLead, []cadre.ID{supporter}},
		"raiser transferred":             {[]cadre.ID{supporter}, []seat{next}, supporter, communeLead, []cadre.ID{successor}},
		"no successor yet":               {[]cadre.ID{supporter}, nil, supporter, communeLead, []cadre.ID{tierOne, caretaker}},
		"resolver is the raiser":         {nil, nil, communeLead, communeLead, []cadre.ID{tierOne, supporter, caretaker}},
		"and nobody supports":            {[]cadre.ID{tierOne, supporter, caretaker}, nil, communeLead, communeLead, []cadre.ID{hamletLead}},
		"and nobody is below":            {[]cadre.ID{tierOne, supporter, caretaker, hamletLead}, nil, communeLead, communeLead, nil},
		"the successor resolved it":      {[]cadre.ID{supporter}, []seat{next}, supporter, successor, []cadre.ID{tierOne, caretaker}},
	} {
		s := situation(append(without(seats(), c.gone...), c.more...), casework.Resolved)
		s.Issue.Raiser, s.Issue.Resolver = c.raiser, c.resolver
		wantIDs(t, name, s.Confirmers(), c.want...)
	}
}

func TestPassUpward(t *testing.T) {
	for name, c := range map[string]struct {
		gone  []cadre.ID
		state casework.State
		desk  territory.LocalityID // 0: stays
		after casework.State
		up    bool
	}{
		"has a lead":        {nil, casework.New, 0, "", false},
		"vacant":            {[]cadre.ID{communeLead}, casework.InProgress, subregion, casework.New, true},
		"two vacant":        {[]cadre.ID{communeLead, subregionLead}, casework.New, district, casework.New, true},
		"while waiting":     {[]cadre.ID{communeLead}, casework.AwaitingInfo, subregion, casework.New, true},
		"to be confirmed":   {[]cadre.ID{communeLead}, casework.Resolved, subregion, casework.Resolved, true},
		"closed":            {[]cadre.ID{communeLead}, casework.Closed, 0, "", false},
		"vacant to the top": {[]cadre.ID{communeLead, subregionLead, districtLead, provinceLead}, casework.New, hamlet, casework.New, false},
		"nobody at all":     {[]cadre.ID{hamletLead, communeLead, subregionLead, districtLead, provinceLead}, casework.New, 0, "", false},
	} {
		s := situation(without(seats(), c.gone...), c.state)
		i, e, moved := s.PassUpward()
		if moved != (c.desk != 0) {
			t.Errorf("%s: got moved %v", name, moved)
			continue
		}
		if !moved {
			continue
		}
		if i.Desk != c.desk || i.State != c.after || i.PassedDesk != c.up || e.Move != casework.PassVacant || e.Actor != 0 || e.FromDesk != commune {
			t.Errorf("%s: got %s at %d, passed %v, event %+v", name, i.State, i.Desk, i.PassedDesk, e)
		}
		if told := s.TellAdministrators(e); (len(told) > 0) != (name == "vacant to the top") {
			t.Errorf("%s: got administrators %v", name, told)
		}
	}
}

func TestTheClockStopsAndGoesOn(t *testing.T) {
	calendar := weekdays()
	s := situation(seats(), casework.InProgress)
	s.Clock.Calendar = calendar
	s.Issue.DueAt = calendar.Add(noon, 40*time.Hour)
	waiting, _, err := s.Apply(actor(seats(), communeLead), request(casework.AskInfo))
	if err != nil || !waiting.DueAt.IsZero() || waiting.Left != 39*time.Hour {
		t.Fatalf("asking: got due %v, left %v, %v; want none, 39h", waiting.DueAt, waiting.Left, err)
	}
	later := s
	later.Issue, later.At = waiting, s.At.AddDate(0, 0, 21)
	if waiting.Overdue(later.At) {
		t.Error("while waiting: got overdue, want not")
	}
	answered, _, err := later.Apply(actor(seats(), caretaker), request(casework.AnswerInfo))
	if err != nil || answered.State != casework.InProgress || answered.Left != 0 || answered.Asked != 0 {
		t.Fatalf("answering: got %+v, %v", answered, err)
	}
	if left := calendar.Between(later.At, answered.DueAt); left != 39*time.Hour {
		t.Errorf("after the answer: got %v left, want 39h", left)
	}
	up, _, err := s.Apply(actor(seats(), communeLead), request(casework.Escalate))
	if err != nil || calendar.Between(s.At, up.DueAt) != 40*time.Hour || calendar.Between(s.At, up.AcknowledgeBy) != 16*time.Hour {
		t.Errorf("at the next desk: got due %v, acknowledge by %v, %v; want 40h and 16h", up.DueAt, up.AcknowledgeBy, err)
	}
}

func weekdays() casework.Calendar {
	var hours []casework.WorkingHours
	for d := time.Monday; d <= time.Friday; d++ {
		hours = append(hours, casework.WorkingHours{Weekday: d, Starts: 7 * time.Hour, Ends: 11 * time.Hour},
			casework.WorkingHours{Weekday: d, Starts: 13 * time.Hour, Ends: 17 * time.Hour})
	}
	return casework.NewCalendar(hours, nil)
}

func TestPath(t *testing.T) {
	at := func(hours int) time.Time { return noon.Add(time.Duration(hours) * time.Hour) }
	events := []casework.Event{
		{Move: casework.Raise, At: at(0), ToState: casework.New, ToDesk: commune},
		{Move: casework.Acknowledge, At: at(1), FromState: casework.New, ToState: casework.Acknowledged, FromDesk: commune, ToDesk: commune},
		{Move: casework.Decline, At: at(2), FromState: casework.Acknowledged, ToState: casework.Declined, FromDesk: commune, ToDesk: commune},
		{Move: casework.CommentOn, At: at(3), FromState: casework.Declined, ToState: casework.Declined, FromDesk: commune, ToDesk: commune},
		{Move: casework.Escalate, At: at(10), FromState: casework.Declined, ToState: casework.New, FromDesk: commune, ToDesk: subregion},
		{Move: casework.Confirm, At: at(12), FromState: casework.Resolved, ToState: casework.Closed, FromDesk: subregion, ToDesk: subregion},
		{Move: casework.Reopen, At: at(20), FromState: casework.Closed, ToState: casework.New, FromDesk: subregion, ToDesk: subregion},
	}
	want := []struct {
		desk    territory.LocalityID
		working time.Duration
		current bool
	}{
		{commune, 2 * time.Hour, false}, // what passes while it is declined is nobody's time
		{subregion, 2 * time.Hour, false},
		{subregion, 5 * time.Hour, true},
	}
	got := casework.Path(events, casework.Calendar{}, at(25))
	if len(got) != len(want) {
		t.Fatalf("got %d stops, want %d: %+v", len(got), len(want), got)
	}
	for i, w := range want {
		if got[i].Desk != w.desk || got[i].Working != w.working || got[i].Current != w.current {
			t.Errorf("stop %d: got %+v, want %+v", i, got[i], w)
		}
	}
	closed := casework.Path(events[:6], casework.Calendar{}, at(25))
	if len(closed) != 2 || closed[1].Current || closed[1].Working != 2*time.Hour {
		t.Errorf("closed: got %+v, want two finished stops", closed)
	}
	if len(casework.Path(nil, casework.Calendar{}, noon)) != 0 {
		t.Error("no events: got stops")
	}
}

func TestTold(t *testing.T) {
	type c struct {
		event casework.Event
		gone  []cadre.ID
		want  []cadre.ID
	}
	for name, c := range map[string]c{
		"raised":         {casework.Event{Move: casework.Raise, Actor: supporter, ToDesk: commune}, nil, []cadre.ID{communeLead}},
		"raised by lead": {casework.Event{Move: casework.Raise, Actor: communeLead, ToDesk: commune}, nil, []cadre.ID{}},
		"direct line": {
			casework.Event{Move: casework.Raise, Actor: supporter, ToDesk: subregion, Detail: casework.Detail{Direct: true}}, nil,
			[]cadre.ID{subregionLead, hamletLead, communeLead, watcher},
		},
		"acknowledged": {casework.Event{Move: casework.Acknowledge, Actor: communeLead, ToDesk: commune}, nil, []cadre.ID{supporter}},
		"escalated": {
			casework.Event{Move: casework.Escalate, Actor: communeLead, FromDesk: commune, ToDesk: subregion}, nil,
			[]cadre.ID{supporter, subregionLead},
		},
		"pulled up": {
			casework.Event{Move: casework.PullUp, Actor: subregionLead, FromDesk: commune, ToDesk: subregion}, nil,
			[]cadre.ID{supporter, communeLead},
		},
		"asked": {
			casework.Event{Move: casework.AskInfo, Actor: communeLead, ToDesk: commune, Detail: casework.Detail{Asked: caretaker}}, nil,
			[]cadre.ID{supporter, caretaker},
		},
		"answered": {casework.Event{Move: casework.AnswerInfo, Actor: caretaker, ToDesk: commune}, nil, []cadre.ID{supporter, communeLead}},
		"resolved": {
			casework.Event{Move: casework.Resolve, Actor: communeLead, ToDesk: commune}, nil, []cadre.ID{supporter, watcher, tierOne, caretaker, hamletLead},
		},
		"declined above": {
			casework.Event{Move: casework.Decline, Actor: subregionLead, ToDesk: subregion}, nil,
			[]cadre.ID{supporter, watcher, tierOne, caretaker, hamletLead, communeLead},
		},
		"merged":       {casework.Event{Move: casework.Merge, Actor: communeLead, ToDesk: commune}, nil, []cadre.ID{supporter, watcher, tierOne, caretaker, hamletLead}},
		"took another": {casework.Event{Move: casework.Absorb, Actor: communeLead, ToDesk: hamlet}, nil, []cadre.ID{supporter, hamletLead}},
		"agency":       {casework.Event{Move: casework.AgencyReply, Actor: communeLead, ToDesk: commune}, nil, []cadre.ID{supporter}},
		"spoken to": {
			casework.Event{Move: casework.CommentOn, Actor: caretaker, ToDesk: commune, Detail: casework.Detail{Mentioned: []cadre.ID{tierOne}}}, nil,
			[]cadre.ID{supporter, communeLead, watcher, hamletLead, tierOne},
		},
		"resolved after a transfer": {
			casework.Event{Move: casework.Resolve, Actor: communeLead, ToDesk: commune}, []cadre.ID{supporter},
			[]cadre.ID{supporter, watcher, tierOne, caretaker, hamletLead},
		},
		"commented": {
			casework.Event{Move: casework.CommentOn, Actor: watcher, ToDesk: commune}, nil, []cadre.ID{supporter, communeLead, hamletLead},
		},
		"commented, one left": {
			casework.Event{Move: casework.CommentOn, Actor: watcher, ToDesk: commune}, []cadre.ID{hamletLead}, []cadre.ID{supporter, communeLead},
		},
		"passed": {
			casework.Event{Move: casework.PassVacant, FromDesk: commune, ToDesk: subregion}, []cadre.ID{communeLead},
			[]cadre.ID{supporter, subregionLead},
		},
	} {
		s := situation(without(seats(), c.gone...), casework.New)
		wantIDs(t, name, s.Told(c.event, casework.Audience{Commenters: []cadre.ID{watcher, hamletLead, stranger}}), c.want...)
	}
}

// TestFollowAndMute holds what people choose to be told: whoever follows is told of every move, whoever muted only of what is theirs to do,
// and nobody of what they may not read.
func TestFollowAndMute(t *testing.T) {
	acknowledged := casework.Event{Move: casework.Acknowledge, Actor: communeLead, ToDesk: commune}
	asked := casework.Event{Move: casework.AskInfo, Actor: communeLead, ToDesk: commune, Detail: casework.Detail{Asked: caretaker}}
	spoken := casework.Event{Move: casework.CommentOn, Actor: supporter, ToDesk: commune, Detail: casework.Detail{Mentioned: []cadre.ID{watcher}}}
	up := casework.Event{Move: casework.Escalate, Actor: communeLead, FromDesk: commune, ToDesk: subregion}
	for name, c := range map[string]struct {
		event casework.Event
		of    casework.Audience
		want  []cadre.ID
	}{
		"a follower":                  {acknowledged, casework.Audience{Following: []cadre.ID{watcher}}, []cadre.ID{supporter, watcher}},
		"a follower who left":         {acknowledged, casework.Audience{Following: []cadre.ID{stranger, neighbour}}, []cadre.ID{supporter}},
		"the actor":                   {acknowledged, casework.Audience{Following: []cadre.ID{communeLead}}, []cadre.ID{supporter}},
		"a raiser who muted":          {acknowledged, casework.Audience{Muted: []cadre.ID{supporter}}, []cadre.ID{}},
		"asked, though muted":         {asked, casework.Audience{Muted: []cadre.ID{caretaker, supporter}}, []cadre.ID{caretaker}},
		"spoken to, though muted":     {spoken, casework.Audience{Muted: []cadre.ID{watcher}}, []cadre.ID{communeLead, watcher}},
		"a commenter who muted":       {spoken, casework.Audience{Commenters: []cadre.ID{tierOne}, Muted: []cadre.ID{tierOne}}, []cadre.ID{communeLead, watcher}},
		"the next desk, though muted": {up, casework.Audience{Muted: []cadre.ID{subregionLead}}, []cadre.ID{supporter, subregionLead}},
		"the confirmer, though muted": {casework.Event{Move: casework.Resolve, Actor: communeLead, ToDesk: commune}, casework.Audience{Muted: []cadre.ID{supporter, watcher, tierOne, caretaker}}, []cadre.ID{hamletLead, supporter}},
	} {
		wantIDs(t, name, situation(seats(), casework.New).Told(c.event, c.of), c.want...)
	}
}

// TestMergeSurvivor holds with what an issue can be merged, and what the survivor's thread keeps of it.
func TestMergeSurvivor(t *testing.T) {
	lead := actor(seats(), communeLead)
	for name, c := range map[string]struct {
		survivor *casework.Issue
		key      string
	}{
		"not there, or out of scope": {nil, "issue.into_unknown"},
		"itself":                     {&casework.Issue{State: casework.New}, "issue.into_self"},
		"ended":                      {&casework.Issue{ID: twin.ID, State: casework.Closed}, "issue.into_ended"},
		"merged":                     {&casework.Issue{ID: twin.ID, State: casework.Merged}, "issue.into_ended"},
		"waiting to be confirmed":    {&casework.Issue{ID: twin.ID, State: casework.Resolved}, ""},
	} {
		s := situation(seats(), casework.Acknowledged)
		s.Survivor = c.survivor
		_, _, err := s.Apply(lead, request(casework.Merge))
		key := ""
		if f := fault.As(err); f != nil {
			key = f.Fields[0].Key
		}
		if key != c.key {
			t.Errorf("%s: got %q, want %q", name, key, c.key)
		}
	}
	s := situation(seats(), casework.Acknowledged)
	ended, merge, err := s.Apply(lead, request(casework.Merge))
	if err != nil {
		t.Fatal(err)
	}
	survivor, absorb := ended.AbsorbedBy(twin, merge)
	if survivor.Version != twin.Version+1 || survivor.State != twin.State || survivor.Desk != twin.Desk {
		t.Errorf("the survivor: got %+v", survivor)
	}
	if absorb.Move != casework.Absorb || absorb.Detail.Other != ended.ID || absorb.Seq != 8 || absorb.Actor != communeLead || !absorb.At.Equal(merge.At) || absorb.FromDesk != hamlet {
		t.Errorf("its event: got %+v", absorb)
	}
}
