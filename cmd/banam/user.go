package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"banam/internal/app"
	"banam/internal/fault"
	"banam/internal/i18n"
)

// userCommand manages accounts where nobody can sign in yet, or nobody may.
type userCommand struct {
	Add     addUser     `cmd:"" help:"Enter a person with a post and an account, such as the first administrator; prints the first password."`
	Reset   resetUser   `cmd:"" help:"Give an account a new one-time first password and end its sessions."`
	List    listUsers   `cmd:"" help:"List the accounts."`
	Disable disableUser `cmd:"" help:"Close an account and end its sessions."`
	Enable  enableUser  `cmd:"" help:"Open a closed account again."`
}

type addUser struct {
	Login string `required:"" help:"Name to sign in with."`
	Name  string `required:"" help:"Full name of the person."`
	Post  string `required:"" help:"Code of the post: district_admin, province_admin, commune_admin, commune_lead …"`
	Place string `required:"" help:"Code of the place, or its name with those above it: \"Xã Châu Hưng, Huyện Bình Đại\"."`
}

type resetUser struct {
	Login string `arg:"" help:"Name to sign in with."`
}

type listUsers struct{}

type disableUser resetUser

type enableUser resetUser

// Run enters the person and prints the first password, which is shown nowhere else.
func (u addUser) Run(ctx context.Context, c *cli, log *slog.Logger) error {
	return c.withApp(ctx, log, func(a *app.App) error {
		password, err := a.AddUser(ctx, app.NewUser(u))
		if err == nil {
			showPassword(u.Login, password)
		}
		return err
	})
}

// Run gives the account a new first password and prints it.
func (u resetUser) Run(ctx context.Context, c *cli, log *slog.Logger) error {
	return c.withApp(ctx, log, func(a *app.App) error {
		password, err := a.ResetUser(ctx, u.Login)
		if err == nil {
			showPassword(u.Login, password)
		}
		return err
	})
}

// Run closes the account.
func (u disableUser) Run(ctx context.Context, c *cli, log *slog.Logger) error {
	return c.withApp(ctx, log, func(a *app.App) error { return a.DisableUser(ctx, u.Login, true) })
}

// Run opens the account again.
func (u enableUser) Run(ctx context.Context, c *cli, log *slog.Logger) error {
	return c.withApp(ctx, log, func(a *app.App) error { return a.DisableUser(ctx, u.Login, false) })
}

// Run lists the accounts, one a line.
func (listUsers) Run(ctx context.Context, c *cli, log *slog.Logger) error {
	return c.withApp(ctx, log, func(a *app.App) error {
		users, err := a.Users(ctx)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(os.Stdout, 0, 4, 2, ' ', 0)
		for _, u := range users {
			state, last := "open", "never"
			switch {
			case u.Disabled:
				state = "disabled"
			case u.Waiting:
				state = "first password"
			}
			if u.SignedIn != nil {
				last = u.SignedIn.In(i18n.Zone).Format(time.DateTime)
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", u.Login, state, last, u.Name, u.Holds)
		}
		return w.Flush()
	})
}

func showPassword(login, password string) {
	fmt.Printf("\naccount:        %s\nfirst password: %s\n\nIt serves once within %d days, to choose a password of one's own; it is not shown again.\n",
		login, password, int(app.FirstPasswordLife.Hours()/24))
}

// withApp runs a use case over the database, worded for the terminal where it is refused.
func (c *cli) withApp(ctx context.Context, log *slog.Logger, do func(*app.App) error) error {
	d, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	return errors.Join(worded(ctx, do(app.New(d.db, time.Now))), d.close(ctx))
}

// worded gives the words of a refusal for people.
func worded(ctx context.Context, err error) error {
	f := fault.As(err)
	if f == nil || f.Kind == fault.KindInternal {
		return err
	}
	ctx = i18n.With(ctx, i18n.En)
	texts := []string{i18n.T(ctx, f.Key, f.Args...)}
	for _, field := range f.Fields {
		texts = append(texts, i18n.T(ctx, field.Key, field.Args...))
	}
	return errors.New(strings.Join(texts, " "))
}
