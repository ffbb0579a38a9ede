package postgres_test

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/postgres"
	"banam/internal/territory"
	"banam/internal/testdb"
)

// register is two groups of a hamlet with a household each, entered by the owner of the schema.
type register struct {
	db     *testdb.DB
	hamlet int64
	groups [2]int64
	homes  [2]uuid.UUID
	actor  cadre.Actor // holds the first group
}

func newRegister(t *testing.T) register {
	t.Helper()
	r := register{db: testdb.New(t)}
	place := func(level string, parent *int64) int64 {
		var id int64
		err := r.db.Owner.QueryRow(t.Context(), `WITH l AS (INSERT INTO localities (level) VALUES ($1) RETURNING id)
			INSERT INTO locality_versions (locality_id, parent_id, type, name, valid) SELECT id, $2, 'Tổ', 'Tổ', daterange('2020-01-01', NULL) FROM l RETURNING locality_id`, level, parent).Scan(&id)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	r.hamlet = place("hamlet", nil)
	for i := range r.groups {
		r.groups[i], r.homes[i] = place("group", &r.hamlet), uuid.New()
		r.owner(t, `INSERT INTO households (id, locality_id, number, head, members, workers, phone, entered_at) VALUES ($1, $2, 1, 'Trần Văn Kín', 3, 1, '0912 345 678', now())`, r.homes[i], r.groups[i])
		r.owner(t, `INSERT INTO household_classes (household_id, locality_id, class, scale, period, decision) VALUES ($1, $2, 'poor', 'living', daterange('2020-01-01', NULL), '1/QĐ')`, r.homes[i], r.groups[i])
	}
	var holder, assignment int64
	if err := r.db.Owner.QueryRow(t.Context(), `WITH c AS (INSERT INTO cadres (full_name, tier) VALUES ('Lê Văn Xem', 'commune') RETURNING id)
		INSERT INTO assignments (cadre_id, post_id, locality_id, level, period) SELECT c.id, p.id, $1, 'group', daterange('2020-01-01', NULL)
		FROM c, posts p WHERE p.code = 'commune_supporter' RETURNING cadre_id, id`, r.groups[0]).Scan(&holder, &assignment); err != nil {
		t.Fatal(err)
	}
	group := territory.Locality{ID: territory.LocalityID(r.groups[0]), Level: territory.Group}
	r.actor = cadre.Actor{CadreID: cadre.ID(holder), At: time.Now(), Grants: []cadre.Grant{{
		AssignmentID: cadre.AssignmentID(assignment), Post: cadre.Post{Capability: cadre.Support, Tier: cadre.CommuneTier}, Locality: group, Branches: cadre.BranchesOf(group, nil),
	}}}
	return r
}

func (r register) owner(t *testing.T, sql string, args ...any) {
	t.Helper()
	if _, err := r.db.Owner.Exec(t.Context(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func (r register) open(t *testing.T) *postgres.DB {
	t.Helper()
	db, err := postgres.Open(t.Context(), r.db.AppDSN)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return db
}

func (r register) look() postgres.HouseholdLook {
	return postgres.HouseholdLook{Actor: r.actor, Action: cadre.ReadHousehold, Purpose: postgres.ForReading}
}

// An application that forgets to say whose households it is about sees and changes none, whatever it asks; also after a
// transaction on the same connection that did say it.
func TestHouseholdsFailClosed(t *testing.T) {
	t.Parallel()
	r := newRegister(t)
	conn, err := pgx.Connect(t.Context(), r.db.AppDSN)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	count := func(sql string) int {
		t.Helper()
		var n int
		if err := conn.QueryRow(t.Context(), sql).Scan(&n); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		return n
	}
	nothing := func(when string) {
		t.Helper()
		for _, table := range []string{"households", "household_classes"} {
			if n := count(`SELECT count(*) FROM ` + table); n != 0 {
				t.Errorf("%s: %d rows of %s are seen", when, n, table)
			}
		}
		if n := count(`WITH u AS (UPDATE households SET head = 'x' RETURNING 1) SELECT count(*) FROM u`); n != 0 {
			t.Errorf("%s: %d households were changed", when, n)
		}
		if _, err := conn.Exec(t.Context(), `INSERT INTO households (id, locality_id, number, head, members, workers, entered_at) VALUES (gen_random_uuid(), $1, 9, 'x', 1, 0, now())`, r.groups[0]); err == nil {
			t.Errorf("%s: a household could be entered", when)
		}
	}
	nothing("before anything was said")
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), `SELECT set_config('banam.household_groups', $1::bigint[]::text, true)`, r.groups[:1]); err != nil {
		t.Fatal(err)
	}
	if n := count(`SELECT count(*) FROM households`); n != 1 {
		t.Errorf("inside the scope: got %d households, want 1", n)
	}
	if _, err := tx.Exec(t.Context(), `SAVEPOINT s`); err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), `UPDATE households SET locality_id = $1`, r.groups[1]); err == nil {
		t.Error("a household could be moved out of the scope")
	}
	if _, err := tx.Exec(t.Context(), `ROLLBACK TO s`); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	nothing("after a transaction that had said it")
	for _, sql := range []string{`DELETE FROM household_reads`, `UPDATE household_reads SET purpose = 'list'`, `TRUNCATE household_classes`} {
		if _, err := conn.Exec(t.Context(), sql); err == nil {
			t.Errorf("%s is allowed", sql)
		}
	}
	if n := count(`SELECT households FROM household_counts(` + strconv.FormatInt(r.hamlet, 10) + `, current_date)`); n != 2 {
		t.Errorf("numbers: got %d, want 2", n)
	}
}

