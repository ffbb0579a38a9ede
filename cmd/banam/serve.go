package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"banam/internal/app"
	"banam/internal/demo"
	"banam/internal/files"
	"banam/internal/jobs"
	"banam/internal/mail"
	"banam/internal/postgres"
	"banam/migrations"
	"banam/web"
	"banam/web/static"
)

type serveCommand struct {
	Addr   string `help:"Address to listen on." env:"BANAM_ADDR" default:"127.0.0.1:8080"`
	Secure bool   `help:"Served over https by a proxy in front: cookies are bound to the host. Plain http is allowed on the loopback address only." env:"BANAM_SECURE"`

	Public       string `help:"Address under which people reach the pages, for the links in letters: https://banam.example.vn" env:"BANAM_PUBLIC_URL" placeholder:"URL"`
	SMTP         string `name:"smtp" help:"Server that sends e-mail, smtp://user@host:587 or smtps://user@host:465. Empty: no e-mail." env:"BANAM_SMTP_URL" placeholder:"URL"`
	SMTPPassword string `name:"smtp-password" help:"Password of the user at that server." env:"BANAM_SMTP_PASSWORD" placeholder:"PASSWORD"`
	MailFrom     string `help:"Sender of e-mail: \"Ba Nắm <banam@example.vn>\"." env:"BANAM_MAIL_FROM" placeholder:"ADDRESS"`
}

// Limits of connections (quality.md, "slow clients" and "shutdown").
const (
	headerTime  = 5 * time.Second
	readTime    = 30 * time.Second
	writeTime   = 60 * time.Second
	idleTime    = 2 * time.Minute
	headerBytes = 16 << 10
	drainTime   = 15 * time.Second
)

// Run serves until it is told to stop, then lets accepted requests finish.
func (s serveCommand) Run(ctx context.Context, c *cli, log *slog.Logger) error {
	if err := s.checkAddress(); err != nil {
		return err
	}
	if !static.Built() {
		return errors.New("the browser assets were not built into this binary: run make build")
	}
	d, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	return errors.Join(s.serve(ctx, c, d, log), d.close(ctx))
}

func (s serveCommand) serve(ctx context.Context, c *cli, d *database, log *slog.Logger) error {
	if err := c.seed(ctx, d); err != nil {
		return err
	}
	application := app.New(d.db, time.Now)
	store, err := files.Open(filepath.Join(c.Data, "files"))
	if err != nil {
		return err
	}
	application.KeepFilesIn(store)
	sender, err := mail.New(mail.Settings{Server: s.SMTP, Password: s.SMTPPassword, From: s.MailFrom, Public: s.Public})
	if err != nil {
		return fmt.Errorf("setting up e-mail: %w", err)
	}
	application.MailThrough(sender)
	runner, err := jobs.New(application, d.db.Pool(), log)
	if err != nil {
		return err
	}
	if err := runner.Start(context.WithoutCancel(ctx)); err != nil {
		return err
	}
	server := s.httpServer(c, d, application, runner, log)
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", s.Addr)
	if err != nil {
		return errors.Join(fmt.Errorf("listening: %w", err), runner.Stop(context.WithoutCancel(ctx)))
	}
	s.greet(c, listener.Addr())
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err = <-failed:
		err = fmt.Errorf("serving: %w", err)
	case <-ctx.Done():
		progress("finishing accepted requests")
		err = nil
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	return errors.Join(err, server.Shutdown(drain), runner.Stop(drain))
}

func (s serveCommand) httpServer(c *cli, d *database, application *app.App, runner *jobs.Runner, log *slog.Logger) *http.Server {
	config := web.Config{
		App: application, Sessions: postgres.NewSessions(d.db, time.Now), Log: log, Secure: s.Secure,
		Ready: func(ctx context.Context) error {
			if err := migrations.Check(ctx, d.db.Pool()); err != nil {
				return err
			}
			return runner.Healthy()
		},
	}
	if c.Demo {
		config.DemoPass = demo.Password
		for _, a := range demo.Accounts() {
			config.Demo = append(config.Demo, web.DemoAccount{Login: a.Login, Post: a.PostCode, Place: a.Place})
		}
	}
	return &http.Server{
		Handler: web.New(config), ReadHeaderTimeout: headerTime, ReadTimeout: readTime, WriteTimeout: writeTime,
		IdleTimeout: idleTime, MaxHeaderBytes: headerBytes, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// checkAddress refuses plain http on any address but the loopback one: passwords would travel in the clear.
func (s serveCommand) checkAddress() error {
	host, _, err := net.SplitHostPort(s.Addr)
	if err != nil {
		return fmt.Errorf("reading the address: %w", err)
	}
	ip := net.ParseIP(host)
	if s.Secure || strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback() {
		return nil
	}
	return errors.New("plain http is served on the loopback address only: put a proxy with https in front and set BANAM_SECURE=1")
}

// greet prints the address and, in demo mode, who can sign in.
func (s serveCommand) greet(c *cli, addr net.Addr) {
	fmt.Printf("\nBa Nắm: http://%s\n", addr)
	if !c.Demo {
		return
	}
	fmt.Printf("\nDemo accounts, password %s:\n", demo.Password)
	for _, a := range demo.Accounts() {
		fmt.Printf("  %-12s %-20s %s\n", a.Login, a.PostCode, a.Place)
	}
}
