package app_test

import (
	"slices"
	"testing"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/territory"
)

func (s *stage) post(code string) cadre.CataloguePost {
	s.Helper()
	c, err := s.app.Posts(s.Context(), s.as("admin"))
	if err != nil {
		s.Fatal(err)
	}
	i := slices.IndexFunc(c.Posts, func(p cadre.CataloguePost) bool { return p.Code == code })
	if i < 0 {
		s.Fatalf("no post %s", code)
	}
	return c.Posts[i]
}

func TestCatalogueOfPosts(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	ctx, admin := t.Context(), s.as("admin")
	in := cadre.PostInput{
		NameVi: "Cán bộ huyện theo dõi tổ", NameEn: "District cadre of a group", Tier: "district", Capability: "support", Structure: "any",
		Levels: []string{"group", "hamlet"}, Position: "21", From: "2020-01-01",
	}
	if err := s.app.AddPost(ctx, admin, sending(), in); err != nil {
		t.Fatal(err)
	}
	p := s.post("can_bo_huyen_theo_doi_to")
	in.Levels, in.NameEn = []string{"hamlet"}, "District cadre of hamlets"
	if err := s.app.EditPost(ctx, admin, sending(), p.ID, p.Version, in); err != nil {
		t.Fatal(err)
	}
	if err := s.app.EditPost(ctx, admin, sending(), p.ID, p.Version, in); fault.KindOf(err) != fault.KindConflict {
		t.Errorf("an old version: got %v", err)
	}
	person := s.person("Lê Thị Thử", cadre.DistrictTier)
	if err := s.app.Assign(ctx, admin, sending(), s.assigning(person, p.Code)); err != nil {
		t.Fatal(err)
	}
	p = s.post(p.Code)
	in.Levels, in.NameVi = []string{"group"}, "Tên mới"
	if err := s.app.EditPost(ctx, admin, sending(), p.ID, p.Version, in); err != nil {
		t.Fatal(err)
	}
	if p = s.post(p.Code); p.NameVi != "Tên mới" || !slices.Equal(p.Levels, []territory.Level{territory.Hamlet}) {
		t.Errorf("a post that is held: got %q at %v, want the new name at the old levels", p.NameVi, p.Levels)
	}
	retire := app.RetireInput{Seen: p.Version, Running: 0, RetireInput: cadre.RetireInput{Last: "2020-03-02", Reason: "thôi", Agreed: true}}
	if err := s.app.RetirePost(ctx, admin, sending(), p.ID, retire); fault.KindOf(err) != fault.KindConflict {
		t.Errorf("with another number than there is: got %v", err)
	}
	retire.Running = 1
	if err := s.app.RetirePost(ctx, admin, sending(), p.ID, retire); err != nil {
		t.Fatal(err)
	}
	if n := s.number(`SELECT count(*) FROM assignments WHERE cadre_id = $1 AND upper(period) = '2020-03-03' AND ended_reason = 'thôi'`, person); n != 1 {
		t.Error("what ran beyond the last day did not end")
	}
	if n := s.number(`SELECT count(*) FROM audit_entries WHERE object = 'post' OR action = 'assignment.end'`); n != 5 {
		t.Errorf("got %d audit entries, want 5", n)
	}
	late := s.assigning(s.person("Lê Thị Muộn", cadre.DistrictTier), p.Code)
	if err := s.app.Assign(ctx, admin, sending(), late); !slices.Equal(fieldsOf(err), []string{"last"}) {
		t.Errorf("beyond the last day: got %v", err)
	}
	s.setClock(monday.AddDate(0, 0, 1))
	late.From = "2020-03-03"
	if err := s.app.Assign(ctx, s.as("admin"), sending(), late); !slices.Contains(fieldsOf(err), "post") {
		t.Errorf("after its last day: got %v", err)
	}
	s.appoint("cbtinh", "province_admin", territory.LocalityID(s.number(`SELECT id FROM localities WHERE level = 'province'`)))
	if err := s.app.AddPost(ctx, s.as("admin"), sending(), in); fault.KindOf(err) != fault.KindForbidden {
		t.Errorf("with an administrator above: got %v", err)
	}
	fixed := s.post("district_admin")
	if err := s.app.RetirePost(ctx, s.as("cbtinh"), sending(), fixed.ID, app.RetireInput{Seen: fixed.Version}); fault.KindOf(err) != fault.KindForbidden {
		t.Errorf("retiring the administrators: got %v", err)
	}
}

// Below a district the posts of 2020 are given, and where there is none those of after the reform, on the same day.
func TestPostsFollowTheTree(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.setClock(monday.AddDate(6, 0, 0))
	codes := func(place territory.LocalityID) []string {
		t.Helper()
		p, err := s.app.PlaceAssignments(t.Context(), s.as("admin"), place, s.as("admin").Today())
		if err != nil {
			t.Fatal(err)
		}
		var list []string
		for _, post := range p.Posts {
			list = append(list, post.Code)
		}
		return list
	}
	hamlet := s.place("Ấp Hưng Chánh")
	if got, want := codes(hamlet), []string{"district_supporter", "commune_supporter", "hamlet_lead"}; !slices.Equal(got, want) {
		t.Errorf("below a district: got %v, want %v", got, want)
	}
	district, province := s.place("Huyện Bình Đại"), s.number(`SELECT id FROM localities WHERE level = 'province'`)
	s.appoint("admin", "province_admin", territory.LocalityID(province))
	s.exec(`UPDATE locality_versions SET parent_id = $2 WHERE parent_id = $1 OR parent_id IN (SELECT locality_id FROM locality_versions WHERE parent_id = $1 AND type = 'Tiểu vùng')`, district, province)
	s.exec(`DELETE FROM assignments WHERE locality_id = $1`, district)
	if got, want := codes(hamlet), []string{"commune_hamlet_supporter", "commune_supporter", "hamlet_lead"}; !slices.Equal(got, want) {
		t.Errorf("without a district: got %v, want %v", got, want)
	}
	if got, want := codes(s.place("Xã Châu Hưng")), []string{"province_supporter", "commune_lead", "province_watcher", "commune_admin"}; !slices.Equal(got, want) {
		t.Errorf("a commune without a district: got %v, want %v", got, want)
	}
}
