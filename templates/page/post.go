package page

import (
	"context"

	"banam/internal/i18n"
	"banam/templates/component"
)

// PostsView is the catalogue of posts.
type PostsView struct {
	component.Base
	Now, Retired []PostRow
	Changes      bool // the reader may change some of them
	Export       *component.ExportView
}

// PostRow is a post of the catalogue.
type PostRow struct {
	Name, Tier, Levels, Capability, Structure, Period, Holders string
	Ways                                                       []component.Action
}

// postHeaders gives the columns of the catalogue.
func postHeaders(ctx context.Context, changes bool) []component.Header {
	headers := []component.Header{
		{Label: i18n.T(ctx, "post.name")}, {Label: i18n.T(ctx, "post.tier")}, {Label: i18n.T(ctx, "post.levels")}, {Label: i18n.T(ctx, "post.capability")},
		{Label: i18n.T(ctx, "post.structure")}, {Label: i18n.T(ctx, "post.period")}, {Label: i18n.T(ctx, "post.holders"), Numeric: true},
	}
	if changes {
		headers = append(headers, component.Header{Label: i18n.T(ctx, "assignment.actions"), Hidden: true})
	}
	return headers
}
