package sheet

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// The serial numbers that can be days: from 1901 to 2100. Smaller ones are years or counts that somebody typed.
const (
	leastSerial = 367
	mostSerial  = 73_415
)

// DayOf reads a day as people and spreadsheets write it, and gives it as yyyy-mm-dd: dd/mm/yyyy with one or two digits and any of
// / - . between, yyyy-mm-dd, each perhaps with a time behind it, or the serial number of a spreadsheet. The month is never first.
func (v Value) DayOf(date1904 bool) (day string, ok bool) {
	if v.Serial {
		return serialDay(v.Text, date1904)
	}
	return ParseDay(v.Text)
}

func serialDay(text string, date1904 bool) (string, bool) {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !(n >= leastSerial && n <= mostSerial) {
		return "", false
	}
	zero := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC) // Excel counts a 29 February 1900 that never was
	if date1904 {
		zero = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return zero.AddDate(0, 0, int(math.Floor(n))).Format(time.DateOnly), true
}

// ParseDay reads a day that is written in words and digits, as DayOf does.
func ParseDay(text string) (day string, ok bool) {
	date, _, _ := strings.Cut(strings.TrimSpace(text), " ")
	date, _, _ = strings.Cut(date, "T")
	parts := strings.FieldsFunc(date, func(r rune) bool { return r == '/' || r == '-' || r == '.' })
	if len(parts) != 3 || strings.Count(date, "/")+strings.Count(date, "-")+strings.Count(date, ".") != 2 {
		return "", false
	}
	if len(parts[0]) == 4 {
		parts[0], parts[2] = parts[2], parts[0]
	}
	if len(parts[2]) != 4 || len(parts[0]) > 2 || len(parts[1]) > 2 {
		return "", false
	}
	var n [3]int
	for i, p := range parts {
		for _, c := range p {
			if c < '0' || c > '9' {
				return "", false
			}
			n[i] = n[i]*10 + int(c-'0')
		}
	}
	t := time.Date(n[2], time.Month(n[1]), n[0], 0, 0, 0, 0, time.UTC)
	if t.Day() != n[0] || int(t.Month()) != n[1] || n[2] < 1000 {
		return "", false
	}
	return t.Format(time.DateOnly), true
}
