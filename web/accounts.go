package web

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/a-h/templ"
	"github.com/go-chi/chi/v5"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/i18n"
	"banam/internal/territory"
	"banam/templates/component"
	"banam/templates/page"
)

// accountsPath is where administrators keep the accounts of others.
const accountsPath = "/accounts"

// accountsPerPage is how many people a page of the list has.
const accountsPerPage = 25

// accountsQuery is what the URL of the list says.
type accountsQuery struct {
	Words string `form:"q"`
	State string `form:"state"`
	Place string `form:"place"`
	After string `form:"after"`
}

func (q accountsQuery) query() app.AccountQuery {
	return app.AccountQuery{
		Words: app.ParseWords(q.Words), State: app.KeptState(q.State), Place: territory.LocalityID(number(q.Place)), After: cadre.ID(number(q.After)), Limit: accountsPerPage,
	}
}

func (q accountsQuery) url(state, after string) string {
	values := url.Values{}
	for name, v := range map[string]string{"q": q.Words, "state": state, "place": q.Place, "after": after} {
		if v != "" {
			values.Set(name, v)
		}
	}
	if len(values) == 0 {
		return accountsPath
	}
	return accountsPath + "?" + values.Encode()
}

// accounts lists the people below with their accounts.
func (s *Server) accounts(w http.ResponseWriter, r *http.Request) error {
	var q accountsQuery
	decodeQuery(r, &q)
	return s.accountsPage(w, r, q, nil)
}

func (s *Server) accountsPage(w http.ResponseWriter, r *http.Request, q accountsQuery, fail error) error {
	ctx, actor := r.Context(), session(r).Actor
	list, err := s.app.Accounts(ctx, actor, q.query())
	if err != nil {
		return err
	}
	v := page.AccountsView{
		Base: s.base(w, r, "accounts.title"), SubmissionID: newID(), ChosenID: newID(), SlipsURL: "/accounts/slips", Query: q.Words, State: q.State, Place: q.Place,
	}
	v.Description, v.Summary = i18n.T(ctx, "accounts.help"), summary(ctx, fail)
	for _, state := range app.KeptStates() {
		n := list.Counts[state]
		v.Tiles = append(v.Tiles, component.Tile{Number: i18n.Count(ctx, n), Label: i18n.T(ctx, "accounts.state_"+string(state)), URL: q.url(string(state), "")})
	}
	v.Filter, v.Fields = accountsFilter(ctx, actor, q, list.Communes)
	for _, line := range list.Rows {
		row := accountRow(ctx, line.Kept, actor.At)
		row.Mine = line.Mine
		row.Choosable = line.Mine && (line.State == app.NoAccountYet || line.State == app.FirstPending)
		v.Choosable = v.Choosable || row.Choosable
		v.Rows = append(v.Rows, row)
	}
	if n := list.Counts[app.NoAccountYet]; n > 0 && (q.State == "" || q.State == string(app.NoAccountYet)) {
		if q.Place != "" {
			v.All = i18n.T(ctx, "accounts.slips_all", "n", i18n.Count(ctx, n))
		} else {
			v.PlaceFirst = i18n.T(ctx, "accounts.place_first")
		}
	}
	if list.Next != 0 {
		v.Pager.NextURL = q.url(q.State, strconv.FormatInt(int64(list.Next), 10))
	}
	if q.After != "" {
		v.Pager.FirstURL = q.url(q.State, "")
	}
	v.Pager.Export = exportOf(q.url(q.State, ""))
	status := http.StatusOK
	if fail != nil {
		status = http.StatusUnprocessableEntity
	}
	return s.render(w, r, status, page.Accounts(v))
}

