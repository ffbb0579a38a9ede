package demo

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"banam/internal/cadre"
)

// Password opens every demo account. A demo database is refused outside of demo mode.
const Password = "BaNam-demo-2020"

// Account is an account of the demo that the sign-in page offers.
type Account struct {
	Login    string
	PostCode string
	Place    string // from the place upward: "Tổ 1, Ấp Hưng Chánh, Xã Châu Hưng"
}

func (a Account) path() []string { return strings.Split(a.Place, ", ") }

// Accounts lists the demo accounts: one of each post on the chain of Tổ 1, Ấp Hưng Chánh, Xã Châu Hưng, and two neighbours.
func Accounts() []Account {
	const commune, hamlet = "Xã Châu Hưng", "Ấp Hưng Chánh, Xã Châu Hưng"
	return []Account{
		{"admin", districtAdmin, districtName},
		{"tinhuy", provinceLead, "Tỉnh Bến Tre"},
		{"huyenuy", districtLead, districtName},
		{"tieuvung1", subregionLead, "Tiểu vùng I"},
		{"huyenuyvien", cadre.CommuneWatcher, commune},
		{"bithu", communeLead, commune},
		{"dangvien", hamletLead, hamlet},
		{"cbtinh", cadre.ProvinceSupporter, commune},
		{"cbhuyen", cadre.DistrictSupporter, hamlet},
		{"cbxa", cadre.CommuneSupporter, "Tổ 1, " + hamlet},
		{"tieuvung2", subregionLead, "Tiểu vùng II"},
		{"bithu2", communeLead, "Xã Lộc Thuận"},
	}
}

// storeAccounts lets the people of Accounts sign in. They share one hash, since they share the password.
func (r *roster) storeAccounts(ctx context.Context, tx pgx.Tx, t *tree, hash string) error {
	var people []int64
	var logins []string
	for _, a := range Accounts() {
		p := t.find(a.path()...)
		i := slices.IndexFunc(r.duties, func(d duty) bool { return d.post == a.PostCode && d.place == p })
		if i < 0 {
			return fmt.Errorf("nobody holds %s at %s", a.PostCode, a.Place)
		}
		people, logins = append(people, int64(r.duties[i].person.id)), append(logins, a.Login)
	}
	_, err := tx.Exec(ctx, `INSERT INTO accounts (cadre_id, login, password_hash)
		SELECT a.cadre_id, a.login, $3 FROM unnest($1::bigint[], $2::text[]) WITH ORDINALITY AS a (cadre_id, login, n)
		 ORDER BY a.n`, people, logins, hash)
	if err != nil {
		return fmt.Errorf("entering accounts: %w", err)
	}
	return nil
}
