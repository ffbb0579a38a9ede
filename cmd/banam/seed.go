package main

import (
	"context"
	"errors"
	"log/slog"

	"banam/internal/demo"
)

type seedCommand struct{}

// Run fills an empty database: in demo mode with the demo district, else with the places alone.
func (seedCommand) Run(ctx context.Context, c *cli, log *slog.Logger) error {
	d, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	return errors.Join(c.fill(ctx, d), d.close(ctx))
}

func (c *cli) fill(ctx context.Context, d *database) error {
	if err := c.seed(ctx, d); err != nil || c.Demo {
		return err
	}
	empty, err := demo.Empty(ctx, d.db.Pool())
	if err != nil || !empty {
		return err
	}
	progress("entering the places of Bến Tre")
	return demo.SeedPlaces(ctx, d.db.Pool())
}
