package app

import (
	"cmp"
	"context"
	"strings"
	"time"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/postgres"
	"banam/internal/sheet"
	"banam/internal/territory"
)

// PlanRow is a row of a list of changes as authorities publish them: one for each unit of before. Rows of one day that name the same new unit
// are one merger. Kinds are merge and retype.
type PlanRow struct {
	Line                               int
	On, Kind                           string // the day as yyyy-mm-dd
	OldCode, OldName, NewCode, NewName string
}

// ListResult tells what became of the rows of a list.
type ListResult struct{ Added, InForce, OtherDays int }

// AddListed adds the changes of a list to a draft: those of the plan's day. What is in force already, since the tree has the new unit and
// none of the others any more, is left out, as are other days. Invalid at list for rows that cannot be understood: then nothing is added.
func (a *App) AddListed(ctx context.Context, actor cadre.Actor, s Submission, p PlanRef, rows []PlanRow) (ListResult, error) {
	var result ListResult
	err := a.editDraft(ctx, actor, s, p, func(actor cadre.Actor, c *postgres.PlanCase) error {
		result = ListResult{}
		tree := territory.TreeOf(c.Units)
		changes, err := result.read(rows, c.On, tree, c.Changes)
		if err != nil {
			return err
		}
		c.Changes = append(c.Changes, changes...)
		if len(c.Changes) > territory.MaxChanges {
			return fault.Invalid(fault.At("list", "reorganisation.too_many", "n", territory.MaxChanges))
		}
		return mayReorganise(actor, *c)
	})
	return result, err
}

// merger is the rows of one new unit.
type merger struct {
	rows []PlanRow
	old  []territory.LocalityID
}

func (r *ListResult) read(rows []PlanRow, on territory.Day, tree territory.Tree, planned []territory.Change) ([]territory.Change, error) {
	var fields fault.Fields
	var order []string
	groups := map[string]*merger{}
	places := newFinder(tree, planned)
	for _, row := range rows {
		if row.On != on.String() {
			r.OtherDays++
			continue
		}
		key := row.Kind + " " + cmp.Or(row.NewCode, folded(row.NewName))
		if groups[key] == nil {
			groups[key] = &merger{}
			order = append(order, key)
		}
		groups[key].rows = append(groups[key].rows, row)
	}
	var changes []territory.Change
	next := places.next()
	for _, key := range order {
		g := groups[key]
		if g.inForce(places) {
			r.InForce += len(g.rows)
			continue
		}
		for _, row := range g.rows {
			if id := places.row(&fields, row); id != 0 {
				g.old = append(g.old, id)
			}
		}
		first := g.rows[0]
		unit := territory.NewUnit{Ref: next, Type: typeOf(first.NewName), Name: oneLine(first.NewName), Code: first.NewCode}
		if unit.Type == "" {
			fields.Add("list", "reorganisation.line_type", "n", first.Line, "name", first.NewName)
		}
		switch territory.ChangeKind(first.Kind) {
		case territory.MergeUnits:
			changes = append(changes, territory.Change{Kind: territory.MergeUnits, Units: g.old, New: []territory.NewUnit{unit}})
			next--
		case "retype", territory.RenameUnit:
			changes = append(changes, territory.Change{Kind: territory.RenameUnit, Units: g.old, Type: unit.Type, Name: unit.Name, Code: unit.Code})
		default:
			fields.Add("list", "reorganisation.line_kind", "n", first.Line, "kind", first.Kind)
		}
		r.Added++
	}
	return changes, fields.Err()
}

// inForce tells whether the tree has the new unit by its code and name, and none of the others that it was made of.
func (g *merger) inForce(places *finder) bool {
	first := g.rows[0]
	id, ok := places.byCode[first.NewCode]
	if !ok || folded(places.tree[id].Name) != folded(first.NewName) {
		return false
	}
	for _, row := range g.rows {
		if other, there := places.byCode[row.OldCode]; there && folded(places.tree[other].Name) == folded(row.OldName) && folded(row.OldName) != folded(first.NewName) {
			return false
		}
		if row.OldCode == first.NewCode && folded(row.OldName) == folded(first.NewName) && len(g.rows) > 1 && places.other(g, row) {
			return false
		}
	}
	return true
}

// other tells whether any other unit of the merger is still there.
func (f *finder) other(g *merger, but PlanRow) bool {
	for _, row := range g.rows {
		if id, there := f.byCode[row.OldCode]; there && row != but && folded(f.tree[id].Name) == folded(row.OldName) {
			return true
		}
	}
	return false
}

