package postgres_test

import (
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"banam/internal/postgres"
	"banam/internal/testdb"
)

// TestKeysAgreeWithSQL compares the keys made here with those that columns hold, for every vowel with every tone, composed
// and not, with the tone on either vowel.
func TestKeysAgreeWithSQL(t *testing.T) {
	t.Parallel()
	var list []string
	for vowel := range strings.FieldsSeq("a ă â e ê i o ô ơ u ư y oa oe uy ươ uô iê A Ơ Ư") {
		for _, tone := range []string{"", "\u0301", "\u0300", "\u0309", "\u0303", "\u0323"} {
			list = append(list, "Đ"+vowel+tone+"ng", norm.NFD.String("h"+vowel+tone))
			if runes := []rune(vowel); len(runes) == 2 {
				list = append(list, "H"+string(runes[0])+tone+string(runes[1]), "h"+string(runes[1])+tone)
			}
		}
	}
	rows, err := testdb.New(t).App.Query(t.Context(), `SELECT w, search_key(w), tone_key(w) FROM unnest($1::text[]) w`, list)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var word, plain, tone string
		if err := rows.Scan(&word, &plain, &tone); err != nil {
			t.Fatal(err)
		}
		if got := postgres.Fold(word); got != plain {
			t.Errorf("%q without diacritics: got %q, SQL has %q", word, got, plain)
		}
		if got := postgres.Toned(word); got != tone {
			t.Errorf("%q with its tone behind: got %q, SQL has %q", word, got, tone)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if postgres.Toned("Hòa") != postgres.Toned("Hoà") || postgres.Toned("Hóa") == postgres.Toned("Hòa") {
		t.Error("the place of the tone mark counts, or the tone does not")
	}
}
