// Command assets builds the browser assets of Ba Nắm: it bundles and minifies web/static/src with esbuild, trims
// Bootstrap to what the pages use, and writes hashed files, their .br and .gz forms and manifest.json into
// web/static/dist. With -icons it writes the icon table of templates/component instead.
//
//	cd tools/assets && go run . -root ../..
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

const prefix = "/static/"

func main() {
	root := flag.String("root", "../..", "the repository")
	icons := flag.Bool("icons", false, "write the icon table instead of the assets")
	flag.Parse()
	if err := run(*root, *icons); err != nil {
		fmt.Fprintln(os.Stderr, "assets:", err)
		os.Exit(1)
	}
}

func run(root string, icons bool) error {
	root, err := filepath.Abs(root)
	if err != nil {
		return fmt.Errorf("resolving the root: %w", err)
	}
	if _, err := os.Stat(filepath.Join(root, "node_modules", "bootstrap")); err != nil {
		return fmt.Errorf("the npm packages are missing, run `npm ci` first: %w", err)
	}
	if icons {
		return writeIcons(root)
	}
	files, manifest, err := bundle(root)
	if err != nil {
		return err
	}
	copied, err := images(root, manifest)
	if err != nil {
		return err
	}
	files = append(files, copied...)
	if err := write(filepath.Join(root, "web", "static", "dist"), files, manifest); err != nil {
		return err
	}
	return report(os.Stdout, files)
}

// built is one file of dist.
type built struct {
	name     string
	contents []byte
}

// bundle runs esbuild and gives its files with the manifest from logical to hashed names.
func bundle(root string) ([]built, map[string]string, error) {
	dist := filepath.Join(root, "web", "static", "dist")
	result := api.Build(api.BuildOptions{
		AbsWorkingDir:     root,
		EntryPoints:       []string{"web/static/src/app.css", "web/static/src/app.js"},
		Outdir:            dist,
		PublicPath:        prefix,
		EntryNames:        "[name]-[hash]",
		AssetNames:        "[name]-[hash]",
		Bundle:            true,
		MinifyWhitespace:  true,
		MinifySyntax:      true,
		MinifyIdentifiers: true,
		Format:            api.FormatESModule,
		Target:            api.ES2022,
		Engines: []api.Engine{
			{Name: api.EngineChrome, Version: "105"}, {Name: api.EngineFirefox, Version: "121"}, {Name: api.EngineSafari, Version: "15.4"},
		},
		Loader:        map[string]api.Loader{".woff2": api.LoaderFile},
		External:      []string{"data:*"},
		LegalComments: api.LegalCommentsEndOfFile,
		Plugins:       []api.Plugin{bootstrapPlugin()},
		Metafile:      true,
		LogLevel:      api.LogLevelWarning,
	})
	if len(result.Errors) > 0 {
		return nil, nil, fmt.Errorf("bundling: %s", result.Errors[0].Text)
	}
	manifest, err := logicalNames(result.Metafile)
	if err != nil {
		return nil, nil, err
	}
	files := make([]built, 0, len(result.OutputFiles))
	for _, f := range result.OutputFiles {
		files = append(files, built{name: filepath.Base(f.Path), contents: f.Contents})
	}
	return files, manifest, nil
}

// logicalNames maps the base name of each source to the hashed name that esbuild gave its output.
func logicalNames(metafile string) (map[string]string, error) {
	var meta struct {
		Outputs map[string]struct {
			EntryPoint string              `json:"entryPoint"`
			Inputs     map[string]struct{} `json:"inputs"`
		} `json:"outputs"`
	}
	if err := json.Unmarshal([]byte(metafile), &meta); err != nil {
		return nil, fmt.Errorf("reading the metafile: %w", err)
	}
	manifest := map[string]string{}
	for output, m := range meta.Outputs {
		source := m.EntryPoint
		if source == "" && len(m.Inputs) == 1 {
			for input := range m.Inputs {
				source = input
			}
		}
		if source == "" {
			return nil, fmt.Errorf("output %s has no single source", output)
		}
		manifest[filepath.Base(source)] = filepath.Base(output)
	}
	return manifest, nil
}

// images gives the drawings of web/static/src under hashed names and adds them to the manifest.
func images(root string, manifest map[string]string) ([]built, error) {
	paths, err := filepath.Glob(filepath.Join(root, "web", "static", "src", "*.svg"))
	if err != nil {
		return nil, fmt.Errorf("listing images: %w", err)
	}
	sort.Strings(paths)
	var files []built
	for _, p := range paths {
		data, err := os.ReadFile(p)
		if err != nil {
			return nil, fmt.Errorf("reading an image: %w", err)
		}
		base := filepath.Base(p)
		name := strings.TrimSuffix(base, ".svg") + "-" + digest(data) + ".svg"
		manifest[base] = name
		files = append(files, built{name: name, contents: data})
	}
	return files, nil
}
