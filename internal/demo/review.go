package demo

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/territory"
)

// sentVersion is one sending of a report.
type sentVersion struct {
	number     int
	submission uuid.UUID
	happened   territory.Day
	at         time.Time
	place      territory.LocalityID
	json       []byte
}

// Shares in percent of what becomes of reports.
const (
	returnedEmpty  = 55 // of those that say nothing concrete
	returnedCopied = 45
	returnedSound  = 2
	mended         = 80 // of those that came back, by their authors
	talkedAbout    = 9
	answered       = 75 // of the talk
	withWord       = 22 // acknowledgements with a word to the author
)

// reviewReports lets the desks acknowledge and return what they received, and people talk about it, until now.
func (y *year) reviewReports() error {
	for _, r := range y.reports {
		if err := y.review(r); err != nil {
			return fmt.Errorf("reviewing a report: %w", err)
		}
	}
	return nil
}

// review is what becomes of one report. What would lie after now has not happened yet.
func (y *year) review(r *report) error {
	s := newScene(y.random, y.tree, r.place)
	if err := y.keepVersion(r, r.submission, r.ReceivedAt); err != nil {
		return err
	}
	at, err := y.talk(r, s, r.ReceivedAt)
	if err != nil {
		return err
	}
	desk, ok := y.reportCase(r, at).Desk()
	if !ok {
		return nil
	}
	lead := desk.Leads[slices.IndexFunc(desk.Leads, func(h cadre.Holding) bool { return h.CadreID != r.Author })].CadreID
	at = y.clock.Calendar.Add(at, y.patience(desk.Locality.ID))
	if why := y.faultFound(r); why != "" {
		back := casework.ReportRequest{Move: casework.ReturnReport, Reason: s.fill(pick(y.random, y.texts.words["review_return_"+why+" text"]), onDay(at))}
		if done, err := y.moveReport(r, lead, back, at); err != nil || !done {
			return err
		}
		at = y.clock.Calendar.Add(at, y.between(2*time.Hour, 24*time.Hour))
		if done, err := y.mend(r, s, at); err != nil || !done {
			return err
		}
		at = y.clock.Calendar.Add(at, y.patience(desk.Locality.ID))
	}
	ack := casework.ReportRequest{Move: casework.AcknowledgeReport, Usefulness: y.usefulness(r)}
	if y.chance(withWord) {
		ack.Reason = s.fill(pick(y.random, y.texts.words["review_ack text"]), onDay(at))
	}
	_, err = y.moveReport(r, lead, ack, at)
	return err
}

// patience is how long a desk lets a report wait, in working time: some desks answer the same day, slow ones take weeks.
func (y *year) patience(desk territory.LocalityID) time.Duration {
	low, high := y.pace(desk)
	return time.Duration(low+y.random.IntN(high-low+1)) * y.between(8*time.Minute, 55*time.Minute)
}

// faultFound tells for what a report comes back; empty if it does not.
func (y *year) faultFound(r *report) string {
	switch {
	case r.fault == emptyWord && y.chance(returnedEmpty):
		return "empty"
	case r.fault == copied && y.chance(returnedCopied):
		return "copied"
	case r.fault == sound && y.chance(returnedSound):
		return "sound"
	}
	return ""
}

func (y *year) usefulness(r *report) casework.Usefulness {
	switch n := y.random.IntN(100); {
	case r.fault != sound && n < 80, !r.Content.Concrete(r.Kind):
		return casework.LittleUse
	case n < 30 && r.Content["difficulties"] != "" && r.Content["proposals"] != "":
		return casework.VeryUseful
	}
	return casework.Useful
}

// talk is what a lead on the way asks about a report, and what its author answers. It gives the moment of the last word.
func (y *year) talk(r *report, s *scene, at time.Time) (time.Time, error) {
	if !y.chance(talkedAbout) {
		return at, nil
	}
	var leads []cadre.ID
	for _, h := range y.path(r.place).holdings {
		if h.Post.Code == hamletLead || h.Post.Code == communeLead && h.CadreID != r.Author {
			leads = append(leads, h.CadreID)
		}
	}
	if len(leads) == 0 {
		return at, nil
	}
	say := func(who cadre.ID, text string) (bool, error) {
		at = y.clock.Calendar.Add(at, y.between(10*time.Minute, 7*time.Hour))
		words := s.fill(pick(y.random, y.texts.words[text]), onDay(at))
		return y.moveReport(r, who, casework.ReportRequest{Move: casework.CommentReport, Reason: words}, at)
	}
	said, err := say(pick(y.random, leads), "review_comment text")
	if err != nil || !said || !y.chance(answered) {
		return at, err
	}
	_, err = say(r.Author, "review_answer text")
	return at, err
}

