-- The functions that run as the owner, past the second line of households, look into nobody's temporary tables: without pg_temp at the end
-- of their path PostgreSQL searches it first. And the application deletes no household: undoing a list does, as the owner.
-- +goose Up
ALTER FUNCTION household_counts(bigint, date) SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION household_counts_live(bigint, date) SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION household_numbers(bigint) SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION next_household_number(bigint) SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION recount_households(bigint[], date) SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION households_below(bigint[], date) SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION carry_households(uuid, date) SET search_path = pg_catalog, public, pg_temp;
REVOKE DELETE ON households, household_classes FROM banam_app, banam_worker;

-- +goose Down
GRANT DELETE ON households, household_classes TO banam_app, banam_worker;
ALTER FUNCTION carry_households(uuid, date) SET search_path = pg_catalog, public;
ALTER FUNCTION households_below(bigint[], date) SET search_path = pg_catalog, public;
ALTER FUNCTION recount_households(bigint[], date) SET search_path = pg_catalog, public;
ALTER FUNCTION next_household_number(bigint) SET search_path = pg_catalog, public;
ALTER FUNCTION household_numbers(bigint) SET search_path = pg_catalog, public;
ALTER FUNCTION household_counts_live(bigint, date) SET search_path = pg_catalog, public;
ALTER FUNCTION household_counts(bigint, date) SET search_path = pg_catalog, public;
