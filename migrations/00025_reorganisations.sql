-- Reorganisations of administrative units (domain.md section 1): plans that are previewed, confirmed and, until their day, cancelled. A confirmed
-- plan has written its dated versions, who follows whom, and which facts of before the readers of a place come to read; no fact is rewritten.
-- +goose Up
CREATE TABLE reorganisations (
  id           uuid PRIMARY KEY,
  title        text NOT NULL CHECK (title <> '' AND title IS NFC NORMALIZED),
  decree       text NOT NULL DEFAULT '' CHECK (decree IS NFC NORMALIZED),
  effective_on date NOT NULL,
  changes      jsonb NOT NULL DEFAULT '[]',
  state        text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'confirmed', 'cancelled')),
  version      int NOT NULL DEFAULT 1,
  locality_id  bigint NOT NULL REFERENCES localities, -- of the administrator who made it: by whose administrators it can be read
  author_id    bigint NOT NULL REFERENCES cadres,
  created_at   timestamptz NOT NULL,
  confirmed_at timestamptz,
  cancelled_at timestamptz,
  applied_at   timestamptz, -- when open work was moved and people were told
  CHECK ((state = 'draft') = (confirmed_at IS NULL AND cancelled_at IS NULL))
);
CREATE INDEX reorganisations_locality ON reorganisations (locality_id, created_at DESC, id DESC);
CREATE INDEX reorganisations_due ON reorganisations (effective_on) WHERE state = 'confirmed' AND applied_at IS NULL;

-- Which place follows which, whole or in part.
CREATE TABLE successions (
  reorganisation_id uuid NOT NULL REFERENCES reorganisations,
  from_id           bigint NOT NULL REFERENCES localities,
  to_id             bigint NOT NULL REFERENCES localities,
  part              boolean NOT NULL,
  on_day            date NOT NULL,
  PRIMARY KEY (from_id, to_id)
);
CREATE INDEX successions_to ON successions (to_id);
CREATE INDEX successions_plan ON successions (reorganisation_id);

-- Facts that happened elsewhere and that a place's readers read from a day on: those whose column holds the id.
CREATE TABLE locality_pasts (
  locality_id       bigint NOT NULL REFERENCES localities,
  past_column       text NOT NULL CHECK (past_column IN ('locality_id', 'province_id', 'district_id', 'commune_id', 'hamlet_id')),
  past_id           bigint NOT NULL REFERENCES localities,
  since             date NOT NULL,
  reorganisation_id uuid NOT NULL REFERENCES reorganisations,
  PRIMARY KEY (locality_id, past_column, past_id)
);
CREATE INDEX locality_pasts_plan ON locality_pasts (reorganisation_id);

-- Assignments that a plan has ended, as they were before, for taking it back.
CREATE TABLE reorganisation_endings (
  reorganisation_id uuid NOT NULL REFERENCES reorganisations,
  assignment_id     bigint NOT NULL REFERENCES assignments,
  was               daterange NOT NULL,
  PRIMARY KEY (reorganisation_id, assignment_id)
);

-- By which plan a version began and ended. "Known" is the time by which facts find the name of their place: a decree that takes effect
-- before it was entered leaves the facts of the days between with the place and the name under which they were noted; a version that never named a fact has none.
ALTER TABLE locality_versions
  ADD COLUMN opened_by uuid REFERENCES reorganisations,
  ADD COLUMN closed_by uuid REFERENCES reorganisations,
  ADD COLUMN known daterange CHECK (NOT isempty(known));
UPDATE locality_versions SET known = valid;
CREATE INDEX locality_versions_opened ON locality_versions (opened_by) WHERE opened_by IS NOT NULL;
CREATE INDEX locality_versions_closed ON locality_versions (closed_by) WHERE closed_by IS NOT NULL;
ALTER TABLE locality_versions ADD CONSTRAINT locality_versions_known_once EXCLUDE USING gist (locality_id WITH =, known WITH &&);

-- +goose StatementBegin
CREATE FUNCTION locality_versions_known() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN -- whoever says nothing about it means the same
  IF TG_OP = 'INSERT' THEN
    NEW.known := coalesce(NEW.known, NEW.valid);
  ELSIF OLD.known = OLD.valid AND NEW.known = OLD.known THEN
    NEW.known := NEW.valid;
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER locality_versions_known BEFORE INSERT OR UPDATE OF valid ON locality_versions FOR EACH ROW EXECUTE FUNCTION locality_versions_known();

-- The place itself where it is there on a day, else the one that follows it; null where none does. Of several that each follow in part it
-- is the first.
-- +goose StatementBegin
CREATE FUNCTION locality_today(place bigint, on_day date) RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  WITH RECURSIVE heirs AS (
    SELECT place AS id, 0 AS depth
    UNION ALL
    SELECT s.to_id, heirs.depth + 1 FROM heirs JOIN successions s ON s.from_id = heirs.id AND s.on_day <= $2
     WHERE heirs.depth < 20 AND NOT EXISTS (SELECT FROM locality_versions v WHERE v.locality_id = heirs.id AND v.valid @> $2)
  )
  SELECT heirs.id FROM heirs JOIN locality_versions v ON v.locality_id = heirs.id AND v.valid @> $2 ORDER BY heirs.depth, heirs.id LIMIT 1
$$;
-- +goose StatementEnd

-- +goose Down
DROP FUNCTION locality_today;
DROP TRIGGER locality_versions_known ON locality_versions;
DROP FUNCTION locality_versions_known;
ALTER TABLE locality_versions DROP CONSTRAINT locality_versions_known_once, DROP COLUMN known, DROP COLUMN closed_by, DROP COLUMN opened_by;
DROP TABLE reorganisation_endings;
DROP TABLE locality_pasts;
DROP TABLE successions;
DROP TABLE reorganisations;
