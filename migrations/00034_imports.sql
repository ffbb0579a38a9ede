-- Lists that administrators upload. Each row is judged before anything is written, and what it made or changed is kept for some days,
-- so that the last import can be undone. What was typed belongs to the one who uploaded it, and is deleted soon: see app.PurgeImports.
-- +goose Up
CREATE TABLE imports (
  id            uuid PRIMARY KEY,
  kind          text NOT NULL CHECK (kind IN ('places', 'cadres', 'assignments', 'households')),
  -- checking and running, undoing: a job is at it. ready: it waits for its maker. failed: the job could not end it.
  state         text NOT NULL CHECK (state IN ('checking', 'ready', 'running', 'done', 'undoing', 'undone', 'abandoned', 'failed')),
  cadre_id      bigint NOT NULL REFERENCES cadres,
  account_id    bigint NOT NULL REFERENCES accounts,
  assignment_id bigint NOT NULL REFERENCES assignments, -- under which it was uploaded
  locality_id   bigint NOT NULL REFERENCES localities,  -- of that assignment: whose administrators may know of it
  file_name     text NOT NULL,
  sheet         text NOT NULL DEFAULT '',
  columns       jsonb NOT NULL,             -- what was read, each with its key and the letter's number in the file
  ignored       text[] NOT NULL DEFAULT '{}', -- headings that were not known
  created_at    timestamptz NOT NULL,
  accepted_at   timestamptz,
  finished_at   timestamptz,
  undone_at     timestamptz,
  purged_at     timestamptz, -- its rows are gone
  total         int NOT NULL,
  handled       int NOT NULL DEFAULT 0, -- rows up to which the job has come, in the order of the file
  made          int NOT NULL DEFAULT 0,
  changed       int NOT NULL DEFAULT 0,
  same          int NOT NULL DEFAULT 0,
  failed        int NOT NULL DEFAULT 0,
  refusal       text NOT NULL DEFAULT '' -- why it could not be undone: a key of the catalogue
);
CREATE INDEX imports_maker ON imports (cadre_id, created_at DESC, id DESC);
CREATE INDEX imports_locality ON imports (locality_id, created_at DESC, id DESC);

CREATE TABLE import_rows (
  import_id uuid NOT NULL REFERENCES imports ON DELETE CASCADE,
  n         int NOT NULL,             -- from 1, without gaps
  line      int NOT NULL,             -- row of the spreadsheet
  typed     jsonb NOT NULL,           -- texts by column; emptied when they are no longer needed
  verdict   text NOT NULL DEFAULT '' CHECK (verdict IN ('', 'new', 'changed', 'same', 'error')),
  faults    jsonb,                    -- of an error: column, key of the message, its arguments
  fields    text[] NOT NULL DEFAULT '{}', -- that a changed row changes
  applied   boolean NOT NULL DEFAULT false,
  object_id text NOT NULL DEFAULT '', -- what an applied row made or changed
  undo      jsonb,                    -- what it takes to undo it
  PRIMARY KEY (import_id, n)
);
CREATE INDEX import_rows_verdict ON import_rows (import_id, verdict, n);

-- Whether anything was written under one of some assignments, in whatever table: an import that made them cannot be undone then. It
-- runs as its owner, since some of those tables are closed to the application.
-- +goose StatementBegin
CREATE FUNCTION assignments_used(ids bigint[]) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  used record;
  found boolean;
BEGIN
  FOR used IN SELECT c.conrelid::regclass AS tab, a.attname FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
      WHERE c.contype = 'f' AND c.confrelid = 'assignments'::regclass AND c.conparentid = 0 LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %s WHERE %I = ANY ($1))', used.tab, used.attname) INTO found USING ids;
    IF found THEN
      RETURN true;
    END IF;
  END LOOP;
  RETURN false;
END $$;
-- +goose StatementEnd

-- +goose Down
DROP FUNCTION assignments_used;
DROP TABLE import_rows;
DROP TABLE imports;
