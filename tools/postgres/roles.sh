#!/bin/sh
# Run once by the PostgreSQL image on an empty volume, as its superuser: the three roles and the database. The passwords
# come from the environment. The same statements, with passwords of your own, prepare a PostgreSQL without containers.
set -eu

psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
	-v owner="$BANAM_OWNER_PASSWORD" -v app="$BANAM_APP_PASSWORD" -v worker="$BANAM_WORKER_PASSWORD" <<'SQL'
CREATE ROLE banam_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'app';
CREATE ROLE banam_worker LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'worker';
CREATE ROLE banam_owner LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'owner';
-- The job tables belong to the application's role, and migrations make them.
GRANT banam_app TO banam_owner;
CREATE DATABASE banam OWNER banam_owner;
REVOKE ALL ON DATABASE banam FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE banam TO banam_app, banam_worker;
\connect banam
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO banam_app, banam_worker;
-- What the owner (migrations) and the application (job tables) will make is for the roles beside them. As in internal/embedpg.
ALTER DEFAULT PRIVILEGES FOR ROLE banam_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO banam_app, banam_worker;
ALTER DEFAULT PRIVILEGES FOR ROLE banam_owner GRANT USAGE, SELECT ON SEQUENCES TO banam_app, banam_worker;
ALTER DEFAULT PRIVILEGES FOR ROLE banam_owner GRANT USAGE ON SCHEMAS TO banam_app, banam_worker;
ALTER DEFAULT PRIVILEGES FOR ROLE banam_app GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO banam_worker;
ALTER DEFAULT PRIVILEGES FOR ROLE banam_app GRANT USAGE, SELECT ON SEQUENCES TO banam_worker;
ALTER DEFAULT PRIVILEGES FOR ROLE banam_app GRANT USAGE ON SCHEMAS TO banam_worker;
SQL