// mend lets the author of a report that came back say what was missing; false if they have not done so yet.
func (y *year) mend(r *report, s *scene, at time.Time) (bool, error) {
	if at.After(y.now) || !y.chance(mended) {
		return false, nil
	}
	filed := r.Report
	filed.Content = maps.Clone(r.Content)
	text := "what"
	if filed.Content[text] == "" { // a visit says nothing there
		text = "difficulties"
	}
	filed.Content[text] = strings.TrimSpace(filed.Content[text] + " " + y.word(s, onDay(at), pick(y.random, y.texts.words["review_amend text"])))
	filed.ReceivedAt = at
	next, event, err := r.Amend(filed)
	if err != nil {
		return false, fmt.Errorf("amending: %w", err)
	}
	r.Report, r.events = next, append(r.events, event)
	return true, y.keepVersion(r, y.id(at), at)
}

// moveReport does something to a report by the rules; false if that moment has not come yet.
func (y *year) moveReport(r *report, who cadre.ID, request casework.ReportRequest, at time.Time) (bool, error) {
	if at.After(y.now) {
		return false, nil
	}
	next, event, err := y.reportCase(r, at).Apply(y.actor(who, at), request)
	if err != nil {
		return false, fmt.Errorf("%s: %w", request.Move, err)
	}
	r.Report, r.events = next, append(r.events, event)
	return true, nil
}

func (y *year) reportCase(r *report, at time.Time) casework.ReportCase {
	p := y.path(r.place)
	return casework.ReportCase{Report: r.Report, Grant: r.grant, Desks: p.desks, Holdings: p.holdings, At: at}
}

func (y *year) keepVersion(r *report, submission uuid.UUID, at time.Time) error {
	content, err := asJSON(r.Content)
	r.versions = append(r.versions, sentVersion{number: r.Number, submission: submission, happened: r.HappenedOn, at: at, place: r.Place.Locality, json: content})
	return err
}

// tellReview makes the notices of what happened to a report lately.
func (y *year) tellReview(r *report, since time.Time) {
	var spoken []cadre.ID
	for _, e := range r.events {
		if e.At.After(since) {
			for _, id := range y.reportCase(r, e.At).EventTold(e, spoken) {
				y.notices = append(y.notices, notice{
					id: y.id(e.At.Add(time.Second)), to: id, event: fmt.Sprintf("report:%s:e%d", r.ID, e.Seq), kind: "report." + string(e.Move),
					report: r.ID, at: e.At, args: map[string]string{"place": r.place.name, "actor": y.nameOf(e.Actor)},
				})
			}
		}
		if e.Move == casework.CommentReport && !slices.Contains(spoken, e.Actor) {
			spoken = append(spoken, e.Actor)
		}
	}
}

var (
	versionColumns     = []string{"report_id", "number", "submission_id", "happened_on", "content", "sent_at", "locality_id"}
	reportEventColumns = []string{"report_id", "seq", "move", "number", "actor_id", "assignment_id", "at", "usefulness", "reason"}
)

// storeReviews enters every sending of the reports and what happened to them.
func (y *year) storeReviews(ctx context.Context, tx pgx.Tx) error {
	type sent struct {
		report *report
		sentVersion
	}
	type event struct {
		report *report
		casework.ReportEvent
	}
	var versions []sent
	var events []event
	for _, r := range y.reports {
		for _, v := range r.versions {
			versions = append(versions, sent{r, v})
		}
		for _, e := range r.events {
			events = append(events, event{r, e})
		}
	}
	err := copyRows(ctx, tx, "report_versions", versionColumns, versions, func(v sent) ([]any, error) {
		return []any{v.report.ID, int32(v.number), v.submission, v.happened, v.json, v.at, int64(v.place)}, nil
	})
	if err != nil {
		return err
	}
	return copyRows(ctx, tx, "report_events", reportEventColumns, events, func(e event) ([]any, error) {
		return []any{
			e.report.ID, int32(e.Seq), string(e.Move), int32(e.Number), int64(e.Actor), orNull(int64(e.Assignment)), e.At,
			orNull(int16(e.Usefulness)), e.Reason,
		}, nil
	})
}
