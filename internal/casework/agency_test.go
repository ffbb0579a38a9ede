package casework_test

import (
	"strings"
	"testing"

	"banam/internal/casework"
	"banam/internal/fault"
)

func TestAgencyInput(t *testing.T) {
	for name, c := range map[string]struct {
		in   casework.AgencyInput
		want string
	}{
		"whole":         {casework.AgencyInput{Name: "Điện lực Bình Đại", Phone: "0275 3851 000", Email: "dienluc@example.org", Contact: "Trực vận hành"}, ""},
		"name alone":    {casework.AgencyInput{Name: "UBND xã"}, ""},
		"no name":       {casework.AgencyInput{Phone: "02753851000"}, "name"},
		"words to dial": {casework.AgencyInput{Name: "UBND xã", Phone: "gọi anh Ba"}, "phone"},
		"half a letter": {casework.AgencyInput{Name: "UBND xã", Email: "ubnd@"}, "email"},
		"too long":      {casework.AgencyInput{Name: strings.Repeat("ơ", casework.MaxTitle+1), Contact: strings.Repeat("ơ", 121)}, "name contact"},
	} {
		var got []string
		if f := fault.As(c.in.Check()); f != nil {
			for _, field := range f.Fields {
				got = append(got, field.Name)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: got %v, want %s", name, got, c.want)
		}
	}
}
