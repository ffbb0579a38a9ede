// Command banam is the whole application: it serves the pages, runs the jobs, and has the operator's subcommands.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// cli is the command line. Every flag can be given by its environment variable.
type cli struct {
	Database string `help:"Address of the database for the application's role. Empty: a private PostgreSQL below the data folder." env:"BANAM_DATABASE_URL" placeholder:"URL"`
	Owner    string `help:"Address of the database for the owner's role, which migrates." env:"BANAM_OWNER_URL" placeholder:"URL"`
	Data     string `help:"Folder for what the application keeps." env:"BANAM_DATA" default:"data" type:"path"`
	Demo     bool   `help:"Demo mode: an empty database is filled with the demo district." env:"BANAM_DEMO"`

	Serve   serveCommand   `cmd:"" default:"withargs" help:"Serve the pages and run the jobs."`
	Migrate migrateCommand `cmd:"" help:"Bring the database to the newest schema."`
	Seed    seedCommand    `cmd:"" help:"Fill an empty database: with the places, in demo mode with the whole demo district."`
	Doctor  doctorCommand  `cmd:"" help:"Ask a running server whether it is ready."`
	User    userCommand    `cmd:"" help:"Manage accounts from the command line: the first administrator, or a lost one."`
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "banam:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	var c cli
	parser, err := kong.New(&c, kong.Name("banam"), kong.Description("Ba Nắm: cadres, places, reports, issues."), kong.UsageOnError())
	if err != nil {
		return fmt.Errorf("reading the command line's form: %w", err)
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return fmt.Errorf("reading the command line: %w", err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	parsed.BindTo(ctx, (*context.Context)(nil))
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	if err := parsed.Run(&c, log); err != nil {
		return fmt.Errorf("%s: %w", parsed.Command(), err)
	}
	return nil
}
