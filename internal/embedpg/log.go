package embedpg

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
)

const (
	keptLines = 20
	longest   = 8 << 10 // a line without end is cut, in bytes
)

// logLines passes the server's log on, line by line, and keeps the last lines to explain a start that failed.
type logLines struct {
	log *slog.Logger

	mu      sync.Mutex
	partial []byte
	last    []string
}

// Write takes a piece of the log. It never fails.
func (l *logLines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.partial = append(l.partial, p...)
	for {
		line, rest, found := bytes.Cut(l.partial, []byte("\n"))
		if !found {
			break
		}
		l.pass(string(line))
		l.partial = rest
	}
	if len(l.partial) > longest {
		l.pass(string(l.partial))
		l.partial = nil
	}
	return len(p), nil
}

func (l *logLines) pass(line string) {
	if strings.TrimSpace(line) == "" {
		return
	}
	level := slog.LevelDebug
	if strings.Contains(line, "FATAL:") || strings.Contains(line, "PANIC:") {
		level = slog.LevelWarn
	}
	l.log.Log(context.Background(), level, "postgres: "+line)
	l.last = append(l.last, line)
	if len(l.last) > keptLines {
		l.last = l.last[1:]
	}
}

func (l *logLines) tail() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.last, "\n")
}
