package demo_test

import (
	"strings"
	"testing"
	"time"

	"banam/internal/app"
	"banam/internal/demo"
	"banam/internal/postgres"
	"banam/internal/territory"
	"banam/internal/testdb"
)

// wednesday is a working morning on which the year ends.
var wednesday = time.Date(2026, time.November, 18, 10, 7, 0, 0, territory.Zone)

// yearOptions are those of a year that ends on wednesday.
func yearOptions() demo.Options {
	o := options(1)
	o.Now = wednesday
	return o
}

func TestYearIsTheSameEachTime(t *testing.T) {
	t.Parallel()
	years, err := demo.Years(t.Context(), testdb.New(t).App, yearOptions())
	if err != nil {
		t.Fatal(err)
	}
	if years[0] != years[1] || len(years[0]) < 1<<20 {
		t.Errorf("the same numbers gave two different years, of %d and %d bytes", len(years[0]), len(years[1]))
	}
}

func TestTextsAreVaried(t *testing.T) {
	t.Parallel()
	texts, stories, err := demo.Templates()
	if err != nil || texts < 200 || stories < 60 {
		t.Errorf("got %d texts and %d stories, %v; want at least 200 and 60", texts, stories, err)
	}
}

// wrong are counts of what must not be in the year.
var wrong = map[string]string{
	"events that do not follow from the one before": `SELECT count(*) FROM (
		SELECT e.seq <> row_number() OVER w AS gap, e.from_state IS DISTINCT FROM lag(e.to_state, 1, '') OVER w AS state,
			e.from_desk_id IS DISTINCT FROM lag(e.to_desk_id) OVER w AS desk, e.at < lag(e.at) OVER w AS back
		FROM issue_events e WINDOW w AS (PARTITION BY issue_id ORDER BY seq)) h WHERE gap OR state OR desk OR back`,
	"issues that are not as their last event left them": `SELECT count(*) FROM issues i WHERE NOT EXISTS (SELECT FROM issue_events e
		WHERE e.issue_id = i.id AND e.seq = i.version AND e.to_state = i.state AND e.to_desk_id = i.desk_id)`,
	"numbers out of order or with gaps": `SELECT count(*) FROM (SELECT number, substring(number FROM '-([0-9]+)-') AS year,
			row_number() OVER (PARTITION BY substring(number FROM '-([0-9]+)-') ORDER BY raised_at, number) AS n FROM issues) k
		WHERE number IS NULL OR number <> 'BĐ-' || year || '-' || lpad(n::text, 6, '0')`,
	"counters that are not the last number": `SELECT count(*) FROM issue_counters c WHERE last <> (SELECT count(*) FROM issues WHERE number LIKE '%-' || c.year || '-%')`,
	"anything in the future":                `SELECT count(*) FROM (SELECT received_at AS at FROM reports UNION ALL SELECT at FROM issue_events UNION ALL SELECT at FROM report_events UNION ALL SELECT at FROM notices UNION ALL SELECT seen_at FROM notices) x WHERE at > '2026-11-18 10:07+07'`,
	"moves of people outside of working hours": `SELECT count(*) FROM issue_events e WHERE extract(isodow FROM at AT TIME ZONE 'Asia/Ho_Chi_Minh') > 5
		AND NOT EXISTS (SELECT FROM special_days WHERE working AND day = (e.at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date)`,
	"unfilled slots": `SELECT count(*) FROM (SELECT content::text AS text FROM reports UNION ALL SELECT title || description || outcome || evidence FROM issues
		UNION ALL SELECT reason FROM issue_events UNION ALL SELECT reason FROM report_events) x WHERE replace(replace(text, '{"', ''), '"}', '') ~ '\{[a-z0-9]+(:[^}"]*)?\}'`,
	"texts that are not NFC":                              `SELECT count(*) FROM (SELECT content ->> 'what' AS text FROM reports UNION ALL SELECT title || description FROM issues) x WHERE text IS NOT NFC NORMALIZED`,
	"reports with the very same words that are no copies": `SELECT count(*) FROM (SELECT count(DISTINCT author_id) AS authors FROM reports WHERE content ? 'what' GROUP BY content ->> 'what' HAVING count(*) > 1) x WHERE authors > 1`,
	"issues with the same title and description":          `SELECT count(*) FROM (SELECT 1 FROM issues GROUP BY title, description HAVING count(*) > 1) x`,
	"reports that are not as their last event left them": `SELECT count(*) FROM reports r WHERE r.version <> 1 + (SELECT count(*) FROM report_events e WHERE e.report_id = r.id)
		OR r.number <> (SELECT count(*) FROM report_versions v WHERE v.report_id = r.id) OR (r.usefulness IS NOT NULL) <> (r.state = 'acknowledged')`,
	"reports whose events go back in time": `SELECT count(*) FROM (SELECT e.at < coalesce(lag(e.at) OVER (PARTITION BY report_id ORDER BY seq), r.received_at) AS back
		FROM report_events e JOIN reports r ON r.id = e.report_id) h WHERE back`,
	"own reports acknowledged":                           `SELECT count(*) FROM report_events e JOIN reports r ON r.id = e.report_id WHERE e.move IN ('acknowledge', 'return') AND e.actor_id = r.author_id`,
	"visits without their household, or more than one":   `SELECT count(*) FROM reports r WHERE (r.kind = 'household_visit') <> (1 = (SELECT count(DISTINCT v.household_id) FROM visit_households(r.id) v))`,
	"monthly reports of nothing":                         `SELECT count(*) FROM reports r WHERE r.kind = 'monthly' AND NOT EXISTS (SELECT FROM report_sources s WHERE s.report_id = r.id)`,
	"promises kept before they were made":                `SELECT count(*) FROM report_promises p JOIN reports r ON r.id = p.report_id WHERE p.done_on <= r.happened_on`,
	"reports without a desk though somebody leads above": `SELECT count(*) FROM reports WHERE desk_id IS NULL`,
}

