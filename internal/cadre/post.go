package cadre

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"banam/internal/fault"
	"banam/internal/territory"
)

// Structure says in which tree of places a post belongs.
type Structure string

// The structures: either, with a district between commune and province, and without one, as after 1 July 2025.
const (
	AnyStructure  Structure = "any"
	WithDistrict  Structure = "district"
	NoDistrict    Structure = "flat"
	maxPostName             = 120
	maxPosition             = 999
	lettersInCode           = 40
)

// Structures lists the structures.
func Structures() []Structure { return []Structure{AnyStructure, WithDistrict, NoDistrict} }

// CataloguePost is a post as the catalogue keeps it.
type CataloguePost struct {
	ID int64
	Post
	Levels    []territory.Level
	Position  int // in lists, the smallest first
	From      territory.Day
	Until     territory.Day // the first day on which it is no more; the zero Day for none
	Structure Structure
	Version   int
	Now       int  // assignments that hold today or later
	Ever      bool // somebody held it or will
}

// Retired tells whether the post is no more on the day.
func (p CataloguePost) Retired(day territory.Day) bool {
	return !p.Until.IsZero() && !p.Until.After(day)
}

// DatedError is the error of a term that does not lie within the days of the post: at from, or at last.
func (p CataloguePost) DatedError(term Term) fault.Field {
	if term.From.Before(p.From) {
		return fault.At("from", "assignment.post_from", "day", written(p.From))
	}
	return fault.At("last", "assignment.post_until", "day", written(p.Until.Add(-1)))
}

// Fixed tells whether the post can only be renamed: what administrators may do is no matter of the catalogue, since whoever could change
// their posts could raise themselves.
func (p CataloguePost) Fixed() bool { return p.Capability == Administer }

// PostInput is what is typed of a post, days as yyyy-mm-dd.
type PostInput struct {
	NameVi, NameEn, Tier, Capability, Structure, Position, From string
	Levels                                                      []string
}

// InputOfPost gives the form of a post as it is stored.
func InputOfPost(p CataloguePost) PostInput {
	in := PostInput{
		NameVi: p.NameVi, NameEn: p.NameEn, Tier: string(p.Tier), Capability: string(p.Capability), Structure: string(p.Structure),
		Position: strconv.Itoa(p.Position), From: p.From.String(),
	}
	for _, l := range p.Levels {
		in.Levels = append(in.Levels, string(l))
	}
	return in
}

// PostCapabilities lists what the catalogue can give to a post.
func PostCapabilities() []Capability { return []Capability{Support, Watch, Lead} }

// CheckNames judges what may always change: the names and the place in lists. What is wrong comes as field errors at name_vi, name_en
// and position.
func (in PostInput) CheckNames() (CataloguePost, fault.Fields) {
	p := CataloguePost{Post: Post{NameVi: in.NameVi, NameEn: in.NameEn}}
	var fields fault.Fields
	for _, f := range []struct{ name, text string }{{"name_vi", in.NameVi}, {"name_en", in.NameEn}} {
		switch n := utf8.RuneCountInString(f.text); {
		case !strings.ContainsFunc(f.text, unicode.IsLetter):
			fields.Add(f.name, "post.name_required")
		case n > maxPostName:
			fields.Add(f.name, "field.too_long", "length", n, "limit", maxPostName)
		}
	}
	n, err := strconv.Atoi(in.Position)
	if err != nil || n < 1 || n > maxPosition {
		fields.Add("position", "post.position_wrong", "limit", maxPosition)
	}
	p.Position = n
	return p, fields
}

// Check judges a whole post. Besides those of CheckNames there are field errors at tier, capability, structure, levels and from.
func (in PostInput) Check() (CataloguePost, error) {
	p, fields := in.CheckNames()
	p.Tier, p.Capability, p.Structure = Tier(in.Tier), Capability(in.Capability), Structure(in.Structure)
	if !slices.Contains(Tiers(), p.Tier) {
		fields.Add("tier", "cadre.tier_required")
	}
	if !slices.Contains(PostCapabilities(), p.Capability) {
		fields.Add("capability", "post.capability_required")
	}
	if !slices.Contains(Structures(), p.Structure) {
		fields.Add("structure", "post.structure_required")
	}
	for _, l := range territory.Levels() {
		if slices.Contains(in.Levels, string(l)) {
			p.Levels = append(p.Levels, l)
		}
	}
	switch wrong, ok := p.misfit(); {
	case len(p.Levels) == 0:
		fields.Add("levels", "post.levels_required")
	case ok:
		fields = append(fields, wrong)
	}
	p.From = CheckDay(&fields, "from", in.From, earliest, earliest.Add(longest*5))
	if err := fields.Err(); err != nil {
		return CataloguePost{}, err
	}
	return p, nil
}

// misfit finds what of a post does not go together (domain.md section 2: tier and level must fit): nobody is sent upward, a group has no
// desk to lead, and where there is no district there is neither its tier nor its levels.
func (p CataloguePost) misfit() (fault.Field, bool) {
	lowest := map[Tier]territory.Level{ProvinceTier: territory.Province, DistrictTier: territory.District, CommuneTier: territory.Commune}[p.Tier]
	for _, l := range p.Levels {
		switch {
		case lowest != "" && l.Above(lowest):
			return fault.At("levels", "post.level_above_tier"), true
		case p.Capability == Lead && l == territory.Group:
			return fault.At("levels", "post.group_has_no_desk"), true
		case p.Structure == NoDistrict && (l == territory.District || l == territory.Subregion):
			return fault.At("levels", "post.no_district"), true
		}
	}
	if p.Structure == NoDistrict && p.Tier == DistrictTier {
		return fault.At("tier", "post.no_district"), true
	}
	return fault.Field{}, false
}

// PostCode makes the code of a new post from its name: small letters, digits and underlines. It is never shown.
func PostCode(name string, taken func(string) bool) string {
	stem := strings.ReplaceAll(plain(name), " ", "_")
	if len(stem) > lettersInCode {
		stem = strings.TrimRight(stem[:lettersInCode], "_")
	}
	if stem == "" {
		stem = "post"
	}
	code := stem
	for n := 2; taken(code); n++ {
		code = stem + "_" + strconv.Itoa(n)
	}
	return code
}

// RetireInput is what is typed to retire a post: its last day, inclusive, why, and whether the ending of assignments was agreed to.
type RetireInput struct {
	Last, Reason string
	Agreed       bool
}

// Check gives the first day on which the post is no more. Running is how many assignments hold today or later. What is wrong comes as
// field errors at last, reason and agreed.
func (in RetireInput) Check(p CataloguePost, running int, today territory.Day) (territory.Day, error) {
	var fields fault.Fields
	least := today.Add(-1) // at once
	if least.Before(p.From) {
		least = p.From
	}
	last := CheckDay(&fields, "last", in.Last, least, today.Add(furthest))
	checkReason(&fields, in.Reason)
	if running > 0 && !in.Agreed {
		fields.Add("agreed", "post.agree_required")
	}
	return last.Add(1), fields.Err()
}
