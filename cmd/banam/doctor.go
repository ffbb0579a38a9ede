package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

type doctorCommand struct {
	Addr string `help:"Address of the server." env:"BANAM_ADDR" default:"127.0.0.1:8080"`
	Live bool   `help:"Ask only whether the process is alive, whatever the database does."`
}

// doctorWait is how long the server may take to answer.
const doctorWait = 5 * time.Second

// Run asks a running server whether it is ready, or just alive: exit status 0 if so.
func (d doctorCommand) Run(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, doctorWait)
	defer cancel()
	host, port, err := net.SplitHostPort(d.Addr)
	if err != nil {
		return fmt.Errorf("reading the address: %w", err)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() { // listens everywhere, so here too
		host = "127.0.0.1"
	}
	path := "/readyz"
	if d.Live {
		path = "/healthz"
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+path, nil)
	if err != nil {
		return fmt.Errorf("making the request: %w", err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return fmt.Errorf("asking the server: %w", err)
	}
	defer func() { _ = answer.Body.Close() }() // the answer has been read
	text, err := io.ReadAll(io.LimitReader(answer.Body, 1024))
	if err != nil {
		return fmt.Errorf("reading the answer: %w", err)
	}
	fmt.Print(string(text))
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the server answers %s", answer.Status)
	}
	return nil
}
