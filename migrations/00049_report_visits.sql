-- What a report of a visit says about a household (domain.md sections 3 and 6): a table of its own behind the second line of access, so
-- that no list, search, comparison or export of reports can show it by mistake. Those read reports.content, which has nothing of it.
-- +goose Up
CREATE TABLE report_visits (
  report_id        uuid NOT NULL,
  number           int NOT NULL,    -- the version of the report
  household_id     uuid NOT NULL,
  locality_id      bigint NOT NULL, -- the household's group of today, carried along by the foreign key when it moves
  household_number int NOT NULL,    -- within the group, as it was typed
  content          jsonb NOT NULL,
  PRIMARY KEY (report_id, number),
  FOREIGN KEY (report_id, number) REFERENCES report_versions,
  FOREIGN KEY (household_id, locality_id) REFERENCES households (id, locality_id) ON UPDATE CASCADE
);
CREATE INDEX report_visits_household ON report_visits (household_id, report_id);
REVOKE UPDATE, DELETE, TRUNCATE ON report_visits FROM banam_app, banam_worker;

-- The application says inside its transaction which reports' visits it is about, and forgets it with the transaction.
ALTER TABLE report_visits ENABLE ROW LEVEL SECURITY;
CREATE POLICY report_visits_named ON report_visits USING (
  report_id = ANY ((SELECT NULLIF(current_setting('banam.visits', true), '')::uuid[])::uuid[]));

-- Which households a report is about: nothing but ids and numbers, by which it is judged who may read the rest.
CREATE FUNCTION visit_households(of_report uuid)
RETURNS TABLE (household_id uuid, locality_id bigint, household_number int, number int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT v.household_id, v.locality_id, v.household_number, v.number FROM report_visits v WHERE v.report_id = of_report
$$;

-- What was promised at a visit, without the words: which number of household, until when, and whether it was done. It names nobody.
CREATE TABLE report_promises (
  report_id        uuid NOT NULL REFERENCES reports,
  position         int NOT NULL CHECK (position BETWEEN 1 AND 9),
  author_id        bigint NOT NULL REFERENCES cadres,
  locality_id      bigint NOT NULL REFERENCES localities, -- the group
  household_number int NOT NULL,
  due_on           date NOT NULL,
  done_on          date,
  done_by          bigint REFERENCES cadres,
  PRIMARY KEY (report_id, position),
  CHECK ((done_on IS NULL) = (done_by IS NULL))
);
CREATE INDEX report_promises_author ON report_promises (author_id, due_on) WHERE done_on IS NULL;
CREATE INDEX report_promises_place ON report_promises (locality_id, due_on) WHERE done_on IS NULL;

-- +goose Down
DROP TABLE report_promises;
DROP FUNCTION visit_households;
DROP TABLE report_visits;
