package app_test

import (
	"context"
	"fmt"
	"maps"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/postgres"
	"banam/internal/territory"
	"banam/internal/testdb"
)

// reportWorld is a small district with people, for the tests of reports. Its clock is set by hand.
type reportWorld struct {
	*testing.T
	db   *postgres.DB
	app  *app.App
	now  atomic.Pointer[time.Time]
	made atomic.Int64
}

// The places of the world: a district with a sub-region, in it a commune with two hamlets and a group; another commune
// beside it; a hamlet that came on 01/03/2020 and one that went on 15/02/2020.
const (
	wProvince territory.LocalityID = iota + 1
	wDistrict
	wSubregion
	wCommune
	wHamlet
	wHamlet2
	wGroup
	wOtherCommune
	wOtherHamlet
	wNewHamlet
	wGoneHamlet
)

type worldPlace struct {
	id, parent territory.LocalityID
	level      territory.Level
	name       string
	from, to   string // empty for always
}

var worldPlaces = []worldPlace{
	{wProvince, 0, territory.Province, "Tỉnh Bến Tre", "", ""},
	{wDistrict, wProvince, territory.District, "Huyện Bình Đại", "", ""},
	{wSubregion, wDistrict, territory.Subregion, "Tiểu vùng I", "", ""},
	{wCommune, wSubregion, territory.Commune, "Xã A", "", ""},
	{wHamlet, wCommune, territory.Hamlet, "Ấp 1", "", ""},
	{wHamlet2, wCommune, territory.Hamlet, "Ấp 2", "", ""},
	{wGroup, wHamlet, territory.Group, "Tổ 1", "", ""},
	{wOtherCommune, wDistrict, territory.Commune, "Xã B", "", ""},
	{wOtherHamlet, wOtherCommune, territory.Hamlet, "Ấp 1", "", ""},
	{wNewHamlet, wCommune, territory.Hamlet, "Ấp 3", "2020-03-01", ""},
	{wGoneHamlet, wCommune, territory.Hamlet, "Ấp 4", "", "2020-02-15"},
}

func newReportWorld(t *testing.T) *reportWorld {
	t.Helper()
	w := &reportWorld{T: t, db: openEmpty(t)}
	w.set("2020-03-10 09:00")
	w.app = app.New(w.db, func() time.Time { return *w.now.Load() })
	for _, p := range worldPlaces {
		w.exec(`INSERT INTO localities (level) VALUES ($1)`, p.level)
		w.exec(`INSERT INTO locality_versions (locality_id, parent_id, type, name, valid)
			VALUES ($1, nullif($2, 0), 'Loại', $3, daterange(nullif($4, '')::date, nullif($5, '')::date))`, p.id, p.parent, p.name, p.from, p.to)
	}
	return w
}

func (w *reportWorld) exec(sql string, args ...any) {
	w.Helper()
	if _, err := w.db.Pool().Exec(context.Background(), sql, args...); err != nil {
		w.Fatalf("%s: %v", sql, err)
	}
}

// count gives the single number of a query.
func (w *reportWorld) count(sql string, args ...any) int {
	w.Helper()
	var n int
	if err := w.db.Pool().QueryRow(context.Background(), sql, args...).Scan(&n); err != nil {
		w.Fatalf("%s: %v", sql, err)
	}
	return n
}

// set puts the clock to a local time.
func (w *reportWorld) set(local string) {
	w.Helper()
	t, err := time.ParseInLocation("2006-01-02 15:04", local, territory.Zone)
	if err != nil {
		w.Fatal(err)
	}
	w.now.Store(&t)
}

// held is an assignment of the world: a post at a place from a day until before another one.
type held struct {
	post     string
	at       territory.LocalityID
	from, to string // to is empty for an open end
}

// person makes a cadre with an account and assignments, and gives the account's id.
func (w *reportWorld) person(name string, holds ...held) int64 {
	w.Helper()
	var cadreID, account int64
	ctx := context.Background()
	row := func(dst *int64, sql string, args ...any) {
		if err := w.db.Pool().QueryRow(ctx, sql, args...).Scan(dst); err != nil {
			w.Fatalf("%s: %v", sql, err)
		}
	}
	row(&cadreID, `INSERT INTO cadres (full_name, tier) VALUES ($1, 'district') RETURNING id`, name)
	row(&account, `INSERT INTO accounts (cadre_id, login, password_hash) VALUES ($1, $2, 'x') RETURNING id`, cadreID, fmt.Sprintf("u%d", w.made.Add(1)))
	for _, h := range holds {
		w.exec(`INSERT INTO assignments (cadre_id, post_id, locality_id, level, period, is_primary) SELECT $1, p.id, l.id, l.level,
			daterange($4::text::date, nullif($5, '')::date), true FROM posts p, localities l WHERE p.code = $2 AND l.id = $3`, cadreID, h.post, h.at, h.from, h.to)
	}
	return account
}

// actor gives who is behind an account right now.
func (w *reportWorld) actor(account int64) cadre.Actor {
	w.Helper()
	s, err := w.app.SessionOf(context.Background(), account)
	if err != nil {
		w.Fatal(err)
	}
	return s.Actor
}

func sending() app.Submission { return app.Submission{ID: uuid.New(), Body: []byte("x")} }

// reportOf makes a draft that could be sent.
func reportOf(at territory.LocalityID, day string) app.Draft {
	return app.Draft{ReportID: uuid.Must(uuid.NewV7()), Input: casework.ReportInput{
		Kind: casework.SituationReport, Locality: fmt.Sprint(at), HappenedOn: day,
		Content: casework.Content{"what": "Nước mặn vào sâu 4 km, 12 hộ thiếu nước ngọt."},
	}}
}

// saying gives the draft with other words.
func saying(d app.Draft, what string) app.Draft {
	d.Input.Content = maps.Clone(d.Input.Content)
	d.Input.Content["what"] = what
	return d
}

// openEmpty gives a database that has the schema and nothing in it.
func openEmpty(t *testing.T) *postgres.DB {
	t.Helper()
	db, err := postgres.Open(context.Background(), testdb.New(t).AppDSN)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return db
}
