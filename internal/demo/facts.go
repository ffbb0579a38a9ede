package demo

import (
	"bytes"
	"embed"
	"encoding/csv"
	"fmt"
)

//go:embed data/*.csv
var data embed.FS

// unit is a row of the statistics office's list.
type unit struct{ code, parent, level, kind, name string }

// units gives the list of Bến Tre, parents before their children.
func units() ([]unit, error) {
	rows, err := table("data/units_bentre_2020.csv", "code", "parent_code", "level", "type", "name")
	if err != nil {
		return nil, err
	}
	var all []unit
	for _, r := range rows {
		all = append(all, unit{r[0], r[1], r[2], r[3], r[4]})
	}
	return all, nil
}

// formed gives the resolution by which a commune was formed, by statistics code.
func formed() (map[string]string, error) {
	rows, err := table("data/units_bentre_2020_formed.csv", "new_code", "new_name", "effective_date", "legal_basis")
	if err != nil {
		return nil, err
	}
	basis := make(map[string]string, len(rows))
	for _, r := range rows {
		basis[r[0]] = r[3]
	}
	return basis, nil
}

// attested gives the names of hamlets that a source names, by statistics code of the commune.
func attested() (map[string][]string, error) {
	rows, err := table("data/hamlets_binhdai_attested.csv", "commune_code", "commune_name", "type", "name", "evidence")
	if err != nil {
		return nil, err
	}
	names := make(map[string][]string)
	for _, r := range rows {
		names[r[0]] = append(names[r[0]], r[3])
	}
	return names, nil
}

// table reads an embedded file, checks its header and gives the rows below it.
func table(path string, header ...string) ([][]string, error) {
	content, err := data.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading facts: %w", err)
	}
	r := csv.NewReader(bytes.NewReader(content))
	r.FieldsPerRecord = len(header)
	rows, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	for i, name := range header {
		if len(rows) == 0 || rows[0][i] != name {
			return nil, fmt.Errorf("reading %s: column %d is not %s", path, i+1, name)
		}
	}
	return rows[1:], nil
}
