package demo

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"banam/internal/territory"
)

const (
	householdsTotal  = 45_000
	householdsStream = 0xBA_2022 // keeps the random numbers of the households apart from those of people and work
)

// household is an invented household. Its head has a name of the same parts as cadres, and a telephone number that rings nowhere.
type household struct {
	id                       uuid.UUID
	group                    territory.LocalityID
	number                   int
	head, address            string
	members, workers         int
	livelihood, phone        string
	class, former, decision  string // class codes, of today and of before; empty for none
	decided, formerlyDecided territory.Day
}

// livelihoods are what people live on, the common ones more than once.
var livelihoods = []string{
	"Trồng dừa", "Trồng dừa", "Trồng dừa, nuôi bò", "Trồng lúa", "Trồng lúa", "Trồng lúa, chăn nuôi", "Nuôi tôm", "Nuôi tôm", "Nuôi nghêu", "Đánh bắt gần bờ", "Đánh bắt gần bờ",
	"Làm muối", "Trồng màu", "Trồng cây ăn trái",
	"Buôn bán nhỏ", "Buôn bán nhỏ", "Làm thuê theo mùa", "Làm thuê theo mùa", "Công nhân", "Công nhân", "Thợ hồ", "Sửa xe", "May gia công", "Chạy xe", "Viên chức",
}

var lanes = []string{"lộ giữa", "lộ làng", "lộ dal", "cặp kinh", "ven rạch", "lộ vườn", "đường bờ đê", "hẻm chợ"}

// classShare is of how many among a thousand households have a class, cut into runs.
var classShare = []struct {
	until int // of 1000
	class string
}{{38, "poor"}, {83, "near_poor"}, {190, "average"}, {250, "policy"}, {285, "protected"}}

// households makes the households of all groups, group by group: thirty in most, a few more or less in others.
func (t *tree) households(random *rand.Rand, now time.Time) []household {
	groups := t.level(territory.Group)
	made := make([]household, 0, householdsTotal)
	year := territory.NewDay(territory.DayOf(now).Year(), time.January, 1)
	rest := householdsTotal - 30*len(groups)
	for i, g := range groups {
		count := 30 + []int{4, -4, 2, -2, 6, -6}[i%6]
		if i < rest {
			count++
		}
		for n := 1; n <= count; n++ {
			made = append(made, newHousehold(random, g, n, year))
		}
	}
	return made
}

func newHousehold(random *rand.Rand, group *place, number int, year territory.Day) household {
	h := household{
		group: group.id, number: number, head: headName(random), address: fmt.Sprintf("Số %d, %s", number*2-random.IntN(2), pick(random, lanes)),
		members: 1 + random.IntN(3) + random.IntN(4), livelihood: pick(random, livelihoods),
	}
	binary.BigEndian.PutUint64(h.id[:8], random.Uint64())
	binary.BigEndian.PutUint64(h.id[8:], random.Uint64())
	h.id[6], h.id[8] = h.id[6]&0x0f|0x40, h.id[8]&0x3f|0x80
	h.workers = random.IntN(h.members + 1)
	if h.members > 2 && h.workers == 0 {
		h.workers = 1
	}
	if random.IntN(10) < 7 {
		h.phone = fmt.Sprintf("0100 %03d %03d", 100+random.IntN(900), random.IntN(1000))
	}
	at := random.IntN(1000)
	for _, s := range classShare {
		if at < s.until {
			h.class = s.class
			break
		}
	}
	h.decided, h.decision = year, fmt.Sprintf("%d/QĐ-UBND", 3+int(group.above(territory.Commune).id)%40)
	if h.class == "near_poor" && random.IntN(3) == 0 || h.class == "average" && random.IntN(4) == 0 {
		h.former, h.formerlyDecided = "poor", territory.NewDay(year.Year()-1, time.January, 1)
	}
	return h
}

// headName gives an invented name; the same one may come twice in a district, as names do.
func headName(random *rand.Rand) string {
	from := men
	if random.IntN(5) < 2 {
		from = women
	}
	return pick(random, surnames) + " " + pick(random, from.middle) + " " + pick(random, from.given)
}

