package i18n

import (
	"context"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // the zone must exist on every machine
)

// Zone is Asia/Ho_Chi_Minh, in which every day and hour of Ba Nắm is meant.
var Zone = mustZone("Asia/Ho_Chi_Minh")

func mustZone(name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return z
}

// Date writes the day of t as dd/mm/yyyy; nothing for the zero time.
func Date(_ context.Context, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(Zone).Format("02/01/2006")
}

// DateTime writes t as dd/mm/yyyy hh:mm in 24 hours; nothing for the zero time.
func DateTime(_ context.Context, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(Zone).Format("02/01/2006 15:04")
}

// Clock writes the time of day of t in 24 hours.
func Clock(_ context.Context, t time.Time) string { return t.In(Zone).Format("15:04") }

// Ago words how long before now t was: "5 phút trước". Pages put the absolute time in the title.
func Ago(ctx context.Context, t, now time.Time) string {
	d := now.Sub(t)
	switch {
	case d < time.Minute:
		return T(ctx, "time.just_now")
	case d < time.Hour:
		return plural(ctx, "time.minutes_ago", int(d/time.Minute))
	case d < 24*time.Hour:
		return plural(ctx, "time.hours_ago", int(d/time.Hour))
	case d < 30*24*time.Hour:
		return plural(ctx, "time.days_ago", int(d/(24*time.Hour)))
	}
	return Date(ctx, t)
}

// Span words a length of time by its two largest units: "2 ngày 3 giờ", "5 phút". A day here is 24 hours.
func Span(ctx context.Context, d time.Duration) string {
	if d < 0 {
		d = -d
	}
	days, hours, minutes := int(d/(24*time.Hour)), int(d/time.Hour)%24, int(d/time.Minute)%60
	var parts []string
	if days > 0 {
		parts = append(parts, plural(ctx, "time.days", days))
	}
	if hours > 0 {
		parts = append(parts, plural(ctx, "time.hours", hours))
	}
	if minutes > 0 && days == 0 || len(parts) == 0 {
		parts = append(parts, plural(ctx, "time.minutes", minutes))
	}
	return strings.Join(parts, " ")
}

// Count writes a whole number with the language's thousands mark: 1.470 or 1,470.
func Count(ctx context.Context, n int) string {
	mark := "."
	if Of(ctx) == En {
		mark = ","
	}
	digits := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + mark + digits[i:]
	}
	return sign + digits
}

// plural picks "<key>.one" for one in English where the catalogue has it; Vietnamese has no plural.
func plural(ctx context.Context, key string, n int) string {
	if n == 1 && Of(ctx) == En && Has(key+".one") {
		return T(ctx, key+".one", "n", 1)
	}
	return T(ctx, key, "n", Count(ctx, n))
}

// Plural words a counted thing: the message of key with {n}, or of key+".one" for one in English.
func Plural(ctx context.Context, key string, n int) string { return plural(ctx, key, n) }
