package main

import (
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// bootstrapPlugin hands esbuild a trimmed Bootstrap: without the components that need its JavaScript, with our
// colours for its blue, and with its dark theme following the device rather than an attribute.
func bootstrapPlugin() api.Plugin {
	return api.Plugin{Name: "bootstrap", Setup: func(build api.PluginBuild) {
		build.OnLoad(api.OnLoadOptions{Filter: `bootstrap/dist/css/bootstrap\.css$`}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			data, err := os.ReadFile(args.Path)
			if err != nil {
				return api.OnLoadResult{}, fmt.Errorf("reading Bootstrap: %w", err)
			}
			css := "/*! Bootstrap 5.3.8, MIT, (c) 2011-2025 The Bootstrap Authors; trimmed */\n" + trim(string(data))
			return api.OnLoadResult{Contents: &css, Loader: api.LoaderCSS}, nil
		})
	}}
}

var (
	comment = regexp.MustCompile(`(?s)/\*.*?\*/`)
	// Components that need JavaScript or that no page of ours uses.
	unused = regexp.MustCompile(`\.(carousel|modal|offcanvas|toast|popover|tooltip|bs-|accordion|drop(down|up|start|end)|placeholder|navbar|` +
		`btn-close|ratio|form-floating|form-range|form-control-color|btn-toolbar|btn-check|collapse|collapsing|fade|card-img|` +
		`(float|order|offset|object-fit|overflow-[xy]|focus-ring|link-(offset|underline|opacity)|text-bg|display-\d|blockquote|spinner|nav-(pills|underline|fill|justified)|fs-|opacity|z-|user-select|pe-(none|auto)|col-xxl|row-cols|rounded-(top|end|bottom|start)|btn-(outline-)?(info|dark|light|warning)|list-group-item-|alert-(primary|secondary|dark|light)|table-(primary|secondary|dark|info|warning|danger|success|light)))`)
	darkOf  = regexp.MustCompile(`^\[data-bs-theme=dark\]\s*`)
	keeping = map[string]string{
		"#0d6efd": "var(--bn-primary)", "#0b5ed7": "var(--bn-primary-strong)", "#0a58ca": "var(--bn-primary-strong)",
		"#0a53be": "var(--bn-primary-strong)", "#86b7fe": "var(--bn-primary)", "rgba(13, 110, 253, 0.25)": "var(--bn-ring)",
	}
)

func trim(css string) string {
	css = comment.ReplaceAllString(css, "")
	for from, to := range keeping {
		css = strings.ReplaceAll(css, from, to)
	}
	var out strings.Builder
	for _, r := range rules(css) {
		writeRule(&out, r)
	}
	return out.String()
}

// rule is one rule of a style sheet; a statement such as @charset has no body.
type rule struct {
	prelude, body string
}

// rules splits a style sheet at its top level. It relies on Bootstrap having no braces inside strings.
func rules(css string) []rule {
	var all []rule
	for css = strings.TrimSpace(css); css != ""; css = strings.TrimSpace(css) {
		open := strings.IndexAny(css, "{;")
		if open < 0 {
			break
		}
		if css[open] == ';' {
			all = append(all, rule{prelude: css[:open]})
			css = css[open+1:]
			continue
		}
		end := closing(css, open)
		all = append(all, rule{prelude: strings.TrimSpace(css[:open]), body: css[open+1 : end]})
		css = css[end+1:]
	}
	return all
}

// closing gives the index of the brace that closes the one at open.
func closing(css string, open int) int {
	depth := 0
	for i := open; i < len(css); i++ {
		switch css[i] {
		case '{':
			depth++
		case '}':
			depth--
			if depth == 0 {
				return i
			}
		}
	}
	return len(css) - 1
}

func writeRule(out *strings.Builder, r rule) {
	switch {
	case strings.HasPrefix(r.prelude, "@media") || strings.HasPrefix(r.prelude, "@supports"):
		writeGroup(out, r)
	case strings.HasPrefix(r.prelude, "@charset"), strings.HasPrefix(r.prelude, "@keyframes") && !strings.Contains(r.prelude, "progress"):
	case strings.HasPrefix(r.prelude, "@"):
		fmt.Fprintf(out, "%s{%s}\n", r.prelude, r.body)
	default:
		writeStyle(out, r)
	}
}

// writeGroup keeps a conditional group unless it is for screens wider than any we draw for, or becomes empty.
func writeGroup(out *strings.Builder, r rule) {
	if strings.Contains(r.prelude, "min-width: 1400px") {
		return
	}
	var inner strings.Builder
	for _, nested := range rules(r.body) {
		writeRule(&inner, nested)
	}
	if inner.Len() > 0 {
		fmt.Fprintf(out, "%s{%s}\n", r.prelude, inner.String())
	}
}

func writeStyle(out *strings.Builder, r rule) {
	var light, dark []string
	for selector := range strings.SplitSeq(r.prelude, ",") {
		selector = strings.TrimSpace(selector)
		switch {
		case unused.MatchString(selector):
		case darkOf.MatchString(selector):
			rest := darkOf.ReplaceAllString(selector, "")
			if rest == "" {
				rest = ":root"
			}
			dark = append(dark, rest)
		default:
			light = append(light, selector)
		}
	}
	if len(light) > 0 {
		fmt.Fprintf(out, "%s{%s}\n", strings.Join(light, ","), r.body)
	}
	if len(dark) > 0 {
		fmt.Fprintf(out, "@media screen and (prefers-color-scheme: dark){%s{%s}}\n", strings.Join(dark, ","), r.body)
	}
}
