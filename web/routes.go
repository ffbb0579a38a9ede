package web

import (
	"net/http"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"banam/internal/cadre"
	"banam/web/static"
)

// routes is the whole site map. Each line names what a person must hold: nothing (public), an account (signedIn), or a
// post that allows the action somewhere (may). Whether a thing lies in scope is judged by the use case and looks like
// "not found" when it does not.
func (s *Server) routes() chi.Router {
	r := chi.NewRouter()
	r.Use(s.observe, s.recovered, middleware.GetHead, headers, compressed, crossOrigin(s), limited)
	r.NotFound(s.withSession(s.public(r).wrap(s.notFound)).ServeHTTP)
	r.MethodNotAllowed(s.handle(s.methodNotAllowed))

	r.Get("/healthz", s.healthz)
	r.Get("/readyz", s.readyz)
	r.Method(http.MethodGet, "/static/*", static.Handler())
	r.Get("/favicon.ico", s.handle(s.favicon))

	r.Group(func(r chi.Router) {
		r.Use(s.withSession)
		public, newcomer, signedIn, may := s.public(r), s.newcomer(r), s.signedIn(r), s.may(r)

		public.get("/sign-in", s.signInForm)
		public.post("/sign-in", s.signIn)
		public.post("/sign-out", s.signOut)
		public.post("/language", s.language)

		s.accountRoutes(newcomer, signedIn, may)

		signedIn.get("/", s.home)
		signedIn.get("/search", s.search)
		may(cadre.SeeCoverage).get("/coverage", s.coverage)

		may(cadre.Manage).get(administrationPath, s.administration)
		may(cadre.Manage).get(auditPath, s.audit)

		signedIn.get("/calendar", s.calendar) // everybody may know by what deadlines they are measured
		may(cadre.Manage).get("/calendar/hours", s.hoursForm)
		may(cadre.Manage).post("/calendar/hours", s.saveHours)
		may(cadre.Manage).get("/calendar/deadlines", s.deadlinesForm)
		may(cadre.Manage).post("/calendar/deadlines", s.saveDeadlines)
		may(cadre.Manage).post("/calendar/days", s.putSpecialDay)
		may(cadre.Manage).post("/calendar/days/remove", s.removeSpecialDay)

		may(cadre.ViewPlace).get("/places", s.places)
		may(cadre.ViewPlace).get("/places/{place}", s.place)
		may(cadre.Manage).get("/places/{place}/add", s.addPlaceForm)
		may(cadre.Manage).post("/places/{place}/add", s.addPlace)
		may(cadre.SeeCoverage).get("/places/{place}/assignments", s.assignments)
		may(cadre.Manage).get("/places/{place}/assign", s.assignForm)
		may(cadre.Manage).post("/places/{place}/assign", s.assign)
		may(cadre.Manage).get("/places/{place}/assign-many", s.assignManyForm)
		may(cadre.Manage).post("/places/{place}/assign-many", s.assignMany)
		may(cadre.Manage).get("/cadres/{cadre}/assign", s.chooseReach)
		may(cadre.Manage).get("/assignments/{assignment}/end", s.endAssignmentForm)
		may(cadre.Manage).post("/assignments/{assignment}/end", s.endAssignment)
		may(cadre.Manage).get("/assignments/{assignment}/void", s.voidAssignmentForm)
		may(cadre.Manage).post("/assignments/{assignment}/void", s.voidAssignment)
		may(cadre.Manage).post("/assignments/{assignment}/primary", s.makePrimary)
		may(cadre.Manage).get("/assignments/{assignment}/decision", s.decisionForm)
		may(cadre.Manage).post("/assignments/{assignment}/decision", s.setDecision)
		signedIn.get("/assignments/{assignment}/file", s.decisionFile) // their own, too

		may(cadre.Manage).get("/posts", s.posts)
		may(cadre.Manage).get("/posts/new", s.newPostForm)
		may(cadre.Manage).post("/posts/new", s.addPost)
		may(cadre.Manage).get("/posts/{post}/edit", s.editPostForm)
		may(cadre.Manage).post("/posts/{post}/edit", s.editPost)
		may(cadre.Manage).get("/posts/{post}/retire", s.retirePostForm)
		may(cadre.Manage).post("/posts/{post}/retire", s.retirePost)

		s.planRoutes(may)
		s.importRoutes(may)

		may(cadre.Manage).get("/cadres", s.cadres)
		may(cadre.Manage).get("/cadres/new", s.newCadreForm)
		may(cadre.Manage).post("/cadres/new", s.addCadre)
		may(cadre.SeeCoverage).get("/cadres/{cadre}", s.cadre) // leads see a card
		may(cadre.Manage).get("/cadres/{cadre}/edit", s.editCadreForm)
		may(cadre.Manage).post("/cadres/{cadre}/edit", s.editCadre)
		may(cadre.Manage).get("/cadres/{cadre}/disable", s.disableCadreForm)
		may(cadre.Manage).post("/cadres/{cadre}/disable", s.disableCadre)
		may(cadre.Manage).post("/cadres/{cadre}/enable", s.enableCadre)

		may(cadre.ReadReport).get("/reports", s.reports)
		may(cadre.ReviewBoard).get(owedPath, s.owed)
		may(cadre.ReviewBoard).get(talkPath, s.talk)
		may(cadre.ReadReport).get(savedPath, s.savedFilters)
		may(cadre.ReadReport).post(savedPath, s.saveFilter)
		may(cadre.ReadReport).post(savedPath+"/remove", s.removeFilter)
		signedIn.get("/reports/drafts", s.drafts)
		signedIn.get("/reports/new", s.newReportForm) // also for late filing by people who hold nothing any more
		signedIn.post("/reports/new", s.saveReport)
		signedIn.post(keepPath, s.keepDraft)
		may(cadre.ReadReport).get("/reports/{report}", s.report)
		may(cadre.ReadReport).get("/reports/{report}/changes", s.reportChanges)
		may(cadre.ReadReport).get("/reports/{report}/print", s.printReport)
		may(cadre.ReadReport).post("/reports/print", s.printReports)
		may(cadre.ReadReport).get("/reports/{report}/moves/{move}", s.reportMoveForm)
		may(cadre.ReadReport).post("/reports/{report}/moves/{move}", s.reportMove)
		may(cadre.ReadReport).post("/reports/{report}/promises", s.keepPromise)
		signedIn.get("/reports/{report}/edit", s.editReportForm)
		signedIn.post("/reports/{report}/edit", s.saveReport)
		signedIn.post("/reports/{report}/discard", s.discardReport)

		may(cadre.ReadIssue).get("/issues", s.issues)
		may(cadre.RaiseIssue).get("/issues/new", s.raiseForm)
		may(cadre.RaiseIssue).post("/issues/new", s.raise)
		may(cadre.RaiseIssue).get(similarPath, s.similarIssues)
		may(cadre.ReadIssue).get("/issues/{issue}", s.issue)
		may(cadre.ReadIssue).get("/issues/{issue}/files/{file}", s.issueFile)
		may(cadre.ReadIssue).post("/issues/{issue}/follow", s.followIssue)
		may(cadre.ReadIssue).get("/issues/{issue}/moves/{move}", s.moveForm)
		may(cadre.ReadIssue).post("/issues/{issue}/moves/{move}", s.move)
		may(cadre.ReviewBoard).get("/review", s.review)
		may(cadre.ReviewBoard).get(manyPath, s.many)
		may(cadre.ReviewBoard).post(manyPath, s.moveMany)
		may(cadre.ReviewBoard).get(figuresPath, s.figures)
		may(cadre.ReviewBoard).get(figureRowsPath, s.figureRows)

		s.meetingRoutes(may)
		s.agencyRoutes(may)
		s.householdRoutes(may)
		s.exportRoutes(may)

		signedIn.get("/handovers", s.handovers) // also for people who hold nothing any more: what they handed over
		signedIn.get("/handovers/{handover}", s.handover)
		signedIn.post("/handovers/{handover}", s.confirmHandover)

		signedIn.get("/notices", s.notices)
		signedIn.get("/notices/{notice}", s.notice)
		signedIn.post("/notices/seen", s.noticesSeen)
	})
	return r
}

