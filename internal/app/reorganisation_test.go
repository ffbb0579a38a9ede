package app_test

import (
	"context"
	"encoding/csv"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/postgres"
	"banam/internal/territory"
	"banam/internal/testdb"
)

// reform is the demo with an administrator of the province, for plans of reorganisation.
type reform struct {
	*stage
	admin int64
}

func newReform(t *testing.T, db *testdb.DB) *reform {
	t.Helper()
	storage, err := postgres.New(db.App)
	if err != nil {
		t.Fatal(err)
	}
	r := &reform{stage: &stage{T: t, db: db, now: time.Now()}}
	r.app = app.New(storage, r.clock)
	r.admin = r.number(`WITH c AS (INSERT INTO cadres (full_name, tier) VALUES ('Người Quản Trị', 'province') RETURNING id),
			s AS (INSERT INTO assignments (cadre_id, post_id, locality_id, level, period) SELECT c.id, p.id, l.id, l.level, daterange('2020-02-01', NULL)
				FROM c, posts p, localities l WHERE p.code = 'province_admin' AND l.level = 'province')
		INSERT INTO accounts (cadre_id, login, password_hash) SELECT id, 'quantritinh', 'x' FROM c RETURNING id`)
	return r
}

// actor gives the administrator as of this moment.
func (r *reform) actor() cadre.Actor {
	r.Helper()
	s, err := r.app.SessionOf(r.Context(), r.admin)
	if err != nil {
		r.Fatal(err)
	}
	return s.Actor
}

// plan makes an empty plan of a day.
func (r *reform) plan(on, decree string) uuid.UUID {
	r.Helper()
	id, err := r.app.NewReorganisation(r.Context(), r.actor(), sending(), app.PlanInput{Title: "Sắp xếp ngày " + on, Decree: decree, On: on})
	if err != nil {
		r.Fatal(err)
	}
	return id
}

// ref names a plan as it is now.
func (r *reform) ref(id uuid.UUID) app.PlanRef {
	r.Helper()
	v, err := r.app.Reorganisation(r.Context(), r.actor(), id)
	if err != nil {
		r.Fatal(err)
	}
	return app.PlanRef{ID: id, Version: v.Version}
}

func (r *reform) add(id uuid.UUID, in app.ChangeInput) {
	r.Helper()
	if err := r.app.AddChange(r.Context(), r.actor(), sending(), r.ref(id), in); err != nil {
		r.Fatalf("%+v: %v", in, fieldsOf(err))
	}
}

func (r *reform) confirm(id uuid.UUID) {
	r.Helper()
	if err := r.app.ConfirmReorganisation(r.Context(), r.actor(), sending(), r.ref(id)); err != nil {
		r.Fatalf("confirming: %v %v", err, fieldsOf(err))
	}
}

// bentre reads the real changes of Bến Tre.
func bentre(t *testing.T) []app.PlanRow {
	t.Helper()
	var rows []app.PlanRow
	for i, f := range readCSV(t, "testdata/changes_bentre.csv") {
		rows = append(rows, app.PlanRow{Line: i + 2, On: f[0], Kind: f[2], OldCode: f[3], OldName: f[4], NewCode: f[6], NewName: f[7]})
	}
	return rows
}

func readCSV(t *testing.T, path string) [][]string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

// replay carries out the real changes of Bến Tre from 2020 to the reform of 01/07/2025.
func (r *reform) replay() {
	r.Helper()
	rows := bentre(r.T)
	for _, step := range []struct {
		on, decree     string
		added, inForce int
	}{
		{"2020-02-01", "Nghị quyết 856/NQ-UBTVQH14", 0, 13}, // the list of 2020 has them already
		{"2023-04-10", "Nghị quyết 724/NQ-UBTVQH15", 3, 0},
		{"2025-01-01", "Nghị quyết 1237/NQ-UBTVQH15", 6, 0},
		{"2025-07-01", "Nghị quyết 202/2025/QH15; Nghị quyết 1687/NQ-UBTVQH15", 48, 0},
	} {
		id := r.plan(step.on, step.decree)
		got, err := r.app.AddListed(r.Context(), r.actor(), sending(), r.ref(id), rows)
		if err != nil {
			r.Fatalf("%s: %v %v", step.on, err, fieldsOf(err))
		}
		if got.Added != step.added || got.InForce != step.inForce {
			r.Fatalf("%s: got %+v, want %d added and %d in force", step.on, got, step.added, step.inForce)
		}
		if got.Added == 0 {
			continue
		}
		if step.on == "2025-07-01" {
			districts := ""
			for _, name := range []string{"829", "831", "832", "833", "834", "835", "836", "837", "838", "Tiểu vùng I", "Tiểu vùng II", "Tiểu vùng III"} {
				districts += name + "\n"
			}
			r.add(id, app.ChangeInput{Kind: territory.DissolveUnit, Units: districts})
			r.add(id, app.ChangeInput{Kind: territory.MergeUnits, Units: "83", Type: "Tỉnh", Name: "Tỉnh Vĩnh Long", Code: "86"})
		}
		r.confirm(id)
	}
}

