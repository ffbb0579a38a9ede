package app_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"banam/internal/app"
	"banam/internal/fault"
	"banam/internal/postgres"
	"banam/internal/territory"
	"banam/internal/testdb"
)

// accounts is the use cases over the demo district with a clock of their own.
func accounts(t *testing.T) (*app.App, *testdb.DB, *time.Time) {
	t.Helper()
	db := testdb.District(t)
	storage, err := postgres.Open(t.Context(), db.AppDSN)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(storage.Close)
	now := time.Now()
	return app.New(storage, func() time.Time { return now }), db, &now
}

func newUser(login string) app.NewUser {
	return app.NewUser{Login: login, Name: "Lê  Thị Mới", Post: "district_admin", Place: "Huyện Bình Đại, Tỉnh Bến Tre"}
}

func TestAddUser(t *testing.T) {
	t.Parallel()
	a, db, now := accounts(t)
	password, err := a.AddUser(t.Context(), newUser(" Moi "))
	if err != nil || len(password) != 19 {
		t.Fatalf("got %q, %v", password, err)
	}
	if _, err := a.SignIn(t.Context(), app.Credentials{Login: "moi", Password: password}); err != nil {
		t.Errorf("signing in: %v", err)
	}
	for name, u := range map[string]app.NewUser{
		"the name is taken": newUser("moi"), "no such place": {Login: "x", Name: "X", Post: "district_admin", Place: "Huyện Không Có"},
		"the post does not fit": {Login: "x", Name: "X", Post: "district_admin", Place: "Xã Châu Hưng, Huyện Bình Đại"},
		"several places":        {Login: "x", Name: "X", Post: "hamlet_lead", Place: "Ấp 1"}, "no name": {Login: "x", Post: "district_admin", Place: "Huyện Bình Đại"},
	} {
		if _, err := a.AddUser(t.Context(), u); fault.KindOf(err) != fault.KindInvalid {
			t.Errorf("%s: got %v", name, err)
		}
	}
	var unsigned int
	if err := db.Owner.QueryRow(t.Context(), `SELECT count(*) FROM audit_entries WHERE actor_id IS NULL AND action = 'account.create'`).Scan(&unsigned); err != nil || unsigned != 1 {
		t.Errorf("got %d entries without an actor, %v", unsigned, err)
	}
	*now = territory.DayOf(now.Add(app.FirstPasswordLife)).Add(1).Start()
	if _, err := a.SignIn(t.Context(), app.Credentials{Login: "moi", Password: password}); fault.KindOf(err) != fault.KindInvalid {
		t.Errorf("after its time: got %v", err)
	}
	users, err := a.Users(t.Context())
	if err != nil || len(users) != 13 {
		t.Errorf("got %d users, %v", len(users), err)
	}
}

// Of many who use the code of a reset at the same moment, one gets in.
func TestResetCodeServesOnce(t *testing.T) {
	t.Parallel()
	a, db, _ := accounts(t)
	var admin, other int64
	if err := db.Owner.QueryRow(t.Context(), `SELECT max(id) FILTER (WHERE login = 'admin'), max(id) FILTER (WHERE login = 'bithu') FROM accounts`).Scan(&admin, &other); err != nil {
		t.Fatal(err)
	}
	who, err := a.SessionOf(t.Context(), admin)
	if err != nil {
		t.Fatal(err)
	}
	sent := sending()
	code, _, err := a.ResetAccount(t.Context(), who.Actor, sent, other)
	if err != nil || code == "" {
		t.Fatalf("got %q, %v", code, err)
	}
	if again, _, err := a.ResetAccount(t.Context(), who.Actor, sent, other); err != nil || again != "" {
		t.Errorf("the same form again: got %q, %v", again, err)
	}
	results := make([]error, 4)
	var group sync.WaitGroup
	for i := range results {
		group.Go(func() {
			_, results[i] = a.SignIn(t.Context(), app.Credentials{Login: "bithu", Password: code})
		})
	}
	group.Wait()
	opened := 0
	for _, err := range results {
		switch {
		case err == nil:
			opened++
		case fault.KindOf(err) != fault.KindInvalid:
			t.Errorf("got %v", err)
		}
	}
	if opened != 1 {
		t.Errorf("got %d sessions from one code: %v", opened, errors.Join(results...))
	}
}
