package app

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/postgres"
)

// PostCatalogue is the catalogue of posts; Mine tells that the reader may change it.
type PostCatalogue struct {
	Posts []cadre.CataloguePost
	Mine  bool
}

// Posts gives the catalogue to whoever administers something. It is one for the whole installation, and so it is changed by the highest
// administrators there are: those of the province, where it has any.
func (a *App) Posts(ctx context.Context, actor cadre.Actor) (PostCatalogue, error) {
	found, err := a.db.Catalogue(ctx, administered(actor), actor.Today())
	if err != nil {
		return PostCatalogue{}, fmt.Errorf("reading the catalogue of posts: %w", err)
	}
	return PostCatalogue{Posts: found.Posts, Mine: actor.Holds(cadre.Administer) && !found.Higher}, nil
}

// PostToChange gives a post that the actor may change. NotFound if there is none, Forbidden if the catalogue is not theirs.
func (a *App) PostToChange(ctx context.Context, actor cadre.Actor, id int64) (cadre.CataloguePost, error) {
	c, err := a.Posts(ctx, actor)
	if err != nil {
		return cadre.CataloguePost{}, err
	}
	i := slices.IndexFunc(c.Posts, func(p cadre.CataloguePost) bool { return p.ID == id })
	switch {
	case i < 0:
		return cadre.CataloguePost{}, fault.NotFound()
	case !c.Mine:
		return cadre.CataloguePost{}, fault.Forbidden("post.not_yours")
	}
	return c.Posts[i], nil
}

// MayAddPost tells whether the actor may add a post; Forbidden otherwise.
func (a *App) MayAddPost(ctx context.Context, actor cadre.Actor) error {
	c, err := a.Posts(ctx, actor)
	if err == nil && !c.Mine {
		err = fault.Forbidden("post.not_yours")
	}
	return err
}

func plainPost(in cadre.PostInput) cadre.PostInput {
	in.NameVi, in.NameEn = oneLine(in.NameVi), oneLine(in.NameEn)
	return in
}

// AddPost adds a post to the catalogue. Invalid at the fields of cadre.PostInput.
func (a *App) AddPost(ctx context.Context, actor cadre.Actor, s Submission, in cadre.PostInput) error {
	p, err := plainPost(in).Check()
	if err != nil {
		return err
	}
	return a.changePost(ctx, actor, s, 0, "post.add", func(tx *postgres.Tx, _ cadre.Actor, c postgres.PostCase, _ postgres.AuditEntry) (int64, []string, error) {
		p.ID = c.NextID
		p.Code = cadre.PostCode(p.NameVi, func(code string) bool { return slices.Contains(c.Codes, code) })
		tx.InsertPost(p)
		return p.ID, nil, nil
	})
}

// EditPost changes a post: its names and its place in lists always, the rest only while nobody ever held it, since people were sent to
// places by what it was. Invalid at the fields of cadre.PostInput, Conflict if it changed since the version seen.
func (a *App) EditPost(ctx context.Context, actor cadre.Actor, s Submission, id int64, seen int, in cadre.PostInput) error {
	in = plainPost(in)
	return a.changePost(ctx, actor, s, id, "post.edit", func(tx *postgres.Tx, _ cadre.Actor, c postgres.PostCase, _ postgres.AuditEntry) (int64, []string, error) {
		if c.Post.Version != seen {
			return 0, nil, fault.Conflict("post.changed")
		}
		if c.Post.Ever || c.Post.Fixed() {
			p, fields := in.CheckNames()
			p.ID = id
			tx.RenamePost(p)
			return id, []string{"name_vi", "name_en", "position"}, fields.Err()
		}
		p, err := in.Check()
		if err != nil {
			return 0, nil, err
		}
		p.ID = id
		tx.UpdatePost(p)
		return id, []string{"name_vi", "name_en", "position", "tier", "capability", "levels", "valid_from", "structure"}, nil
	})
}

// RetireInput is what is sent to retire a post. Running is how many assignments on it the form told of.
type RetireInput struct {
	Seen, Running int
	cadre.RetireInput
}

// RetirePost ends a post after a last day, and with it, on the same day, every assignment that runs beyond it: whoever retires a post
// wants nobody to hold it, and was told how many there are. Invalid at last, reason and agreed; Conflict if the post or the number of
// those who hold it changed since the form was opened.
func (a *App) RetirePost(ctx context.Context, actor cadre.Actor, s Submission, id int64, in RetireInput) error {
	in.Reason = oneLine(in.Reason)
	return a.changePost(ctx, actor, s, id, "post.retire", func(tx *postgres.Tx, actor cadre.Actor, c postgres.PostCase, by postgres.AuditEntry) (int64, []string, error) {
		switch {
		case c.Post.Fixed():
			return 0, nil, fault.Forbidden("post.fixed")
		case c.Post.Version != in.Seen || !c.Post.Until.IsZero():
			return 0, nil, fault.Conflict("post.changed")
		case c.Post.Now != in.Running:
			return 0, nil, fault.Conflict("post.holders_changed")
		}
		until, err := in.Check(c.Post, c.Post.Now, actor.Today())
		if err != nil {
			return 0, nil, err
		}
		tx.RetirePost(c.Post, until, in.Reason, by, actor.At)
		return id, []string{"retired_on"}, nil
	})
}

// changePost changes the catalogue under a lock; do gives the id of the post and the names of the fields that it changed.
func (a *App) changePost(ctx context.Context, actor cadre.Actor, s Submission, id int64, action string,
	do func(tx *postgres.Tx, actor cadre.Actor, c postgres.PostCase, by postgres.AuditEntry) (int64, []string, error),
) error {
	_, err := a.once(ctx, actor, s, func(tx *postgres.Tx) (uuid.UUID, error) {
		actor, err := a.renew(ctx, tx, actor)
		if err != nil {
			return uuid.Nil, err
		}
		c, err := tx.LockPost(ctx, id, administered(actor), actor.Today())
		if err != nil {
			return uuid.Nil, err
		}
		grant, ok := highestAdministered(actor)
		if !ok || c.Higher {
			return uuid.Nil, fault.Forbidden("post.not_yours")
		}
		hold(tx, actor, grant.AssignmentID)
		entry := postgres.AuditEntry{At: actor.At, Actor: actor.CadreID, Assignment: grant.AssignmentID, Locality: grant.Locality.ID, Action: action, Object: "post"}
		changed, fields, err := do(tx, actor, c, entry)
		if err != nil {
			return uuid.Nil, err
		}
		entry.ObjectID, entry.Fields = strconv.FormatInt(changed, 10), fields
		return uuid.Nil, tx.Audit(ctx, entry)
	})
	if err != nil {
		return fmt.Errorf("changing post %d (%s): %w", id, action, err)
	}
	return nil
}
