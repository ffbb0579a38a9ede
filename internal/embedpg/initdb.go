package embedpg

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
)

// identMap is the name of the map in pg_ident.conf.
const identMap = "banam"

// initdb makes the cluster beside its place and moves it there when it is whole.
func (s *Server) initdb(ctx context.Context) (err error) {
	dir, err := os.MkdirTemp(s.folder.dir, initPrefix)
	if err != nil {
		return fmt.Errorf("making the cluster: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(dir))
		}
	}()
	if err := s.user.own(dir); err != nil {
		return err
	}
	data := filepath.Join(dir, dataName)
	out, err := s.runInitdb(ctx, data, "C.UTF-8")
	if err != nil && bytes.Contains(out, []byte("invalid locale")) {
		out, err = s.runInitdb(ctx, data, "C")
	}
	if err != nil {
		return fmt.Errorf("making the cluster: initdb: %w: %s", err, bytes.TrimSpace(out))
	}
	if err := os.Remove(s.folder.data); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("putting the cluster in place: %w", err)
	}
	if err := os.Rename(data, s.folder.data); err != nil {
		return fmt.Errorf("putting the cluster in place: %w", err)
	}
	if err := syncFolder(s.folder.dir); err != nil {
		return err
	}
	s.folder.major = s.bin.major
	return os.Remove(dir)
}

// runInitdb makes a cluster with Unicode rules for Vietnamese; the C library's locale only stands behind them.
func (s *Server) runInitdb(ctx context.Context, data, locale string) ([]byte, error) {
	// The child dies with the thread that made it.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cmd := exec.CommandContext(ctx, filepath.Join(s.bin.dir, "initdb"), "--pgdata="+data, "--username="+RoleSuper,
		"--encoding=UTF8", "--locale-provider=icu", "--icu-locale=vi", "--locale="+locale, "--lc-messages=C",
		"--data-checksums", "--auth-local=peer", "--auth-host=reject")
	cmd.Env, cmd.Dir, cmd.SysProcAttr = childEnv(), filepath.Dir(data), s.user.attr(syscall.SIGKILL)
	return cmd.CombinedOutput()
}

// writeAccess lets in the user of this process, in the four roles and over the socket only. It is written at every start,
// since another user may run the application today.
func (s *Server) writeAccess() error {
	self := nameOf(uint32(os.Geteuid()))
	var ident strings.Builder
	ident.WriteString("# Written at every start.\n")
	for _, role := range []string{RoleSuper, RoleOwner, RoleApp, RoleWorker} {
		fmt.Fprintf(&ident, "%s \"%s\" %s\n", identMap, self, role)
	}
	hba := "# Written at every start.\nlocal all all peer map=" + identMap + "\nlocal replication all peer map=" + identMap + "\n"
	if err := s.replace("pg_hba.conf", hba); err != nil {
		return err
	}
	return s.replace("pg_ident.conf", ident.String())
}

// replace writes a file of the cluster anew. It never follows a link that the server's user may have laid.
func (s *Server) replace(name, text string) error {
	file, err := os.CreateTemp(s.folder.data, name+".*")
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	_, err = file.WriteString(text)
	if err == nil && s.user.change {
		err = file.Chown(int(s.user.uid), int(s.user.gid))
	}
	if err == nil {
		err = file.Sync() // a power cut must not leave an empty file behind the new name
	}
	err = errors.Join(err, file.Close())
	if err == nil {
		err = os.Rename(file.Name(), filepath.Join(s.folder.data, name))
	}
	if err != nil {
		return errors.Join(fmt.Errorf("writing %s: %w", name, err), os.Remove(file.Name()))
	}
	return nil
}

// syncFolder makes a rename in the folder lasting.
func syncFolder(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("saving the database folder: %w", err)
	}
	if err := errors.Join(dir.Sync(), dir.Close()); err != nil {
		return fmt.Errorf("saving the database folder: %w", err)
	}
	return nil
}
