package postgres

// What the tests compare with its twin in SQL.
var (
	Fold  = fold
	Toned = toned

	NearSent = nearSent
)
