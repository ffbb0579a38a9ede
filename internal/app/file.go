package app

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/google/uuid"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/files"
	"banam/internal/postgres"
)

// MaxFile is how many bytes a file may have.
const MaxFile = files.MaxBytes

// fileWaits is how long a file that belongs to nothing is kept: as long as somebody may need to mend the form that it came with.
const fileWaits = 24 * time.Hour

// maxFileName is how many characters of a file's name are kept.
const maxFileName = 100

// KeepFilesIn gives the use cases a place for what people attach. Without one nothing can be attached.
func (a *App) KeepFilesIn(store *files.Store) { a.files = store }

// TakesFiles tells whether files can be attached.
func (a *App) TakesFiles() bool { return a.files != nil }

// Received is a file on its way to what it belongs to: the content is on disk, and nothing says so yet.
type Received struct {
	ID   uuid.UUID
	file postgres.File
}

// ReceiveFile judges and cleans a file that was sent, and keeps its content. Invalid at the field file. It belongs to nothing before a use
// case or KeepFile takes it; what nothing takes is swept away.
func (a *App) ReceiveFile(name string, data []byte) (*Received, error) {
	if a.files == nil {
		return nil, fault.Unavailable("file.nowhere", errors.New("no folder for files"))
	}
	media, clean, err := files.Inspect(data)
	if err != nil {
		return nil, err
	}
	hash, err := a.files.Put(clean)
	if err != nil {
		return nil, fmt.Errorf("receiving a file: %w", err)
	}
	id := uuid.Must(uuid.NewV7())
	return &Received{ID: id, file: postgres.File{ID: id, Hash: hash[:], Size: len(clean), Media: string(media), Name: fileName(name, media)}}, nil
}

// FileHash names the content of a file.
func FileHash(data []byte) string { return files.HashOf(data).String() }

// fileName makes the name of a file plain: one line, no folder, and the ending of what it is.
func fileName(name string, media files.Media) string {
	name = oneLine(path.Base(strings.ReplaceAll(name, `\`, "/")))
	name = strings.TrimSuffix(name, path.Ext(name))
	if runes := []rune(name); len(runes) > maxFileName {
		name = string(runes[:maxFileName])
	}
	if name == "" || name == "." || name == "/" {
		name = "file"
	}
	return name + media.Extension()
}

// FileInput is the file of a form: one that was just received, or the id of one that came with the form before.
type FileInput struct {
	Received *Received
	Kept     uuid.UUID
}

// attach has a file belong to what the transaction stores, and gives its id; the zero id for none.
func attach(tx *postgres.Tx, actor cadre.Actor, in FileInput) uuid.UUID {
	switch {
	case in.Received != nil:
		f := in.Received.file
		f.MadeBy, f.MadeAt = actor.CadreID, actor.At
		tx.InsertFile(f)
		return f.ID
	case in.Kept != uuid.Nil:
		tx.MustHaveFile(in.Kept, actor.CadreID)
	}
	return in.Kept
}

// attachAll has several files belong to what the transaction stores.
func attachAll(tx *postgres.Tx, actor cadre.Actor, files []FileInput) []uuid.UUID {
	var ids []uuid.UUID
	for _, f := range files {
		if id := attach(tx, actor, f); id != uuid.Nil {
			ids = append(ids, id)
		}
	}
	return ids
}

// KeepFile keeps a received file for a form that has to be mended, so that it need not be chosen again.
func (a *App) KeepFile(ctx context.Context, actor cadre.Actor, f *Received) error {
	err := a.db.InTx(ctx, func(tx *postgres.Tx) error {
		attach(tx, actor, FileInput{Received: f})
		return nil
	})
	if err != nil {
		return fmt.Errorf("keeping a file: %w", err)
	}
	return nil
}

// Content is a file to be sent to somebody.
type Content struct {
	Name, Media string
	Data        []byte
}

// DecisionFile gives the decision of an assignment. NotFound to all but its cadre and those who may see who is assigned at the place.
func (a *App) DecisionFile(ctx context.Context, actor cadre.Actor, id cadre.AssignmentID) (Content, error) {
	if a.files == nil {
		return Content{}, fault.NotFound()
	}
	f, err := a.db.AssignmentFile(ctx, id, actor.Today())
	if err == nil && f.Cadre != actor.CadreID && (len(f.Chain) == 0 || !cadre.Can(actor, cadre.SeeCoverage, cadre.Object{Place: f.Chain.Place()})) {
		err = fault.NotFound()
	}
	if err != nil {
		return Content{}, fmt.Errorf("reading the decision of assignment %d: %w", id, err)
	}
	return a.content(f.File)
}

// content reads what a file holds.
func (a *App) content(f postgres.File) (Content, error) {
	var hash files.Hash
	copy(hash[:], f.Hash)
	data, err := a.files.Get(hash)
	if err != nil {
		return Content{}, fmt.Errorf("reading file %s: %w", f.ID, err)
	}
	return Content{Name: f.Name, Media: f.Media, Data: data}, nil
}

// SweepFiles forgets files that came with forms which were never stored, and removes contents that nothing needs.
func (a *App) SweepFiles(ctx context.Context) (int, error) {
	if a.files == nil {
		return 0, nil
	}
	before := a.now().Add(-fileWaits)
	if err := a.db.SweepFiles(ctx, before); err != nil {
		return 0, fmt.Errorf("sweeping files: %w", err)
	}
	n, err := a.files.Sweep(before, func(old []files.Hash) (map[files.Hash]bool, error) {
		hashes := make([][]byte, len(old))
		for i := range old {
			hashes[i] = old[i][:]
		}
		needed, err := a.db.NeededFiles(ctx, hashes)
		keep := map[files.Hash]bool{}
		for _, h := range needed {
			keep[files.Hash(h)] = true
		}
		return keep, err
	})
	if err != nil {
		return n, fmt.Errorf("sweeping files: %w", err)
	}
	return n, nil
}