// row finds the unit of before that a row names: by its code, if that unit has the name, else by name.
func (f *finder) row(fields *fault.Fields, row PlanRow) territory.LocalityID {
	if id, ok := f.byCode[row.OldCode]; ok && (row.OldName == "" || sameName(f.tree[id].Name, row.OldName)) {
		return id
	}
	if found := f.byName[folded(row.OldName)]; row.OldCode == "" && len(found) == 1 {
		return found[0]
	}
	fields.Add("list", "reorganisation.line_unknown", "n", row.Line, "place", strings.TrimSpace(row.OldCode+" "+row.OldName))
	return 0
}

// sameName compares names of two lists, which put the tone on different letters ("Hòa", "Hoà").
func sameName(a, b string) bool { return folded(toned.Replace(a)) == folded(toned.Replace(b)) }

var toned = strings.NewReplacer("oà", "òa", "oá", "óa", "oả", "ỏa", "oã", "õa", "oạ", "ọa", "uỳ", "ùy", "uý", "úy", "uỷ", "ủy", "uỹ", "ũy", "uỵ", "ụy")

// unitTypes are the types of units (domain.md section 1).
var unitTypes = []string{
	"Thành phố", "Thị trấn", "Thị xã", "Đặc khu", "Khu phố", "Tiểu vùng", "Phường", "Huyện", "Quận", "Tỉnh", "Xã", "Ấp", "Tổ",
}

// typeOf gives the type that a name begins with; empty if it begins with none.
func typeOf(name string) string {
	for _, t := range unitTypes {
		if strings.HasPrefix(folded(name), folded(t)+" ") {
			return t
		}
	}
	return ""
}

// PlanColumn is a column of a list of changes, as the authorities' tables and ours call it. The English name is that of published data.
type PlanColumn struct {
	Vi, En   string
	Required bool
}

// PlanColumns lists the columns in the order of PlanRow.
func PlanColumns() []PlanColumn {
	return []PlanColumn{
		{"ngày hiệu lực", "effective_date", true}, {"loại", "kind", true}, {"mã cũ", "old_code", false}, {"tên cũ", "old_name", true},
		{"mã mới", "new_code", false}, {"tên mới", "new_name", true},
	}
}

// planLimits bound a list of changes: no plan has more changes, and a merger has a few rows.
func planLimits() sheet.Limits {
	l := sheet.Usual()
	l.Rows = 10 * territory.MaxChanges
	return l
}

// ReadPlanRows reads a table as it is pasted from a spreadsheet or uploaded as a file (.xlsx, .csv), with a line of headings. Kinds are "merge"
// (sáp nhập) and "retype" (đổi loại, đổi tên). Text is the table as it could be pasted. What cannot be read is Invalid at file.
func ReadPlanRows(data []byte) (rows []PlanRow, text string, err error) {
	columns := PlanColumns()
	at := make([]int, len(columns)) // of the columns that the table has; -1 for none
	table, err := sheet.Read(data, planLimits(), func(head []string) []int {
		var found []int
		for i, c := range columns {
			at[i] = -1
			for n, h := range head {
				if name := cadre.PlainName(strings.ReplaceAll(h, "_", " ")); name == cadre.PlainName(c.Vi) || name == strings.ReplaceAll(c.En, "_", " ") {
					at[i], found = len(found), append(found, n)
					break
				}
			}
			if at[i] < 0 && c.Required {
				return nil
			}
		}
		return found
	})
	if err != nil {
		return nil, "", err
	}
	var b strings.Builder
	for i, c := range columns {
		if at[i] >= 0 {
			b.WriteString(c.Vi + "\t")
		}
	}
	for _, line := range table.Lines {
		cell := func(i int) string {
			if at[i] < 0 {
				return ""
			}
			return line.Values[at[i]].Text
		}
		row := PlanRow{Line: line.Number, On: cell(0), Kind: planKind(cell(1)), OldCode: cell(2), OldName: cell(3), NewCode: cell(4), NewName: cell(5)}
		if day, ok := line.Values[at[0]].DayOf(table.Date1904); ok {
			row.On = day
		}
		b.WriteString("\n")
		for i := range columns {
			if at[i] < 0 {
				continue
			}
			value := cell(i)
			if i == 0 {
				value = row.On
			}
			b.WriteString(value + "\t")
		}
		if row.OldName+row.NewName != "" {
			rows = append(rows, row)
		}
	}
	return rows, b.String(), nil
}

// isoDay gives a day written as dd/mm/yyyy the other way round; anything else stays.
func isoDay(text string) string {
	if day, err := time.Parse("2/1/2006", text); err == nil {
		return day.Format(time.DateOnly)
	}
	return text
}

func planKind(text string) string {
	switch folded(text) {
	case "sáp nhập", "nhập", "merge":
		return string(territory.MergeUnits)
	case "đổi loại", "đổi tên", "rename", "retype":
		return string(territory.RenameUnit)
	}
	return text
}
