package app

import (
	"context"
	"fmt"

	"banam/internal/cadre"
	"banam/internal/postgres"
)

// Administration is what the page of administrators counts.
type Administration = postgres.Administration

// Administration counts what needs an administrator below the actor's places.
func (a *App) Administration(ctx context.Context, actor cadre.Actor) (Administration, error) {
	found, err := a.db.Administration(ctx, actor.Scope(cadre.Manage), administered(actor), actor.Today())
	if err != nil {
		return Administration{}, fmt.Errorf("counting for administrators: %w", err)
	}
	return found, nil
}