// exportRoutes give lists as files: whoever may read a list may take it along, which is logged.
func (s *Server) exportRoutes(may func(cadre.Action) access) {
	may(cadre.ReadReport).post("/reports/export", s.exportReports)
	may(cadre.ReviewBoard).post(owedPath+"/export", s.exportOwed)
	may(cadre.ReviewBoard).post(talkPath+"/export", s.exportTalk)
	may(cadre.ReadIssue).post("/issues/export", s.exportIssues)
	may(cadre.ReviewBoard).post("/review/export", s.exportReview)
	may(cadre.ReviewBoard).post("/review/figures/export", s.exportFigures)
	may(cadre.ReviewBoard).post("/review/figures/issues/export", s.exportFigureRows)
	may(cadre.SeeCoverage).post("/coverage/export", s.exportCoverage)
	may(cadre.ViewPlace).post("/places/{place}/export", s.exportPlaces)
	may(cadre.SeeCoverage).post("/places/{place}/assignments/export", s.exportAssignments)
	may(cadre.Manage).post("/cadres/export", s.exportCadres)
	may(cadre.Manage).post("/accounts/export", s.exportAccounts)
	may(cadre.Manage).post("/audit/export", s.exportAudit)
	may(cadre.Manage).post("/posts/export", s.exportPosts)
	may(cadre.Manage).post("/handovers/export", s.exportHandovers)
}