func accountsFilter(ctx context.Context, actor cadre.Actor, q accountsQuery, communes []territory.Locality) (component.Filter, []component.Field) {
	words := component.Field{
		Name: "q", Label: i18n.T(ctx, "accounts.words"), Value: q.Words, LabelHidden: true,
		Attrs: templ.Attributes{"placeholder": i18n.T(ctx, "accounts.words")},
	}
	state := component.Field{Name: "state", Label: i18n.T(ctx, "accounts.state"), Value: q.State, Empty: i18n.T(ctx, "accounts.any")}
	for _, k := range app.KeptStates() {
		state.Options = append(state.Options, component.Option{Value: string(k), Label: i18n.T(ctx, "accounts.state_"+string(k))})
	}
	fields := []component.Field{state}
	f := component.Filter{Action: accountsPath, Query: &words, Open: q.State != "" || q.Place != ""}
	if len(communes) > 0 {
		place := component.Field{Name: "place", Label: i18n.T(ctx, "accounts.place"), Value: q.Place, Empty: i18n.T(ctx, "accounts.any")}
		for _, g := range actor.Grants {
			if g.Allows(cadre.Manage) && g.Locality.Level.Above(territory.Commune) {
				place.Options = append(place.Options, component.Option{Value: strconv.FormatInt(int64(g.Locality.ID), 10), Label: i18n.T(ctx, "accounts.whole", "place", g.Locality.Name)})
			}
		}
		for _, c := range communes {
			place.Options = append(place.Options, component.Option{Value: strconv.FormatInt(int64(c.ID), 10), Label: c.Name})
		}
		fields = append(fields, place)
	}
	if f.Open || q.Words != "" {
		f.Active, f.ClearURL = i18n.T(ctx, "accounts.filtered"), accountsPath
	}
	return f, fields
}

// accountRow words a person with their account.
func accountRow(ctx context.Context, k app.Kept, now time.Time) page.AccountRow {
	row := page.AccountRow{ID: strconv.FormatInt(int64(k.Cadre), 10), Name: k.Name, Login: k.Login, State: accountBadge(ctx, k, now)}
	if k.Account != 0 {
		row.URL = accountsPath + "/" + strconv.FormatInt(k.Account, 10)
	}
	if k.SignedIn != nil {
		row.SignedIn = component.StampOf(ctx, *k.SignedIn, now)
	}
	if len(k.Holds) > 0 {
		h := k.Holds[0]
		row.Post, row.Place = h.PostVi, placeIn(h.Place, h.Above)
		if i18n.Of(ctx) == i18n.En {
			row.Post = h.PostEn
		}
		if n := len(k.Holds) - 1; n > 0 {
			row.Place += " " + i18n.T(ctx, "person.more_posts", "n", n)
		}
	}
	return row
}

func accountBadge(ctx context.Context, k app.Kept, now time.Time) component.BadgeView {
	tone, key := component.Neutral, "accounts.state_"+string(k.State)
	switch k.State {
	case app.NoAccountYet:
		tone = component.Warn
	case app.FirstPending:
		tone = component.Info
		if k.Until == nil || now.After(*k.Until) {
			tone, key = component.Warn, "accounts.expired"
		}
	case app.AccountOpen:
		tone = component.Success
	case app.AccountClosed:
	}
	return component.BadgeView{Label: i18n.T(ctx, key), Tone: tone}
}

// slipsInput is who shall get a first password.
type slipsInput struct {
	Cadres []int64 `form:"cadre"`
	All    string  `form:"all"`
	Words  string  `form:"q"`
	State  string  `form:"state"`
	Place  string  `form:"place"`
}

// slips makes accounts and shows their first passwords, on paper and once.
func (s *Server) slips(w http.ResponseWriter, r *http.Request) error {
	var in slipsInput
	if err := decode(r, &in); err != nil {
		return err
	}
	ctx, actor := r.Context(), session(r).Actor
	q := accountsQuery{Words: in.Words, State: in.State, Place: in.Place}
	want := app.SlipsWanted{All: in.All != "", Query: q.query()}
	for _, id := range in.Cadres {
		want.Cadres = append(want.Cadres, cadre.ID(id))
	}
	slips, err := s.app.IssueSlips(ctx, actor, submission(r), want)
	if fault.KindOf(err) == fault.KindInvalid && err != nil {
		return s.accountsPage(w, r, q, err)
	}
	if err != nil {
		return err
	}
	v := page.SlipsView{Base: s.base(w, r, "accounts.slips_title"), BackURL: accountsPath, Address: s.address(r)}
	v.Description = i18n.T(ctx, "accounts.slips_help", "n", i18n.Count(ctx, len(slips)))
	if len(slips) == 0 {
		v.Description = i18n.T(ctx, "accounts.slips_again")
	}
	for _, p := range slips {
		row := accountRow(ctx, p.Kept, actor.At)
		v.Slips = append(v.Slips, page.SlipCard{Name: row.Name, Post: row.Post, Place: row.Place, Login: p.Login, Password: p.Password, Until: i18n.Date(ctx, p.Until)})
	}
	return s.render(w, r, http.StatusOK, page.Slips(v))
}