// The real changes of Bến Tre: 157 communes end as the 48 of the official list, Bình Đại's 20 as 7, everything that hung on them hangs on
// what follows, and who leads there reads and decides what came before.
func TestReplayOfBenTre(t *testing.T) {
	t.Parallel()
	r := newReform(t, testdb.Year(t))
	before := map[string]int64{}
	for _, sql := range []string{`SELECT count(*) FROM localities WHERE level IN ('hamlet', 'group')`, `SELECT count(*) FROM reports`, `SELECT count(*) FROM issues`} {
		before[sql] = r.number(sql)
	}
	open := r.number(`SELECT count(*) FROM issues WHERE closed_at IS NULL`)
	r.replay()
	official := map[string]string{}
	for _, f := range readCSV(t, "testdata/units_bentre_2025.csv") {
		official[f[0]] = f[3] + "|" + f[4]
	}
	today := `v.valid @> '2025-07-01'::date AND v.valid @> current_date`
	rows, err := r.db.Owner.Query(t.Context(), `SELECT v.code, v.type || '|' || v.name, coalesce(p.code, '') FROM locality_versions v JOIN localities l ON l.id = v.locality_id
		LEFT JOIN locality_versions p ON p.locality_id = v.parent_id AND p.valid @> current_date WHERE l.level IN ('province', 'district', 'subregion', 'commune') AND `+today)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for rows.Next() {
		var code, name, parent string
		if err := rows.Scan(&code, &name, &parent); err != nil {
			t.Fatal(err)
		}
		found++
		if official[code] != name || code != "86" && parent != "86" {
			t.Errorf("%s is %s under %s, want %s under 86", code, name, parent, official[code])
		}
	}
	if err := rows.Err(); err != nil || found != len(official) {
		t.Fatalf("got %d units, %v, want the %d of the official list", found, err, len(official))
	}
	if grants := r.actor().Grants; len(grants) != 1 || grants[0].Locality.Code != "86" {
		t.Errorf("the administrator of the province holds %v, want the same at the one that follows", grants)
	}
	r.wantNumber(`SELECT count(DISTINCT v.parent_id) FROM locality_versions v JOIN localities l ON l.id = v.locality_id AND l.level = 'hamlet' WHERE `+today, 7, "communes of Bình Đại's hamlets")
	r.wantNumber(`SELECT count(*) FROM localities l WHERE l.level IN ('hamlet', 'group') AND NOT EXISTS (SELECT FROM locality_chain(l.id, current_date) c WHERE c.level = 'province' AND c.code = '86')`, 0, "hamlets and groups off the tree")
	r.wantNumber(`SELECT count(*) FROM locality_versions v WHERE code = '29050' AND v.valid @> '2020-06-01'::date AND type = 'Thị trấn'`, 1, "towns of the code 29050 in 2020")
	r.wantNumber(`SELECT count(DISTINCT locality_id) FROM locality_versions WHERE code = '29077'`, 3, "places that had the code 29077")
	for sql, n := range before {
		r.wantNumber(sql, n, sql)
	}
	r.reaches(open)
	r.keepsEveryAccount()
}

