package page

import (
	"context"

	"banam/internal/i18n"
	"banam/templates/component"
)

func gapHeaders(ctx context.Context, before string) []component.Header {
	headers := []component.Header{{Label: i18n.T(ctx, "home.gap_what")}, {Label: i18n.T(ctx, "home.gap_count")}}
	if before != "" {
		headers = append(headers, component.Header{Label: before})
	}
	return append(headers, component.Header{Label: i18n.T(ctx, "home.gap_missing")})
}

func communeHeaders(ctx context.Context, first CommuneCoverage) []component.Header {
	headers := []component.Header{{Label: i18n.T(ctx, "coverage.commune")}, {Label: i18n.T(ctx, "coverage.tier_one")}}
	for _, g := range first.Gaps {
		headers = append(headers, component.Header{Label: g.Label})
	}
	return headers
}
