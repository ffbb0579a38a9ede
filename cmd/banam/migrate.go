package main

import (
	"context"
	"errors"
	"log/slog"
)

type migrateCommand struct{}

// Run brings the database to the newest schema; an external database needs the owner's address.
func (migrateCommand) Run(ctx context.Context, c *cli, log *slog.Logger) error {
	if c.Database != "" && c.Owner == "" {
		return errors.New("migrating an external database needs the owner's address (BANAM_OWNER_URL)")
	}
	d, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	progress("the schema is the newest")
	return d.close(ctx)
}