// address is where people find the site, as the administrator reached it.
func (s *Server) address(r *http.Request) string {
	scheme := "http://"
	if s.secure {
		scheme = "https://"
	}
	return scheme + r.Host
}

// keptAccount shows one account to its administrator.
func (s *Server) keptAccount(w http.ResponseWriter, r *http.Request) error {
	id, err := accountParam(r)
	if err != nil {
		return err
	}
	return s.keptAccountPage(w, r, id, "", time.Time{})
}

func (s *Server) keptAccountPage(w http.ResponseWriter, r *http.Request, id int64, code string, until time.Time) error {
	ctx, actor := r.Context(), session(r).Actor
	k, err := s.app.Account(ctx, actor, id)
	if err != nil {
		return err
	}
	base := accountsPath + "/" + strconv.FormatInt(id, 10)
	row := accountRow(ctx, k, actor.At)
	v := page.KeptAccountView{
		Base: s.base(w, r, k.Name), SubmissionID: newID(), CloseID: newID(), Row: row, Closed: k.State == app.AccountClosed,
		ResetURL: base + "/reset", CloseURL: base + "/close", OpenURL: base + "/open", Code: code, BackURL: accountsPath,
	}
	v.Description = i18n.T(ctx, "accounts.one_help")
	if code != "" {
		v.CodeUntil = i18n.DateTime(ctx, until)
	}
	v.Facts = []component.Fact{{Label: i18n.T(ctx, "signin.login"), Value: k.Login}, {Label: i18n.T(ctx, "accounts.state"), Badge: &row.State}}
	for _, h := range k.Holds {
		post := h.PostVi
		if i18n.Of(ctx) == i18n.En {
			post = h.PostEn
		}
		v.Facts = append(v.Facts, component.Fact{Label: post, Value: placeIn(h.Place, h.Above)})
	}
	last := component.Fact{Label: i18n.T(ctx, "accounts.signed_in"), Value: i18n.T(ctx, "accounts.never")}
	if k.SignedIn != nil {
		last.Value, last.Time = "", &row.SignedIn
	}
	v.Facts = append(v.Facts, last)
	return s.render(w, r, http.StatusOK, page.KeptAccount(v))
}

// resetAccount gives a one-time code, which the answer shows once.
func (s *Server) resetAccount(w http.ResponseWriter, r *http.Request) error {
	id, err := accountParam(r)
	if err != nil {
		return err
	}
	sent, err := s.sent(r)
	if err != nil {
		return err
	}
	code, until, err := s.app.ResetAccount(r.Context(), session(r).Actor, sent, id)
	if err != nil {
		return err
	}
	return s.keptAccountPage(w, r, id, code, until)
}

func (s *Server) closeAccount(w http.ResponseWriter, r *http.Request) error {
	return s.setClosed(w, r, true, "flash.account_closed")
}

func (s *Server) openAccount(w http.ResponseWriter, r *http.Request) error {
	return s.setClosed(w, r, false, "flash.account_opened")
}

func (s *Server) setClosed(w http.ResponseWriter, r *http.Request, closed bool, flash string) error {
	id, err := accountParam(r)
	if err != nil {
		return err
	}
	sent, err := s.sent(r)
	if err != nil {
		return err
	}
	if err := s.app.CloseAccount(r.Context(), session(r).Actor, sent, id, closed); err != nil {
		return err
	}
	return s.seeOther(w, r, accountsPath+"/"+strconv.FormatInt(id, 10), flash)
}

func accountParam(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(chi.URLParam(r, "account"), 10, 64)
	if err != nil {
		return 0, fault.NotFound()
	}
	return id, nil
}
