package postgres

// aboveName is the SQL of what lies above the place of a fact, up to the commune, since names of hamlets and groups repeat;
// joinAbove gives what it needs.
const aboveName = `concat_ws(', ', hv.name, cv.name)`

// joinAbove joins the hamlet and the commune of the fact with the alias, as they were called on the day, as far as they are
// not its place itself.
func joinAbove(alias, day string) string {
	return `LEFT JOIN locality_versions hv ON hv.locality_id = ` + alias + `.hamlet_id AND hv.known @> ` + day + ` AND ` + alias + `.hamlet_id <> ` + alias + `.locality_id
	LEFT JOIN locality_versions cv ON cv.locality_id = ` + alias + `.commune_id AND cv.known @> ` + day + ` AND ` + alias + `.commune_id <> ` + alias + `.locality_id`
}
