package casework

import (
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"strings"

	"banam/internal/territory"
)

// Content is what a report says, by the names of its fields; empty texts are left out.
type Content map[string]string

// opinion is how the rating of an organisation and the remark on it are stored.
type opinion struct {
	Rating string `json:"rating"`
	Remark string `json:"remark"`
}

// stored gives the content as it is stored: flat, but for the opinions on organisations, which stand under their codes.
func (c Content) stored() map[string]any {
	out := map[string]any{}
	opinions := map[string]opinion{}
	for name, text := range c {
		if code, ok := strings.CutPrefix(name, "rating_"); ok {
			o := opinions[code]
			o.Rating = text
			opinions[code] = o
		} else if code, ok := strings.CutPrefix(name, "remark_"); ok {
			o := opinions[code]
			o.Remark = text
			opinions[code] = o
		} else if text != "" {
			out[name] = text
		}
	}
	maps.DeleteFunc(opinions, func(_ string, o opinion) bool { return o == opinion{} })
	if len(opinions) > 0 {
		out[OrganisationsPart] = opinions
	}
	return out
}

// MarshalJSON writes the content as it is stored.
func (c Content) MarshalJSON() ([]byte, error) { return written(c.stored()) }

func written(v any) ([]byte, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("writing a report as JSON: %w", err)
	}
	return data, nil
}

func read(data []byte, dst any) error {
	if err := json.Unmarshal(data, dst); err != nil {
		return fmt.Errorf("reading a stored report: %w", err)
	}
	return nil
}

// UnmarshalJSON reads what was stored.
func (c *Content) UnmarshalJSON(data []byte) error {
	raw := map[string]json.RawMessage{}
	if err := read(data, &raw); err != nil {
		return err
	}
	out := Content{}
	for name, value := range raw {
		if name == OrganisationsPart {
			opinions := map[string]opinion{}
			if err := read(value, &opinions); err != nil {
				return err
			}
			for code, o := range opinions {
				out.Set("rating_"+code, o.Rating)
				out.Set("remark_"+code, o.Remark)
			}
			continue
		}
		var text string
		if err := read(value, &text); err != nil {
			return err
		}
		out.Set(name, text)
	}
	*c = out
	return nil
}

// Set keeps a text; an empty one takes the field out.
func (c Content) Set(name, text string) {
	if text == "" {
		delete(c, name)
		return
	}
	c[name] = text
}

func (c Content) count(name string) int {
	n, err := strconv.Atoi(c[name])
	if err != nil {
		return 0
	}
	return n
}

// ReportInput is what the author typed, exactly so: a draft keeps it whole, however wrong it still is.
type ReportInput struct {
	Kind       ReportKind
	Locality   string
	HappenedOn string
	Content    Content
}

// MarshalJSON writes an input as drafts store it: one flat object.
func (in ReportInput) MarshalJSON() ([]byte, error) {
	out := in.Content.stored()
	out["kind"], out["locality"], out["happened_on"] = in.Kind, in.Locality, in.HappenedOn
	return written(out)
}

// UnmarshalJSON reads a stored draft.
func (in *ReportInput) UnmarshalJSON(data []byte) error {
	var c Content
	if err := read(data, &c); err != nil {
		return err
	}
	*in = ReportInput{Kind: ReportKind(c["kind"]), Locality: c["locality"], HappenedOn: c["happened_on"], Content: c}
	for _, name := range []string{"kind", "locality", "happened_on"} {
		delete(c, name)
	}
	return nil
}

// Same tells whether two inputs are the same.
func (in ReportInput) Same(o ReportInput) bool {
	a, b := in.Content, o.Content
	return in.Kind == o.Kind && in.Locality == o.Locality && in.HappenedOn == o.HappenedOn && maps.Equal(a, b)
}

// Blank tells whether nothing was written yet; choosing a place and a day is no writing.
func (in ReportInput) Blank() bool {
	for _, text := range in.Content {
		if text != "" {
			return false
		}
	}
	return true
}

// MaxSummary is the length of the line that lists show of a report, in characters.
const MaxSummary = 160

// Summary gives the line that lists show of a report of the kind.
func (c Content) Summary(kind ReportKind) string {
	form, _ := kind.Form()
	var said []string
	for _, name := range form.Line {
		if text := strings.Join(strings.Fields(c[name]), " "); text != "" {
			said = append(said, text)
		}
	}
	runes := []rune(strings.Join(said, " – "))
	if len(runes) <= MaxSummary {
		return string(runes)
	}
	cut := string(runes[:MaxSummary-1])
	if i := strings.LastIndexByte(cut, ' '); i > MaxSummary/2 {
		cut = cut[:i]
	}
	return cut + "…"
}

// Input gives a checked report as its form has it: what an amendment begins with.
func (c Content) Input(kind ReportKind, locality territory.LocalityID, on territory.Day) ReportInput {
	in := ReportInput{Kind: kind, Locality: strconv.FormatInt(int64(locality), 10), HappenedOn: on.String(), Content: maps.Clone(c)}
	form, _ := kind.Form()
	for _, f := range form.Fields() {
		if c[f.Name] != "" {
			in.Content[f.Name] = f.typed(c[f.Name])
		}
	}
	return in
}
