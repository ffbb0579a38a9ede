package embedpg

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// account is the system user that the server runs as.
type account struct {
	name     string
	uid, gid uint32
	change   bool // differs from the user of this process
}

// account chooses the server's user: this process's own, but PostgreSQL refuses root, so root runs it as the owner of the
// cluster or folder, else as postgres, else as nobody. The user must be able to reach the folder.
func (f *folder) account() (account, error) {
	owner, err := f.owner()
	if err != nil {
		return account{}, err
	}
	self := uint32(os.Geteuid())
	if self != 0 {
		if f.major != 0 && owner != self {
			return account{}, fmt.Errorf("%s belongs to user %s: start as that user or as root", f.data, nameOf(owner))
		}
		return account{name: nameOf(self), uid: self, gid: uint32(os.Getegid())}, nil
	}
	if owner != 0 {
		u, err := accountOf(user.LookupId(strconv.FormatUint(uint64(owner), 10)))
		if err != nil {
			return account{}, err
		}
		return u, u.reaches(f.dir)
	}
	if f.major != 0 {
		return account{}, fmt.Errorf("%s belongs to root, and PostgreSQL refuses to run as root: give it to another user", f.data)
	}
	return f.adopt()
}

// adopt gives a new folder of root to the first user of the list that can reach it.
func (f *folder) adopt() (account, error) {
	var reasons error
	for _, name := range []string{"postgres", "nobody"} {
		u, err := accountOf(user.Lookup(name))
		if err == nil {
			err = u.reaches(filepath.Dir(f.dir))
		}
		if err == nil {
			return u, u.own(f.dir)
		}
		reasons = errors.Join(reasons, err)
	}
	return account{}, fmt.Errorf("PostgreSQL refuses to run as root, and no other user can serve: %w", reasons)
}

// owner is the user that the cluster belongs to, or the folder while there is no cluster.
func (f *folder) owner() (uint32, error) {
	path := f.dir
	if f.major != 0 {
		path = f.data
	}
	info, err := os.Stat(path)
	if err != nil {
		return 0, fmt.Errorf("reading the owner of the database folder: %w", err)
	}
	return ownerOf(info), nil
}

func accountOf(u *user.User, err error) (account, error) {
	if err != nil {
		return account{}, fmt.Errorf("looking up a user: %w", err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return account{}, fmt.Errorf("reading the id of user %s: %w", u.Username, err)
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return account{}, fmt.Errorf("reading the group of user %s: %w", u.Username, err)
	}
	return account{name: u.Username, uid: uint32(uid), gid: uint32(gid), change: true}, nil
}

func nameOf(uid uint32) string {
	id := strconv.FormatUint(uint64(uid), 10)
	if u, err := user.LookupId(id); err == nil {
		return u.Username
	}
	return id
}

func ownerOf(info fs.FileInfo) uint32 { return info.Sys().(*syscall.Stat_t).Uid }

// own gives a path to the account.
func (u account) own(path string) error {
	if !u.change {
		return nil
	}
	if err := os.Lchown(path, int(u.uid), int(u.gid)); err != nil {
		return fmt.Errorf("giving %s to user %s: %w", path, u.name, err)
	}
	return nil
}

// attr are the process attributes of a child that runs as this account, ends with its parent, and is out of reach of the
// terminal's Ctrl-C: the server stops after the application, not with it.
func (u account) attr(death syscall.Signal) *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{Pdeathsig: death, Setpgid: true}
	if u.change {
		a.Credential = &syscall.Credential{Uid: u.uid, Gid: u.gid}
	}
	return a
}

// reaches tells by the permission bits whether the account may enter the folder and all above it.
func (u account) reaches(dir string) error {
	if !u.change {
		return nil
	}
	for path := dir; ; path = filepath.Dir(path) {
		info, err := os.Stat(path)
		if err != nil {
			return fmt.Errorf("checking who may reach the database folder: %w", err)
		}
		if !u.mayEnter(info) {
			return fmt.Errorf("user %s may not enter %s (%s): open it with chmod a+x, or choose another data folder",
				u.name, path, info.Mode().Perm())
		}
		if path == filepath.Dir(path) {
			return nil
		}
	}
}

func (u account) mayEnter(info fs.FileInfo) bool {
	stat := info.Sys().(*syscall.Stat_t)
	switch {
	case stat.Uid == u.uid:
		return info.Mode()&0o100 != 0
	case stat.Gid == u.gid:
		return info.Mode()&0o010 != 0
	default:
		return info.Mode()&0o001 != 0
	}
}

// childEnv is what a child gets of the environment: nothing that steers PostgreSQL (PG*), no locale, no secrets.
func childEnv() []string {
	var env []string
	for _, name := range []string{"PATH", "TZ", "LD_LIBRARY_PATH"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return append(env, "LC_ALL=C")
}

// quoteDSN quotes a value of a connection string (libpq, "Keyword/Value Connection Strings").
func quoteDSN(value string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(value) + "'"
}
