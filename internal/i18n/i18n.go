// Package i18n owns the words of the interface in Vietnamese and English and the formats of dates, numbers and spans
// of time. User data is never translated. It knows no HTTP and no domain.
package i18n

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"sort"
	"strings"
)

// Language is an interface language.
type Language string

// The interface languages; Vietnamese is the default.
const (
	Vi Language = "vi"
	En Language = "en"
)

//go:embed messages/*.json
var files embed.FS

var catalogue = mustLoad(files)

type contextKey struct{}

// With gives a context whose messages are in the given language.
func With(ctx context.Context, l Language) context.Context {
	return context.WithValue(ctx, contextKey{}, l)
}

// Of gives the language of the context; Vietnamese if none was set.
func Of(ctx context.Context) Language {
	if l, ok := ctx.Value(contextKey{}).(Language); ok && l == En {
		return En
	}
	return Vi
}

// T words the message of the key. Arguments are name, value pairs for the {name} places of the message. A key that the
// catalogue lacks comes back as itself, so that a page never fails for a word; a test finds such keys.
func T(ctx context.Context, key string, args ...any) string {
	text, ok := catalogue[key][Of(ctx)]
	if !ok {
		return key
	}
	if len(args) == 0 {
		return text
	}
	pairs := make([]string, 0, len(args))
	for i := 0; i+1 < len(args); i += 2 {
		pairs = append(pairs, fmt.Sprintf("{%v}", args[i]), fmt.Sprint(args[i+1]))
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// Has tells whether the catalogue has the key.
func Has(key string) bool { _, ok := catalogue[key]; return ok }

// Keys lists every key of the catalogue in order.
func Keys() []string {
	keys := make([]string, 0, len(catalogue))
	for k := range catalogue {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

func mustLoad(fsys fs.FS) map[string]map[Language]string {
	all := map[string]map[Language]string{}
	names, err := fs.Glob(fsys, "messages/*.json")
	if err != nil {
		panic(fmt.Sprintf("listing messages: %v", err))
	}
	for _, name := range names {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			panic(fmt.Sprintf("reading %s: %v", name, err))
		}
		one := map[string]map[Language]string{}
		if err := json.Unmarshal(data, &one); err != nil {
			panic(fmt.Sprintf("parsing %s: %v", name, err))
		}
		for key, texts := range one {
			if _, twice := all[key]; twice {
				panic(fmt.Sprintf("%s: key %s stands in two files", name, key))
			}
			all[key] = texts
		}
	}
	return all
}
