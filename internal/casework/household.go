package casework

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/territory"
)

// Limits of the register of households, in characters and people.
const (
	MaxHouseholdText = 200
	MaxMembers       = 50
)

// HouseholdData is what the register keeps of a household. It is bound to its purpose (domain.md section 6): no ethnicity, religion,
// health or images of identity papers.
type HouseholdData struct {
	Head       string
	Address    string
	Members    int
	Workers    int
	Livelihood string
	Phone      string // empty where it is not known, or not read
}

// Household is a household of the register.
type Household struct {
	ID      uuid.UUID
	Group   territory.LocalityID
	Number  int // within the group
	Version int
	HouseholdData
	PhoneTail string // the last digits of the phone; empty for none
	Closing   Closing
}

// Closed tells whether it has left the register.
func (h Household) Closed() bool { return h.Closing.As != "" }

// HouseholdInput is what is typed of a household, one line each.
type HouseholdInput struct{ Head, Address, Members, Workers, Livelihood, Phone string }

// InputOfHousehold gives the form of a household as it is stored.
func InputOfHousehold(d HouseholdData) HouseholdInput {
	return HouseholdInput{
		Head: d.Head, Address: d.Address, Members: strconv.Itoa(d.Members), Workers: strconv.Itoa(d.Workers), Livelihood: d.Livelihood, Phone: d.Phone,
	}
}

// Check judges what was typed. What is wrong comes as field errors at head, address, members, workers, livelihood and phone.
func (in HouseholdInput) Check() (HouseholdData, error) {
	d := HouseholdData{Head: in.Head, Address: in.Address, Livelihood: in.Livelihood, Phone: in.Phone}
	var fields fault.Fields
	if !strings.ContainsFunc(in.Head, unicode.IsLetter) {
		fields.Add("head", "household.head_required")
	}
	for _, f := range []struct{ name, text string }{{"head", in.Head}, {"address", in.Address}, {"livelihood", in.Livelihood}} {
		if n := utf8.RuneCountInString(f.text); n > MaxHouseholdText {
			fields.Add(f.name, "field.too_long", "length", n, "limit", MaxHouseholdText)
		}
	}
	var err error
	if d.Members, err = strconv.Atoi(in.Members); err != nil || d.Members < 1 || d.Members > MaxMembers {
		fields.Add("members", "household.members_wrong", "limit", MaxMembers)
	}
	if d.Workers = workers(in.Workers); d.Workers < 0 || d.Workers > max(d.Members, 0) && len(fields) == 0 || d.Workers > MaxMembers {
		fields.Add("workers", "household.workers_wrong")
	}
	if in.Phone != "" && !cadre.IsPhone(in.Phone) {
		fields.Add("phone", "cadre.phone_wrong")
	}
	return d, fields.Err()
}

// workers reads a number that may be left out; -1 for what is none.
func workers(text string) int {
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return -1
	}
	return n
}

// Changed names the fields that differ, as the log of changes keeps them.
func (d HouseholdData) Changed(after HouseholdData) []string {
	var changed []string
	for _, f := range []struct {
		name string
		same bool
	}{
		{"head", d.Head == after.Head}, {"address", d.Address == after.Address}, {"members", d.Members == after.Members},
		{"workers", d.Workers == after.Workers}, {"livelihood", d.Livelihood == after.Livelihood}, {"phone", d.Phone == after.Phone},
	} {
		if !f.same {
			changed = append(changed, f.name)
		}
	}
	return changed
}

// HouseholdKind is a class of the catalogue. Of one scale a household has one class at a time.
type HouseholdKind struct {
	Code, Scale    string
	NameVi, NameEn string
}

// HouseholdClass is a class that a household has in a time, by a decision.
type HouseholdClass struct {
	ID          int64
	Kind        HouseholdKind
	Term        cadre.Term
	Decision    string
	EndedReason string
}

// ClassInput is what is typed to give a household a class, days as yyyy-mm-dd. Last is the last day, inclusive; empty for no end.
type ClassInput struct{ Class, From, Last, Decision string }

// Days between which classes may begin, and how long they may be fixed for.
var earliestClass = territory.NewDay(2000, 1, 1)

const (
	furthestClass = 366
	longestClass  = 20 * 366
)

// Check judges what was typed. What is wrong comes as field errors at class, from, last and decision.
func (in ClassInput) Check(kinds []HouseholdKind, today territory.Day) (HouseholdClass, error) {
	c := HouseholdClass{Decision: in.Decision}
	var fields fault.Fields
	i := slices.IndexFunc(kinds, func(k HouseholdKind) bool { return k.Code == in.Class })
	if i < 0 {
		fields.Add("class", "household.class_required")
	} else {
		c.Kind = kinds[i]
	}
	c.Term.From = cadre.CheckDay(&fields, "from", in.From, earliestClass, today.Add(furthestClass))
	if in.Last != "" {
		least := earliestClass
		if !c.Term.From.IsZero() {
			least = c.Term.From
		}
		if last := cadre.CheckDay(&fields, "last", in.Last, least, least.Add(longestClass)); !last.IsZero() {
			c.Term.Until = last.Add(1)
		}
	}
	switch n := utf8.RuneCountInString(in.Decision); {
	case in.Decision == "":
		fields.Add("decision", "household.decision_required")
	case n > cadre.MaxDecision:
		fields.Add("decision", "field.too_long", "length", n, "limit", cadre.MaxDecision)
	}
	return c, fields.Err()
}

// ClosingKind says how a household left the register.
type ClosingKind string

// The ways to leave.
const (
	MovedAway  ClosingKind = "moved_away"
	MergedAway ClosingKind = "merged"
)

// ClosingKinds lists the ways to leave.
func ClosingKinds() []ClosingKind { return []ClosingKind{MovedAway, MergedAway} }

// Closing says when and why a household left the register.
type Closing struct {
	As     ClosingKind // empty while it is there
	On     territory.Day
	Reason string
	Into   uuid.UUID // that it was merged into; the zero one for none
}

// ClosingInput is what is typed to close a household. On is the first day without it, yyyy-mm-dd; Into the number, within the group, of
// the household that it is merged into.
type ClosingInput struct{ As, On, Reason, Into string }

// Check judges what was typed. What is wrong comes as field errors at as, on, reason and into.
func (in ClosingInput) Check(today territory.Day) (c Closing, into int, err error) {
	c = Closing{As: ClosingKind(in.As), Reason: in.Reason}
	var fields fault.Fields
	if !slices.Contains(ClosingKinds(), c.As) {
		fields.Add("as", "household.closing_required")
	}
	c.On = cadre.CheckDay(&fields, "on", in.On, earliestClass, today)
	if e := cadre.CheckReason(in.Reason); e != nil {
		fields = append(fields, fault.As(e).Fields...)
	}
	if c.As == MergedAway {
		if into, err = strconv.Atoi(in.Into); err != nil || into < 1 {
			fields.Add("into", "household.into_required")
		}
	}
	return c, into, fields.Err()
}
