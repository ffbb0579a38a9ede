package web

import (
	"context"

	"banam/internal/app"
	"banam/internal/i18n"
	"banam/internal/territory"
	"banam/templates/component"
	"banam/templates/page"
)

// placeTree puts places under the ones they hang on. What was not read along has its number and is opened on its own page.
func placeTree(ctx context.Context, on asOf, nodes []app.TreeNode, parent territory.LocalityID) []page.TreePlace {
	var list []page.TreePlace
	for _, n := range nodes {
		if n.Parent != parent {
			continue
		}
		p := page.TreePlace{Name: n.Name, URL: on.link(placeURL(n.ID))}
		if n.Below > 0 {
			p.Below, p.Count = placeTree(ctx, on, nodes, n.ID), i18n.Plural(ctx, "places.below", n.Below)
		}
		list = append(list, p)
	}
	return list
}

// placeHistory tells how a place was called and where it stood, what it follows and what follows it, the latest first.
func placeHistory(ctx context.Context, f app.PlacePage) []component.Moment {
	var list []component.Moment
	for _, k := range f.There.After {
		list = append(list, component.Moment{When: component.DayOf(ctx, k.On.Start()), Title: i18n.T(ctx, "place.followed_by", "place", k.Name), URL: placeURL(k.ID), Icon: "merge"})
	}
	for _, v := range f.Versions {
		name := v.Name
		if v.Code != "" {
			name = i18n.T(ctx, "place.coded", "name", v.Name, "code", v.Code)
		}
		m := component.Moment{Title: name, Text: v.Decree, Icon: "place"}
		if !v.From.IsZero() {
			m.When = component.DayOf(ctx, v.From.Start())
		}
		if v.Parent != "" {
			m.Actor = i18n.T(ctx, "place.belonged", "place", v.Parent)
		}
		list = append(list, m)
	}
	for _, k := range f.There.Before {
		list = append(list, component.Moment{When: component.DayOf(ctx, k.On.Start()), Title: i18n.T(ctx, "place.follows", "place", k.Name), URL: placeURL(k.ID), Icon: "merge"})
	}
	return list
}