// keepsEveryAccount wants everybody with an account in the hands of the province's administrator, whose places are all new.
func (r *reform) keepsEveryAccount() {
	r.Helper()
	list, err := r.app.Accounts(r.Context(), r.actor(), app.AccountQuery{Limit: 3000})
	if err != nil {
		r.Fatal(err)
	}
	kept := map[string]bool{}
	for _, row := range list.Rows {
		kept[row.Login] = row.Mine
	}
	rows, err := r.db.Owner.Query(r.Context(), `SELECT login FROM accounts WHERE login <> 'quantritinh'`)
	if err != nil {
		r.Fatal(err)
	}
	logins, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(logins) < 12 {
		r.Fatalf("got %d accounts, %v", len(logins), err)
	}
	for _, login := range logins {
		if !kept[login] {
			r.Errorf("nobody can keep the account of %s any more", login)
		}
	}
}

func (r *reform) wantNumber(sql string, want int64, what string) {
	r.Helper()
	if got := r.number(sql); got != want {
		r.Errorf("%s: got %d, want %d", what, got, want)
	}
}

// person makes somebody who holds a post at a place of today.
func (r *reform) person(post string, code string) cadre.Actor {
	r.Helper()
	id := r.number(`WITH c AS (INSERT INTO cadres (full_name, tier) SELECT 'Người Mới ' || $1, tier FROM posts WHERE code = $1 RETURNING id),
			s AS (INSERT INTO assignments (cadre_id, post_id, locality_id, level, period) SELECT c.id, p.id, l.id, l.level, daterange('2025-07-01', NULL)
				FROM c, posts p, localities l JOIN locality_versions v ON v.locality_id = l.id AND v.code = $2 AND v.valid @> current_date WHERE p.code = $1)
		INSERT INTO accounts (cadre_id, login, password_hash) SELECT id, 'moi' || id, 'x' FROM c RETURNING id`, post, code)
	s, err := r.app.SessionOf(r.Context(), id)
	if err != nil {
		r.Fatal(err)
	}
	return s.Actor
}

// reaches looks, as the new secretary of Xã Châu Hưng and as the new province's lead, at what happened before the reform and at what is open.
func (r *reform) reaches(open int64) {
	r.Helper()
	secretary, province := r.person("commune_lead", "29083"), r.person("province_lead", "86")
	if _, err := r.app.ApplyReorganisations(r.Context()); err != nil {
		r.Fatal(err)
	}
	for _, tt := range []struct {
		who      cadre.Actor
		communes []string // of before
	}{{secretary, []string{"Xã Long Hòa", "Xã Châu Hưng", "Xã Thới Lai"}}, {province, nil}} {
		want := r.number(`SELECT count(*) FROM reports r WHERE $1::text[] IS NULL OR EXISTS (SELECT FROM locality_versions v JOIN locality_versions d ON d.locality_id = v.parent_id
			WHERE v.locality_id = r.commune_id AND v.valid @> '2020-06-01'::date AND v.name = ANY($1) AND (d.name LIKE 'Tiểu vùng%'))`, tt.communes)
		got, seen := 0, map[uuid.UUID]bool{}
		page := app.ListPage{Limit: 500}
		for {
			list, err := r.app.Reports(context.Background(), tt.who, app.ReportFilter{}, page)
			if err != nil {
				r.Fatal(err)
			}
			for _, row := range list.Rows {
				got++
				seen[row.ID] = true
			}
			if page.After = list.Next; page.After == "" {
				break
			}
		}
		if int64(got) != want || len(seen) != got {
			r.Errorf("%v reads %d reports, %d of them once, want %d", tt.communes, got, len(seen), want)
		}
	}
	r.wantNumber(`SELECT count(*) FROM issues WHERE closed_at IS NULL`, open, "open issues")
	r.wantNumber(`SELECT count(*) FROM issues i WHERE i.closed_at IS NULL AND NOT EXISTS (SELECT FROM locality_versions v WHERE v.locality_id = i.desk_id AND v.valid @> current_date)`, 0, "open issues at closed desks")
	var id uuid.UUID
	if err := r.db.Owner.QueryRow(r.Context(), `SELECT i.id FROM issues i JOIN locality_versions v ON v.locality_id = i.desk_id AND v.code = '29083' AND v.valid @> current_date
		WHERE i.closed_at IS NULL AND i.state = 'new' LIMIT 1`).Scan(&id); err != nil {
		r.Fatalf("nothing new waits at the desk of the new commune: %v", err)
	}
	v, err := r.app.Issue(r.Context(), secretary, id)
	if err != nil {
		r.Fatal(err)
	}
	var names []string
	for _, l := range v.Path.Chain {
		names = append(names, string(l.Level))
	}
	if want := []string{"commune", "province"}; !slices.Equal(names[len(names)-2:], want) || slices.Contains(names, "district") {
		r.Errorf("the way of the issue is %v, want it to end with %v and to have no district", names, want)
	}
}

