package casework_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"banam/internal/casework"
	"banam/internal/territory"
)

func TestConcrete(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		c    casework.Content
		want bool
	}{
		{"generic words", casework.Content{"what": "Tình hình ổn định, nhân dân phấn khởi.", "mood": "Dân tin tưởng."}, false},
		{"a number", casework.Content{"what": "Có 12 hộ thiếu nước ngọt."}, true},
		{"a number further down", casework.Content{"what": "Ổn định.", "production": "Lúa được 4,5 tấn."}, true},
		{"a number in a remark", casework.Content{"what": "Ổn định.", "remark_front": "họp 2 lần"}, true},
		{"a difficulty", casework.Content{"what": "Ổn định.", "difficulties": "Cống hư."}, true},
		{"a proposal", casework.Content{"what": "Ổn định.", "proposals": "Sửa cống."}, true},
		{"a pressing matter", casework.Content{"what": "Ổn định.", "pressing": "Dân bức xúc về rác."}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.c.Concrete(casework.SituationReport); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestSharedPassage(t *testing.T) {
	t.Parallel()
	passage := "nước mặn vào sâu bốn cây số, dân phải mua nước ngọt từng can về dùng"
	old := casework.Content{"what": "Đầu tháng, " + passage + "."}
	tests := []struct {
		name string
		c    casework.Content
		want string
	}{
		{"word for word", casework.Content{"what": "Tuần này " + passage + ". Hết."}, passage + "."},
		{"other case and signs", casework.Content{"difficulties": "N" + passage[1:] + "!"}, "N" + passage[1:] + "!"},
		{"across fields of the earlier one", casework.Content{"what": "Không có gì chung với bản trước."}, ""},
		{"a few words only", casework.Content{"what": "dân phải mua nước ngọt từng can"}, ""},
		{"nothing", casework.Content{}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.c.Shared(old); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestChangesOfAReport(t *testing.T) {
	t.Parallel()
	old := casework.Content{"what": "Có 12 hộ thiếu nước.", "difficulties": "Cống hư.", "rating_front": "good"}.
		Input(casework.SituationReport, 4, territory.NewDay(2020, 3, 2))
	now := casework.Content{"what": "Có 18 hộ thiếu nước ngọt.", "proposals": "Sửa cống.", "rating_front": "fair"}.
		Input(casework.SituationReport, 4, territory.NewDay(2020, 3, 1))
	var got []string
	for _, c := range now.Changes(old) {
		line := c.Field + ":"
		for _, p := range c.Parts {
			line += map[casework.ChangeKind]string{casework.Kept: "=", casework.Removed: "-", casework.Added: "+"}[p.Kind] + "[" + p.Text + "]"
		}
		got = append(got, line)
	}
	want := []string{
		"happened_on:-[2020-03-02]+[2020-03-01]", "what:=[Có]-[ 12]+[ 18]=[ hộ thiếu]-[ nước.]+[ nước ngọt.]",
		"difficulties:-[Cống hư.]", "proposals:+[Sửa cống.]", "rating_front:-[good]+[fair]",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if n := len(now.Changes(now)); n != 0 {
		t.Errorf("a version against itself: got %d changes", n)
	}
}

// TestChangesLoseNothing puts the pieces of random texts together again.
func TestChangesLoseNothing(t *testing.T) {
	t.Parallel()
	text := rapid.StringMatching(`([abc]{1,2}[ \n]{1,2}){0,12}[abc]?`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := text.Draw(t, "old"), text.Draw(t, "new")
		input := func(what string) casework.ReportInput {
			return casework.ReportInput{Kind: casework.SituationReport, Content: casework.Content{"what": what}}
		}
		var old, now string
		for _, c := range input(b).Changes(input(a)) {
			for _, p := range c.Parts {
				if p.Kind != casework.Added {
					old += p.Text
				}
				if p.Kind != casework.Removed {
					now += p.Text
				}
			}
		}
		if a != b && (old != a || now != b) {
			t.Fatalf("got %q and %q, want %q and %q", old, now, a, b)
		}
	})
}