// least are counts of what must be in the year, with how much of it.
var least = map[string]struct {
	sql  string
	want int
}{
	"reports":                        {`SELECT count(*) FROM reports`, 14000},
	"issues":                         {`SELECT count(*) FROM issues`, 700},
	"states":                         {`SELECT count(DISTINCT state) FROM issues`, 7},
	"open issues":                    {`SELECT count(*) FROM issues WHERE closed_at IS NULL`, 90},
	"urgent open issues":             {`SELECT count(*) FROM issues WHERE closed_at IS NULL AND severity = 3`, 3},
	"issues that the clock moved":    {`SELECT count(DISTINCT issue_id) FROM issue_events WHERE move = 'lapse'`, 15},
	"overdue issues at the top":      {`SELECT count(*) FROM issues WHERE lapsed_at IS NOT NULL AND closed_at IS NULL`, 1},
	"direct lines":                   {`SELECT count(*) FROM issue_events WHERE move = 'raise' AND detail ? 'direct'`, 10},
	"vacant desks passed by":         {`SELECT count(*) FROM issue_events WHERE detail ? 'vacant'`, 3},
	"issues from reports":            {`SELECT count(*) FROM issue_reports`, 150},
	"silent supporters":              {`SELECT count(*) FROM assignments s JOIN posts p ON p.id = s.post_id AND p.capability = 'support' WHERE NOT EXISTS (SELECT FROM reports r WHERE r.author_id = s.cadre_id AND r.received_at > '2026-09-19')`, 20},
	"kinds of reports":               {`SELECT count(DISTINCT kind) FROM reports`, 7},
	"reports of the rarest kind":     {`SELECT min(n) FROM (SELECT count(*) AS n FROM reports GROUP BY kind) x`, 3},
	"visits":                         {`SELECT count(*) FROM reports WHERE kind = 'household_visit'`, 500},
	"promises that are due":          {`SELECT count(*) FROM report_promises WHERE done_on IS NULL`, 20},
	"copied reports":                 {`SELECT count(*) FROM (SELECT 1 FROM reports GROUP BY author_id, right(content ->> 'what', 60) HAVING count(*) > 1) x`, 20},
	"reports acknowledged":           {`SELECT count(*) FROM reports WHERE state = 'acknowledged'`, 12000},
	"reports that wait":              {`SELECT count(*) FROM reports WHERE state = 'submitted'`, 200},
	"reports that came back":         {`SELECT count(*) FROM reports WHERE state = 'returned'`, 30},
	"reports that were mended":       {`SELECT count(*) FROM reports WHERE number = 2`, 100},
	"answers in talk":                {`SELECT count(*) FROM report_events e JOIN reports r ON r.id = e.report_id WHERE e.move = 'comment' AND e.actor_id = r.author_id`, 300},
	"empty reports":                  {`SELECT count(*) FROM reports WHERE content - 'what' = '{}'`, 100},
	"unseen notices of the accounts": {`SELECT count(*) FROM (SELECT a.login FROM accounts a JOIN notices n ON n.cadre_id = a.cadre_id AND n.seen_at IS NULL GROUP BY a.login) x`, 10},
	"desks of accounts with work": {`SELECT count(DISTINCT a.login) FROM accounts a JOIN assignments s ON s.cadre_id = a.cadre_id JOIN issues i ON i.desk_id = s.locality_id AND i.closed_at IS NULL
		JOIN posts p ON p.id = s.post_id AND p.capability = 'lead'`, 7},
	"raisers among the accounts":       {`SELECT count(DISTINCT a.login) FROM accounts a JOIN issues i ON i.raiser_id = a.cadre_id`, 6},
	"an answer that cbhuyen owes":      {`SELECT count(*) FROM issues i JOIN accounts a ON a.cadre_id = i.asked_id AND a.login = 'cbhuyen'`, 1},
	"a confirmation that cbhuyen owes": {`SELECT count(*) FROM issues i JOIN accounts a ON a.cadre_id = i.raiser_id AND a.login = 'cbhuyen' WHERE state = 'resolved'`, 1},
	"a dyke about to break":            {`SELECT count(*) FROM issues WHERE severity = 3 AND state = 'new' AND title LIKE 'Bờ bao%' AND raised_at > '2026-11-17'`, 1},
}

