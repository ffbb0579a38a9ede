package postgres

import (
	"strings"

	"banam/internal/territory"
)

// aboveName is the SQL of what lies above the place of a fact, up to the commune, since names of hamlets and groups repeat;
// joinAbove gives what it needs.
const aboveName = `concat_ws(', ', hv.name, cv.name)`

// joinAbove joins the hamlet and the commune of the fact with the alias, as they were called on the day, as far as they are
// not its place itself.
func joinAbove(alias, day string) string {
	return `LEFT JOIN locality_versions hv ON hv.locality_id = ` + alias + `.hamlet_id AND hv.known @> ` + day + ` AND ` + alias + `.hamlet_id <> ` + alias + `.locality_id
	LEFT JOIN locality_versions cv ON cv.locality_id = ` + alias + `.commune_id AND cv.known @> ` + day + ` AND ` + alias + `.commune_id <> ` + alias + `.locality_id`
}

// placeColumns is the SQL of the columns of a place (see territory.Place), taken together from the rows of its chain: the id and the level
// of each.
func placeColumns(id, level string) string {
	var columns []string
	for _, l := range []territory.Level{territory.Province, territory.District, territory.Commune, territory.Hamlet} {
		columns = append(columns, `max(`+id+`) FILTER (WHERE `+level+` = '`+string(l)+`') AS `+string(l))
	}
	return strings.Join(columns, ", ")
}
