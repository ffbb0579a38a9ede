package casework

import "banam/internal/territory"

// ReportedMonth gives the month that a monthly report written on the day is most likely about: in its first days still the one before.
func ReportedMonth(day territory.Day) Month { return MonthOf(day.Add(-monthOverlap)) }

// monthOverlap is for how many days of a month the report of the one before is what is usually written.
const monthOverlap = 7

var monthlyForm = ReportForm{
	Kind:    MonthlyReport,
	Opening: ReportPart{Fields: []ReportField{{Name: "month", Type: MonthField, Missing: "report.month_required"}}},
	Parts: []ReportPart{
		{Fields: []ReportField{whatField}}, upward,
		{Fields: []ReportField{{Name: "promised", Short: true}, {Name: "next_month"}}},
	},
	Line: []string{"what"}, Columns: []string{"month"},
}