func TestYear(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	if err := demo.Seed(t.Context(), db.App, yearOptions()); err != nil {
		t.Fatal(err)
	}
	count := func(sql string) int { return column[int](t, db.App, sql)[0] }
	for what, sql := range wrong {
		if n := count(sql); n != 0 {
			t.Errorf("%s: got %d", what, n)
		}
	}
	for what, l := range least {
		if n := count(l.sql); n < l.want {
			t.Errorf("%s: got %d, want at least %d", what, n, l.want)
		}
	}
	nothingToDo(t, db)
}

// nothingToDo starts the work that the software does by itself: nothing moves in a burst.
func nothingToDo(t *testing.T, db *testdb.DB) {
	t.Helper()
	storage, err := postgres.New(db.App)
	if err != nil {
		t.Fatal(err)
	}
	use := app.New(storage, func() time.Time { return wednesday })
	if n, err := use.LapseIssues(t.Context()); n != 0 || err != nil {
		t.Errorf("the clock: got %d issues moved, %v", n, err)
	}
	if n, err := use.PassVacantDesks(t.Context()); n != 0 || err != nil {
		t.Errorf("vacant desks: got %d issues moved, %v", n, err)
	}
	if kinds := column[string](t, db.App, `SELECT DISTINCT kind FROM notices WHERE at >= '2026-11-18 10:07+07'`); len(kinds) > 0 {
		t.Errorf("people are told of %s", strings.Join(kinds, ", "))
	}
}

// A demo can be made at any moment: at night, on a Sunday, in Tết, at the turn of the year, years after the calendar ends.
func TestYearEndsAtAnyMoment(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t).App
	for i, now := range []time.Time{
		time.Date(2026, time.November, 22, 3, 0, 0, 0, territory.Zone), time.Date(2026, time.February, 18, 12, 0, 0, 0, territory.Zone),
		time.Date(2026, time.December, 31, 23, 59, 0, 0, territory.Zone), time.Date(2030, time.July, 5, 17, 0, 0, 0, territory.Zone),
	} {
		o := options(int64(i + 2))
		o.Now = now
		if _, err := demo.Years(t.Context(), pool, o); err != nil {
			t.Errorf("%v: %v", now, err)
		}
	}
}
