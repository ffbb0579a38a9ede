package embedpg

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// roleSQL makes the roles and sets their attributes, however they were before. The owner may act as the application, whose
// own schema (of the job queue) it fills.
const roleSQL = `
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['banam_owner', 'banam_app', 'banam_worker'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
      EXECUTE format('CREATE ROLE %I', name);
    END IF;
  END LOOP;
END $$;
ALTER ROLE banam_owner LOGIN CREATEDB NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE banam_app LOGIN NOCREATEDB NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE banam_worker LOGIN NOCREATEDB NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS;
GRANT banam_app TO banam_owner;`

// databaseSQL makes the database sort and fold by Unicode's rules for Vietnamese, whatever the cluster was made with.
const databaseSQL = `CREATE DATABASE banam OWNER banam_owner TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'vi'`

// privilegeSQL opens what the owner will make to the application and the worker, and the application's own schemas to the
// worker. Tables that only grow take UPDATE and DELETE back in their migrations.
const privilegeSQL = `
ALTER DEFAULT PRIVILEGES FOR ROLE banam_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO banam_app, banam_worker;
ALTER DEFAULT PRIVILEGES FOR ROLE banam_owner GRANT USAGE, SELECT ON SEQUENCES TO banam_app, banam_worker;
ALTER DEFAULT PRIVILEGES FOR ROLE banam_owner GRANT USAGE ON SCHEMAS TO banam_app, banam_worker;
ALTER DEFAULT PRIVILEGES FOR ROLE banam_app GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO banam_worker;
ALTER DEFAULT PRIVILEGES FOR ROLE banam_app GRANT USAGE, SELECT ON SEQUENCES TO banam_worker;
ALTER DEFAULT PRIVILEGES FOR ROLE banam_app GRANT USAGE ON SCHEMAS TO banam_worker;
GRANT USAGE ON SCHEMA public TO banam_app, banam_worker;`

// bootstrap makes roles, database and default privileges, each only where missing.
func (s *Server) bootstrap(ctx context.Context) error {
	err := s.asSuper(ctx, "postgres", func(c *pgx.Conn) error {
		if _, err := c.Exec(ctx, roleSQL); err != nil {
			return fmt.Errorf("making the roles: %w", err)
		}
		var exists bool
		err := c.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, Database).Scan(&exists)
		if err == nil && !exists {
			_, err = c.Exec(ctx, databaseSQL)
		}
		if err != nil {
			return fmt.Errorf("making the database: %w", err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.asSuper(ctx, Database, func(c *pgx.Conn) error {
		if _, err := c.Exec(ctx, privilegeSQL); err != nil {
			return fmt.Errorf("setting default privileges: %w", err)
		}
		return nil
	})
}

func (s *Server) asSuper(ctx context.Context, database string, do func(*pgx.Conn) error) error {
	c, err := pgx.Connect(ctx, s.DSN(RoleSuper, database))
	if err != nil {
		return fmt.Errorf("connecting to the private PostgreSQL: %w", err)
	}
	defer func() { _ = c.Close(context.WithoutCancel(ctx)) }() // the server notices a broken end itself
	return do(c)
}
