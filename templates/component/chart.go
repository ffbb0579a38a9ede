package component

import "strconv"

// BarView is one bar of a list of numbers, beside the number itself. Both are per cent of the longest bar.
type BarView struct {
	Share int
	Part  int  // the share of it that stands out, such as what is overdue
	Full  bool // draws the rest up to 100 per cent as well, for "how many of how many"
}

// Bars gives the bars of numbers against the greatest of them.
func Bars(values, parts []int) []BarView {
	top := 1
	for _, v := range values {
		top = max(top, v)
	}
	bars := make([]BarView, len(values))
	for i, v := range values {
		bars[i].Share = v * 100 / top
		if i < len(parts) {
			bars[i].Part = parts[i] * 100 / top
		}
	}
	return bars
}

func percent(n int) string { return strconv.Itoa(n) + "%" }

// ChartView is a row of columns over time, with its numbers in a table behind it.
type ChartView struct {
	ID, Title string
	Note      string // what it says in one sentence
	Label     string // heading of the first column of the table
	Count     string // heading of the second one
	Points    []Point
}

// Point is one column of a chart.
type Point struct {
	Label string // in full, for the table
	Short string // under the column
	Value int
	Text  string // the formatted value
}

// Size of the drawing, in its own units.
const (
	chartWidth  = 480
	chartHeight = 150
	chartTop    = 18 // room for the numbers above the columns
	chartFoot   = 20 // room for the labels under them
)

type column struct {
	Point
	x, y, width, height, middle, base int
}

// columns lays the points out in the drawing.
func (v ChartView) columns() []column {
	top := 1
	for _, p := range v.Points {
		top = max(top, p.Value)
	}
	room := chartHeight - chartTop - chartFoot
	list := make([]column, len(v.Points))
	for i, p := range v.Points {
		step := chartWidth / len(v.Points)
		height := p.Value * room / top
		if p.Value == 0 {
			height = 1
		}
		list[i] = column{
			Point: p, x: i*step + step/6, width: step * 2 / 3, y: chartHeight - chartFoot - height, height: height, middle: i*step + step/2, base: chartHeight - 5,
		}
	}
	return list
}