// Without an entry in the access log there is no data: neither where it cannot be written nor where no assignment stands for it.
func TestNoLogNoData(t *testing.T) {
	t.Parallel()
	r := newRegister(t)
	db := r.open(t)
	entries := func() (n int) {
		t.Helper()
		if err := r.db.Owner.QueryRow(t.Context(), `SELECT count(*) FROM household_reads WHERE households @> ARRAY[$1::uuid]`, r.homes[0]).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	page, err := db.HouseholdPage(t.Context(), r.look(), r.homes[0])
	if err != nil || page.Head != "Trần Văn Kín" || page.Phone != "" || page.PhoneTail != "678" || len(page.Classes) != 1 || entries() != 1 {
		t.Fatalf("got %+v, %v and %d entries", page, err, entries())
	}
	list, err := db.Register(t.Context(), r.look(), territory.LocalityID(r.groups[0]), postgres.HouseholdFilter{}, postgres.Page{Limit: 10})
	if err != nil || len(list.Rows) != 1 || entries() != 2 {
		t.Fatalf("got %d rows, %v and %d entries", len(list.Rows), err, entries())
	}
	if _, err := db.HouseholdPage(t.Context(), r.look(), r.homes[1]); fault.KindOf(err) != fault.KindNotFound {
		t.Errorf("beside the scope: got %v", err)
	}
	if list, err := db.Register(t.Context(), r.look(), territory.LocalityID(r.groups[1]), postgres.HouseholdFilter{}, postgres.Page{Limit: 10}); err != nil || len(list.Rows) != 0 {
		t.Errorf("beside the scope: got %d rows, %v", len(list.Rows), err)
	}

	nobody := r.look()
	nobody.Actor.Grants = append([]cadre.Grant(nil), r.actor.Grants...)
	nobody.Actor.Grants[0].Locality.ID = territory.LocalityID(r.groups[1]) // covers, by a mistake, what it is not held at
	if page, err := db.HouseholdPage(t.Context(), nobody, r.homes[0]); err == nil || page.Head != "" {
		t.Errorf("without an assignment: got %q, %v", page.Head, err)
	}
	r.owner(t, `REVOKE INSERT ON household_reads FROM banam_app`)
	if page, err := db.HouseholdPage(t.Context(), r.look(), r.homes[0]); err == nil || page.Head != "" {
		t.Errorf("without a log: got %q, %v", page.Head, err)
	}
	if list, err := db.Register(t.Context(), r.look(), territory.LocalityID(r.groups[0]), postgres.HouseholdFilter{}, postgres.Page{Limit: 10}); err == nil || len(list.Rows) != 0 {
		t.Errorf("without a log: got %d rows, %v", len(list.Rows), err)
	}
}

// The server refuses a role for which the second line does not hold.
func TestRoleMustNotBypass(t *testing.T) {
	t.Parallel()
	r := newRegister(t)
	if err := r.open(t).CheckRole(t.Context()); err != nil {
		t.Errorf("the application's role: %v", err)
	}
	owner, err := postgres.Open(t.Context(), r.db.OwnerDSN)
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close()
	if owner.CheckRole(t.Context()) == nil {
		t.Error("the owner of the tables passes")
	}
}

// No function that runs as the owner looks into the temporary tables of whoever calls it, and the application deletes no household.
func TestOwnerFunctionsLookIntoTheirOwnTables(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	rows, err := db.Owner.Query(t.Context(), `SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace AND n.nspname = 'public'
		WHERE p.prosecdef AND NOT EXISTS (SELECT FROM unnest(p.proconfig) c WHERE c LIKE 'search_path=%, pg_temp')`)
	if err != nil {
		t.Fatal(err)
	}
	open, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(open) > 0 {
		t.Errorf("without pg_temp at the end of their path: %v, %v", open, err)
	}
	for _, table := range []string{"households", "household_classes", "household_reads"} {
		for _, role := range []string{"banam_app", "banam_worker"} {
			var may bool
			if err := db.Owner.QueryRow(t.Context(), `SELECT has_table_privilege($1, $2, 'DELETE')`, role, table).Scan(&may); err != nil || may {
				t.Errorf("%s may delete from %s: %v, %v", role, table, may, err)
			}
		}
	}
}