// standing words everything that a plan may change, for comparisons.
func (r *reform) standing() string {
	r.Helper()
	var text string
	err := r.db.Owner.QueryRow(r.Context(), `SELECT md5(concat(
		(SELECT string_agg(concat_ws('|', locality_id, parent_id, code, type, name, valid, known), E'\n' ORDER BY locality_id, valid) FROM locality_versions),
		(SELECT string_agg(concat_ws('|', id, period, voided_at, ended_reason), E'\n' ORDER BY id) FROM assignments),
		(SELECT string_agg(concat_ws('|', prefix, locality_id, valid), E'\n' ORDER BY id) FROM issue_series),
		(SELECT count(*) FROM successions), (SELECT count(*) FROM locality_pasts), (SELECT count(*) FROM reorganisation_endings)))`).Scan(&text)
	if err != nil {
		r.Fatal(err)
	}
	return text
}

// nextYear is a plan of next year's first day that merges two communes and dissolves a sub-region's hamlet.
func (r *reform) nextYear() uuid.UUID {
	r.Helper()
	id := r.plan(territory.NewDay(r.now.Year()+1, time.January, 1).String(), "Nghị quyết thử")
	r.add(id, app.ChangeInput{Kind: territory.MergeUnits, Units: "29059\nXã Châu Hưng, Huyện Bình Đại", Type: "Xã", Name: "Xã Long Hưng", Code: "29059"})
	r.add(id, app.ChangeInput{Kind: territory.DissolveUnit, Units: "Tổ 1, Ấp Hưng Chánh, Xã Châu Hưng"})
	return id
}

