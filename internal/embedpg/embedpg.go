// Package embedpg runs the private PostgreSQL: it finds the server's programs, makes the cluster, keeps the server alive as
// a child of this process, and makes the roles and the empty database. It knows nothing of the tables inside.
//
// It works on Linux only: orphans are found through /proc, and the child ends with its parent by a parent-death signal.
package embedpg

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// Database is the database that Start makes, owned by RoleOwner.
const Database = "banam"

// The roles of the cluster. The system user that runs this process may take each of them over the socket, nobody else any.
const (
	RoleSuper  = "postgres"     // bootstraps, backs up; never serves pages
	RoleOwner  = "banam_owner"  // owns the schema and runs migrations; may create databases
	RoleApp    = "banam_app"    // serves pages: reads and writes rows, bound by row-level security
	RoleWorker = "banam_worker" // runs jobs: as RoleApp, with time-outs of its own
)

// ErrInUse is returned by Start when another process holds the folder.
var ErrInUse = errors.New("another process uses this database folder")

// ErrNotOurs is returned by Start when the folder holds something else than a database. Nothing in it is touched.
var ErrNotOurs = errors.New("the folder is not empty and holds no database of Ba Nắm")

// ErrNoBinaries is returned by Start when no suitable PostgreSQL is installed.
var ErrNoBinaries = errors.New("no suitable PostgreSQL was found")

// How long the server may take: to stop politely, to stop at once, and to become ready (crash recovery included).
const (
	politeStop = 20 * time.Second
	abruptStop = 5 * time.Second
	startLimit = 5 * time.Minute
)

// Config tells Start where and how to run the server.
type Config struct {
	Dir      string            // the folder of the cluster; made if missing
	Settings map[string]string // further settings of the server, such as {"shared_buffers": "256MB"}
	Progress func(string)      // told what takes time, for a person at a terminal; may be nil
	Log      *slog.Logger      // gets the server's own log; may be nil
}

// Server is a running private PostgreSQL. When the server process dies by itself it is started again, until Stop.
type Server struct {
	config Config
	folder folder
	lock   *os.File
	user   account
	bin    binaries
	socket string // folder of the socket
	log    *slog.Logger
	lines  *logLines

	mu       sync.Mutex
	cmd      *exec.Cmd // the child, nil while there is none
	healing  bool      // an exit of the child is answered by a restart
	stopping bool

	stop chan struct{} // closed by the first Stop
	done chan struct{} // closed when the child is gone for good
}

// Start runs the private PostgreSQL and returns when it takes connections, its roles and database made. The context bounds
// the start only. A server left over by a killed process is stopped first.
func Start(ctx context.Context, c Config) (*Server, error) {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	log := cmp.Or(c.Log, slog.New(slog.DiscardHandler))
	s := &Server{config: c, log: log, lines: &logLines{log: log}, stop: make(chan struct{}), done: make(chan struct{})}
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(err, s.release())
	}
	if err := s.launch(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// prepare does all that comes before the child: folder, lock, user, programs, cluster, socket.
func (s *Server) prepare(ctx context.Context) (err error) {
	if s.folder, err = openFolder(s.config.Dir); err != nil {
		return err
	}
	if s.lock, err = s.folder.acquire(ctx); err != nil {
		return err
	}
	if s.user, err = s.folder.account(); err != nil {
		return err
	}
	if s.bin, err = findBinaries(ctx, s.user, s.folder.major); err != nil {
		return err
	}
	if s.bin.note != "" {
		s.progress(s.bin.note)
	}
	if s.folder.major == 0 {
		s.progress(fmt.Sprintf("making a private PostgreSQL %d in %s", s.bin.major, s.folder.dir))
		if err := s.initdb(ctx); err != nil {
			return err
		}
	}
	if err := s.writeAccess(); err != nil {
		return err
	}
	s.socket, err = s.folder.socketFolder(s.user)
	return err
}

// launch starts the child, waits until it is ready and makes roles and database.
func (s *Server) launch(ctx context.Context) error {
	started := make(chan error, 1)
	go s.keep(started)
	err := <-started
	if err == nil {
		err = s.waitReady(ctx)
	}
	if err == nil {
		// Before the last step, which needs a living server: so no death goes unseen.
		s.heal()
		err = s.bootstrap(ctx)
	}
	if err != nil {
		stopCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), politeStop+abruptStop)
		defer cancel()
		return errors.Join(err, s.Stop(stopCtx))
	}
	return nil
}

// DSN returns the connection string for a role and a database, for pgx and for PostgreSQL's own programs alike.
func (s *Server) DSN(role, database string) string {
	return fmt.Sprintf("host=%s port=%s user=%s dbname=%s sslmode=disable",
		quoteDSN(s.socket), socketPort, quoteDSN(role), quoteDSN(database))
}

// Pid returns the process id of the server, 0 while there is none.
func (s *Server) Pid() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd == nil {
		return 0
	}
	return s.cmd.Process.Pid
}

// Bin returns the folder of PostgreSQL's programs in use.
func (s *Server) Bin() string { return s.bin.dir }

// Done is closed when the server is gone and will not be started again.
func (s *Server) Done() <-chan struct{} { return s.done }

// Stop ends the server and its supervision: politely for 20 seconds or until ctx is done, then at once. It may be called
// again, and returns nil when the server is gone.
func (s *Server) Stop(ctx context.Context) error {
	s.mu.Lock()
	if !s.stopping {
		s.stopping = true
		close(s.stop)
	}
	s.mu.Unlock()
	for _, step := range []struct {
		signal syscall.Signal
		limit  time.Duration
		ctx    context.Context
	}{
		{syscall.SIGINT, politeStop, ctx},
		{syscall.SIGQUIT, abruptStop, context.WithoutCancel(ctx)},
		{syscall.SIGKILL, abruptStop, context.WithoutCancel(ctx)},
	} {
		s.signal(step.signal)
		if s.waitDone(step.ctx, step.limit) {
			return s.release()
		}
	}
	return fmt.Errorf("stopping PostgreSQL: process %d does not end", s.Pid())
}

// release frees the folder for the next start. It is safe to call twice.
func (s *Server) release() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lock == nil {
		return nil
	}
	s.folder.dropSocketFolder(s.socket)
	err := s.lock.Close()
	s.lock = nil
	if err != nil {
		return fmt.Errorf("freeing the database folder: %w", err)
	}
	return nil
}

func (s *Server) waitDone(ctx context.Context, limit time.Duration) bool {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-s.done:
		return true
	case <-timer.C:
	case <-ctx.Done():
	}
	return false
}

func (s *Server) progress(line string) {
	s.log.Info(line)
	if s.config.Progress != nil {
		s.config.Progress(line)
	}
}