// accountRoutes are those of one's own account, and of the accounts that administrators keep.
func (s *Server) accountRoutes(newcomer, signedIn access, may func(cadre.Action) access) {
	newcomer.get("/account/password", s.passwordForm) // all that can be done before a password of one's own is chosen
	newcomer.post("/account/password", s.choosePassword)
	signedIn.get("/account", s.account)
	signedIn.get(mailPath, s.mailForm)
	signedIn.post(mailPath, s.chooseMail)
	signedIn.post("/account/devices/end", s.endOtherDevices)
	signedIn.post("/account/devices/{device}/end", s.endDevice)
	may(cadre.Manage).get("/accounts", s.accounts)
	may(cadre.Manage).post("/accounts/slips", s.slips)
	may(cadre.Manage).get("/accounts/{account}", s.keptAccount)
	may(cadre.Manage).post("/accounts/{account}/reset", s.resetAccount)
	may(cadre.Manage).post("/accounts/{account}/close", s.closeAccount)
	may(cadre.Manage).post("/accounts/{account}/open", s.openAccount)
}

// meetingRoutes are those of meetings. Which of them somebody may know of is judged by the use case.
func (s *Server) meetingRoutes(may func(cadre.Action) access) {
	may(cadre.ReviewBoard).get(meetingsPath, s.meetings)
	may(cadre.ReviewBoard).get(newMeetingPath, s.newMeetingForm)
	may(cadre.ReviewBoard).post(newMeetingPath, s.newMeeting)
	may(cadre.ReviewBoard).get(pickPath, s.pickMeeting)
	may(cadre.ReviewBoard).post(pickPath, s.addToMeeting)
	may(cadre.ReviewBoard).get(conclusionsPath, s.conclusions)
	may(cadre.ReviewBoard).get(meetingsPath+"/{meeting}", s.meeting)
	may(cadre.ReviewBoard).get(meetingsPath+"/{meeting}/edit", s.editMeetingForm)
	may(cadre.ReviewBoard).post(meetingsPath+"/{meeting}/edit", s.editMeeting)
	may(cadre.ReviewBoard).post(meetingsPath+"/{meeting}/cancel", s.cancelMeeting)
	may(cadre.ReviewBoard).post(meetingsPath+"/{meeting}/agenda", s.saveAgenda)
	may(cadre.ReviewBoard).get(meetingsPath+"/{meeting}/conclusions", s.concludeForm)
	may(cadre.ReviewBoard).post(meetingsPath+"/{meeting}/conclusions", s.conclude)
	may(cadre.ReviewBoard).get(meetingsPath+"/{meeting}/print", s.printMeeting)
}

// agencyRoutes are those of the catalogue of agencies, which leads look up and administrators keep.
func (s *Server) agencyRoutes(may func(cadre.Action) access) {
	may(cadre.SeeCoverage).get(agenciesPath, s.agencies)
	may(cadre.Manage).get(agenciesPath+"/new", s.newAgencyForm)
	may(cadre.Manage).post(agenciesPath+"/new", s.saveAgency)
	may(cadre.Manage).get(agenciesPath+"/{agency}/edit", s.editAgencyForm)
	may(cadre.Manage).post(agenciesPath+"/{agency}/edit", s.saveAgency)
}

// planRoutes are those of reorganisations. Whose places a plan touches is judged by the use case.
func (s *Server) planRoutes(may func(cadre.Action) access) {
	may(cadre.Manage).get(plansPath, s.plans)
	may(cadre.Manage).get(plansPath+"/new", s.newPlanForm)
	may(cadre.Manage).post(plansPath+"/new", s.newPlan)
	may(cadre.Manage).post(plansPath+"/export", s.exportPlans)
	may(cadre.Manage).get(plansPath+"/template", s.planTemplate)
	may(cadre.Manage).get(plansPath+"/{plan}", s.plan)
	may(cadre.Manage).get(plansPath+"/{plan}/edit", s.editPlanForm)
	may(cadre.Manage).post(plansPath+"/{plan}/edit", s.editPlan)
	may(cadre.Manage).get(plansPath+"/{plan}/add", s.addChangeForm)
	may(cadre.Manage).post(plansPath+"/{plan}/add", s.addChange)
	may(cadre.Manage).get(plansPath+"/{plan}/list", s.listForm)
	may(cadre.Manage).post(plansPath+"/{plan}/list", s.addListed)
	may(cadre.Manage).post(plansPath+"/{plan}/remove", s.removeChange)
	may(cadre.Manage).post(plansPath+"/{plan}/confirm", s.confirmPlan)
	may(cadre.Manage).post(plansPath+"/{plan}/cancel", s.cancelPlan)
}