func TestPlanIsCancelledBeforeItsDay(t *testing.T) {
	t.Parallel()
	r := newReform(t, testdb.District(t))
	before := r.standing()
	id := r.nextYear()
	v, err := r.app.Reorganisation(t.Context(), r.actor(), id)
	if err != nil || v.Wrong != nil || len(v.Outcome.Closed) != 3 || len(v.Outcome.Opened) != 1 || len(v.Endings) == 0 {
		t.Fatalf("the preview: got %d closed, %d opened, %d endings, %v, %v", len(v.Outcome.Closed), len(v.Outcome.Opened), len(v.Endings), v.Wrong, err)
	}
	if r.standing() != before {
		t.Fatal("a draft changed something")
	}
	r.confirm(id)
	if r.standing() == before {
		t.Fatal("the confirmation changed nothing")
	}
	if secretary := r.as("bithu"); len(secretary.Grants) != 1 {
		t.Errorf("before the day the secretary holds %d posts, want 1", len(secretary.Grants))
	}
	if _, err := r.app.ApplyReorganisations(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := r.app.ConfirmReorganisation(t.Context(), r.actor(), sending(), r.ref(id)); verdict(err) != "conflict reorganisation.no_draft" {
		t.Errorf("confirming twice: got %v", err)
	}
	if err := r.app.CancelReorganisation(t.Context(), r.actor(), sending(), r.ref(id)); err != nil {
		t.Fatal(err)
	}
	if r.standing() != before {
		t.Error("after the cancellation not all is as before")
	}
	id = r.nextYear()
	r.confirm(id)
	r.setClock(r.now.AddDate(1, 1, 0))
	if secretary := r.as("bithu"); len(secretary.Grants) != 0 {
		t.Errorf("after the day the secretary of the closed commune holds %d posts, want none", len(secretary.Grants))
	}
	for range 2 {
		if _, err := r.app.ApplyReorganisations(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	r.wantNumber(`SELECT count(*) FROM notices WHERE kind = 'reorganisation.ended'`, r.number(`SELECT count(*) FROM reorganisation_endings`), "people told once each")
	if err := r.app.CancelReorganisation(t.Context(), r.actor(), sending(), r.ref(id)); verdict(err) != "conflict reorganisation.day_came" {
		t.Errorf("cancelling after the day: got %v", err)
	}
}

// A confirmation that breaks off at any of its statements leaves nothing.
func TestConfirmationIsWhole(t *testing.T) {
	t.Parallel()
	r := newReform(t, testdb.District(t))
	id := r.nextYear()
	before := r.standing()
	for _, table := range []string{"successions", "locality_pasts", "reorganisation_endings", "audit_entries", "assignments"} {
		r.exec(`CREATE OR REPLACE FUNCTION break_off() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''broken off''; END'`)
		r.exec(`CREATE TRIGGER break_off BEFORE INSERT OR UPDATE ON ` + table + ` FOR EACH STATEMENT EXECUTE FUNCTION break_off()`)
		if err := r.app.ConfirmReorganisation(t.Context(), r.actor(), sending(), r.ref(id)); err == nil {
			t.Errorf("%s: confirmed in spite of the fault", table)
		}
		r.exec(`DROP TRIGGER break_off ON ` + table)
		if r.standing() != before {
			t.Errorf("%s: a confirmation that broke off left something", table)
		}
	}
	r.confirm(id)
}

// Two administrators confirm at once, or two plans that touch the same commune: one goes through.
func TestPlansConfirmedAtOnce(t *testing.T) {
	t.Parallel()
	r := newReform(t, testdb.District(t))
	first, second := r.nextYear(), r.nextYear()
	actor, refs := r.actor(), []app.PlanRef{r.ref(first), r.ref(first), r.ref(second), r.ref(second)}
	errs := make(chan error, len(refs))
	for _, ref := range refs {
		go func() { errs <- r.app.ConfirmReorganisation(context.Background(), actor, sending(), ref) }()
	}
	won := 0
	for range refs {
		if <-errs == nil {
			won++
		}
	}
	if won != 1 {
		t.Errorf("%d confirmations went through, want 1", won)
	}
	r.wantNumber(`SELECT count(*) FROM locality_versions WHERE name = 'Xã Long Hưng'`, 1, "communes opened")
}

func TestPlanBelongsToTheAdministratorsSubtree(t *testing.T) {
	t.Parallel()
	r := newReform(t, testdb.District(t))
	district := r.as("admin")
	id, err := r.app.NewReorganisation(t.Context(), district, sending(), app.PlanInput{Title: "Huyện", Decree: "Nghị quyết", On: "2030-01-01"})
	if err != nil {
		t.Fatal(err)
	}
	ref := app.PlanRef{ID: id, Version: 1}
	for name, in := range map[string]app.ChangeInput{
		"units":  {Kind: territory.RenameUnit, Units: "Huyện Bình Đại", Name: "Huyện Mới"},
		"parent": {Kind: territory.MoveUnit, Units: "Xã Châu Hưng, Huyện Bình Đại", Parent: "Huyện Ba Tri"},
	} {
		if err := r.app.AddChange(t.Context(), district, sending(), ref, in); verdict(err) != name+" reorganisation.not_yours_place" {
			t.Errorf("%s outside of the subtree: got %v", name, verdict(err))
		}
	}
	if err := r.app.AddChange(t.Context(), district, sending(), ref, app.ChangeInput{Kind: territory.RenameUnit, Units: "Xã Châu Hưng", Name: "Xã Châu Hưng Mới"}); err != nil {
		t.Errorf("renaming a commune of the district: got %v", err)
	}
	for _, login := range []string{"bithu", "tinhuy"} {
		if _, err := r.app.Reorganisation(t.Context(), r.as(login), id); verdict(err) != "not found fault.not_found" {
			t.Errorf("%s reads the plan: got %v", login, err)
		}
	}
	if err := r.app.AddChange(t.Context(), district, sending(), ref, app.ChangeInput{Kind: territory.RenameUnit, Units: "Xã Châu Hưng", Name: "Xã X"}); verdict(err) != "conflict reorganisation.changed" {
		t.Errorf("an older version: got %v", err)
	}
}
