package postgres

import (
	"context"
	"errors"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"

	"banam/internal/fault"
)

// SQLSTATEs that have a meaning here.
const (
	codeSerialization  = "40001"
	codeDeadlock       = "40P01"
	codeAdminShutdown  = "57P01"
	codeCrashShutdown  = "57P02"
	codeCannotConnect  = "57P03"
	codeQueryCanceled  = "57014"
	codeLockNotAvail   = "55P03"
	codeDiskFull       = "53100"
	codeTooManyClients = "53300"
	codeReadOnly       = "25006"
	codeUnique         = "23505"
	codeExclusion      = "23P01"
	codeForeignKey     = "23503"
	codeForbidden      = "BN403" // of refuse_unless
	codeConflict       = "BN409"
)

// again tells whether a failed try may be repeated: PostgreSQL undid it, or nothing was sent.
func again(err error) bool {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch pg.Code {
		case codeSerialization, codeDeadlock, codeAdminShutdown, codeCrashShutdown, codeCannotConnect:
			return true
		}
		return false
	}
	return pgconn.SafeToRetry(err) || lostConnection(err)
}

// lostConnection tells whether the server went away under the connection. Before a commit was sent nothing is kept, so
// that another try is safe.
func lostConnection(err error) bool {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	_, network := errors.AsType[net.Error](err)
	_, connect := errors.AsType[*pgconn.ConnectError](err)
	return network || connect || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// translate turns driver errors into faults, by SQLSTATE and never by message text. Faults pass through.
func translate(err error) error {
	if err == nil || fault.As(err) != nil {
		return err
	}
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch pg.Code {
		case codeForbidden:
			return fault.Forbidden(pg.ConstraintName)
		case codeConflict:
			return fault.Conflict(pg.ConstraintName)
		case codeSerialization, codeDeadlock, codeLockNotAvail:
			return fault.Unavailable("fault.busy", err)
		case codeAdminShutdown, codeCrashShutdown, codeCannotConnect, codeQueryCanceled, codeTooManyClients, codeReadOnly:
			return fault.Unavailable("fault.unavailable", err)
		case codeDiskFull:
			return fault.Unavailable("fault.disk_full", err)
		}
		if violates(err, "reports_pkey") {
			return fault.Conflict("report.already_sent")
		}
		if violates(err, "locality_versions_code_once") {
			return fault.Invalid(fault.At("code", "place.code_taken"))
		}
		if field, ok := onceFields[pg.ConstraintName]; ok && violates(err, pg.ConstraintName) {
			return fault.Invalid(field)
		}
		return err
	}
	if lostConnection(err) || errors.Is(err, context.DeadlineExceeded) {
		return fault.Unavailable("fault.unavailable", err)
	}
	return err
}

// onceFields are the fields at fault where something of which there can be one only is entered again.
var onceFields = map[string]fault.Field{
	"assignments_once":       fault.At("cadre", "assignment.overlap"),
	"households_once":        fault.At("head", "household.exists"),
	"household_classes_once": fault.At("class", "household.class_overlap"),
}

// violates tells whether the error is a violation of the named unique or exclusion constraint.
func violates(err error, constraint string) bool {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (pg.Code == codeUnique || pg.Code == codeExclusion) && pg.ConstraintName == constraint
}

// refusalCode gives the SQLSTATE by which PostgreSQL refuses with a fault of the kind.
func refusalCode(k fault.Kind) string {
	if k == fault.KindForbidden {
		return codeForbidden
	}
	return codeConflict
}
