package cadre_test

import (
	"slices"
	"strings"
	"testing"

	"banam/internal/cadre"
	"banam/internal/fault"
)

func TestCheckPassword(t *testing.T) {
	person := cadre.Secretive{Name: "Nguyễn Văn An", Login: "annv", Places: []string{"Bình Đại", "Châu Hưng"}, Common: func(w string) bool {
		return slices.Contains([]string{"password", "dragon", "monkey", "sunshine"}, w)
	}}
	second := person
	second.SecondFactor = true
	tests := []struct {
		name, password string
		of             cadre.Secretive
		want           string
	}{
		{"nothing", "", person, "password.required"},
		{"fourteen characters", "ghềx7 mùaqw 9z", person, "password.too_short"},
		{"fifteen characters", "ghềx7 mùaqw 9zb", person, ""},
		{"characters are counted after normalisation", strings.Repeat("ﬃ", 5) + "wqzkv9", person, ""},
		{"seven with a second factor", "ghềx7 m", second, "password.too_short"},
		{"eight with a second factor", "ghềx7 mk", second, ""},
		{"a common one with a second factor", "password", second, "password.too_easy"},
		{"128 characters", strings.Repeat("wq7zkv9m", 16), person, ""},
		{"129 characters", strings.Repeat("x", 129), person, "password.too_long"},
		{"a common word and a run", "password1234567", person, "password.too_easy"},
		{"disguised", "P@$$word 1234567!!", person, "password.too_easy"},
		{"a Vietnamese common word", "Mật khẩu 123456789", person, "password.too_easy"},
		{"the product and a year", "BaNam-2026-BaNam", person, "password.too_easy"},
		{"a place with a year", "Binh Dai Chau Hung 2026", person, "password.too_easy"},
		{"the own name", "NguyễnVănAn-1975", person, "password.too_easy"},
		{"parts of the own name", "VănAn 20201234567", person, "password.too_easy"},
		{"the sign-in name twice", "annvannvannvannv", person, "password.too_easy"},
		{"one letter", strings.Repeat("a", 20), person, "password.too_easy"},
		{"along the keyboard", "qwertyuiopasdfghjkl", person, "password.too_easy"},
		{"backward", "zyxwvutsrqponmlkj", person, "password.too_easy"},
		{"signs only", "!!!???...,,,---+++", person, "password.too_easy"},
		{"four common words", "dragon monkey sunshine ghềnh", person, ""},
		{"a sentence", "con mèo trèo cây cau", person, ""},
		{"another script", "пароль для сельсовета", person, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			if f := fault.As(cadre.CheckPassword("new", tt.password, tt.of)); f != nil {
				got = f.Fields[0].Key
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