// seedHouseholds enters the register, commune by commune: the application's role sees and enters only what it has said that it is about.
func seedHouseholds(ctx context.Context, tx pgx.Tx, t *tree, o Options) error {
	all := t.households(rand.New(rand.NewPCG(uint64(o.Seed), householdsStream)), o.Now)
	communeOf := map[territory.LocalityID]*place{}
	for _, g := range t.level(territory.Group) {
		communeOf[g.id] = g.above(territory.Commune)
	}
	for from := 0; from < len(all); {
		to := from
		var groups []int64
		for to < len(all) && communeOf[all[to].group] == communeOf[all[from].group] {
			if id := int64(all[to].group); len(groups) == 0 || groups[len(groups)-1] != id {
				groups = append(groups, id)
			}
			to++
		}
		if _, err := tx.Exec(ctx, `SELECT set_config('banam.household_groups', $1::bigint[]::text, true)`, groups); err != nil {
			return fmt.Errorf("setting the scope of households: %w", err)
		}
		if err := storeHouseholds(ctx, tx, all[from:to], o.Now); err != nil {
			return fmt.Errorf("entering households: %w", err)
		}
		if _, err := tx.Exec(ctx, `SELECT recount_households($1, $2)`, groups, territory.DayOf(o.Now)); err != nil {
			return fmt.Errorf("counting households: %w", err)
		}
		from = to
	}
	if _, err := tx.Exec(ctx, `SELECT set_config('banam.household_groups', '', true)`); err != nil {
		return fmt.Errorf("ending the scope of households: %w", err)
	}
	return nil
}

// storeHouseholds enters some households with their classes. COPY does not serve where row-level security holds.
func storeHouseholds(ctx context.Context, tx pgx.Tx, list []household, now time.Time) error {
	n := len(list)
	ids, groups, numbers := make([]uuid.UUID, n), make([]int64, n), make([]int32, n)
	heads, addresses, livings, phones := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	members, workers := make([]int32, n), make([]int32, n)
	var classed []uuid.UUID
	var at []int64
	var codes, decisions []string
	var begun, ended []territory.Day
	class := func(h household, code string, from, until territory.Day, decision string) {
		classed, at, codes, decisions = append(classed, h.id), append(at, int64(h.group)), append(codes, code), append(decisions, decision)
		begun, ended = append(begun, from), append(ended, until)
	}
	for i, h := range list {
		ids[i], groups[i], numbers[i] = h.id, int64(h.group), int32(h.number)
		heads[i], addresses[i], livings[i], phones[i] = h.head, h.address, h.livelihood, h.phone
		members[i], workers[i] = int32(h.members), int32(h.workers)
		if h.class != "" {
			class(h, h.class, h.decided, territory.Day{}, h.decision)
		}
		if h.former != "" {
			class(h, h.former, h.formerlyDecided, h.decided, h.decision)
		}
	}
	_, err := tx.Exec(ctx, `INSERT INTO households (id, locality_id, number, head, address, members, workers, livelihood, phone, entered_at)
		SELECT i.*, $10 FROM unnest($1::uuid[], $2::bigint[], $3::int[], $4::text[], $5::text[], $6::int[], $7::int[], $8::text[], $9::text[]) AS i`,
		ids, groups, numbers, heads, addresses, members, workers, livings, phones, now)
	if err != nil {
		return fmt.Errorf("inserting: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO household_classes (household_id, locality_id, class, scale, period, decision)
		SELECT i.id, i.at, i.code, k.scale, daterange(i.begun, i.ended), i.decision
		FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::date[], $5::date[], $6::text[]) AS i (id, at, code, begun, ended, decision) JOIN household_kinds k ON k.code = i.code`,
		classed, at, codes, begun, ended, decisions)
	if err != nil {
		return fmt.Errorf("inserting classes: %w", err)
	}
	return nil
}
