-- What an import changed in households that were there is kept until its rows are deleted, so that the last list can be taken back whole. It is
-- personal data: the application can have it kept and put back, by the functions below, and can neither read nor change it.
-- +goose Up
CREATE TABLE household_undo (
  import_id    uuid NOT NULL REFERENCES imports,
  household_id uuid NOT NULL REFERENCES households ON DELETE CASCADE,
  version      int NOT NULL, -- before the import
  members      int NOT NULL,
  workers      int NOT NULL,
  livelihood   text NOT NULL,
  phone        text NOT NULL,
  classes      jsonb NOT NULL, -- rows of household_classes
  PRIMARY KEY (import_id, household_id)
);
CREATE INDEX household_undo_household ON household_undo (household_id);
REVOKE ALL ON household_undo FROM banam_app, banam_worker;

-- +goose StatementBegin
CREATE FUNCTION keep_households(of_import uuid, ids uuid[]) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  INSERT INTO household_undo (import_id, household_id, version, members, workers, livelihood, phone, classes)
  SELECT i.id, h.id, h.version, h.members, h.workers, h.livelihood, h.phone,
    coalesce((SELECT jsonb_agg(to_jsonb(c)) FROM household_classes c WHERE c.household_id = h.id), '[]')
    FROM imports i JOIN households h ON h.id = ANY (ids) WHERE i.id = of_import AND i.kind = 'households' AND i.state = 'running'
  ON CONFLICT DO NOTHING
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION undo_households(of_import uuid, own bigint[], on_day date) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  made uuid[];
  changed uuid[];
  places bigint[];
BEGIN
  PERFORM refuse_unless(EXISTS (SELECT FROM imports WHERE id = of_import AND kind = 'households' AND state = 'undoing'), 'BN409', 'import.moved_on');
  SELECT array_agg(DISTINCT object_id::uuid) FILTER (WHERE verdict = 'new'), array_agg(DISTINCT object_id::uuid) FILTER (WHERE verdict <> 'new')
    INTO made, changed FROM import_rows WHERE import_id = of_import AND applied;
  made := coalesce(made, '{}');
  changed := coalesce(changed, '{}');
  PERFORM refuse_unless((SELECT count(*) FROM household_undo WHERE import_id = of_import AND household_id = ANY (changed)) = cardinality(changed), 'BN409', 'import.undo_changed');
  PERFORM FROM households WHERE id = ANY (made || changed) ORDER BY id FOR UPDATE;
  PERFORM refuse_unless((SELECT count(*) FROM households WHERE id = ANY (made) AND version = 1 AND closed_on IS NULL) = cardinality(made)
    AND (SELECT count(*) FROM households h JOIN household_undo u ON u.household_id = h.id AND u.import_id = of_import
      WHERE h.id = ANY (changed) AND h.version = u.version + 1 AND h.closed_on IS NULL) = cardinality(changed), 'BN409', 'import.undo_touched');
  SELECT array_agg(DISTINCT locality_id) INTO places FROM households WHERE id = ANY (made || changed);
  PERFORM refuse_unless(NOT EXISTS (SELECT FROM unnest(places) p (id)
    WHERE NOT EXISTS (SELECT FROM locality_chain(p.id, on_day) ch WHERE ch.locality_id = ANY (own))), 'BN409', 'import.undo_no_right');
  UPDATE households h SET members = u.members, workers = u.workers, livelihood = u.livelihood, phone = u.phone, version = h.version + 1
    FROM household_undo u WHERE u.import_id = of_import AND u.household_id = h.id AND h.id = ANY (changed);
  DELETE FROM household_classes WHERE household_id = ANY (made || changed);
  INSERT INTO household_classes (id, household_id, locality_id, class, scale, period, decision, ended_reason) OVERRIDING SYSTEM VALUE
  SELECT c.id, c.household_id, h.locality_id, c.class, c.scale, c.period, c.decision, c.ended_reason
    FROM household_undo u JOIN households h ON h.id = u.household_id CROSS JOIN LATERAL jsonb_populate_recordset(NULL::household_classes, u.classes) c
   WHERE u.import_id = of_import AND u.household_id = ANY (changed);
  DELETE FROM households WHERE id = ANY (made);
  IF places IS NOT NULL THEN
    PERFORM recount_households(places, on_day);
  END IF;
END $$;
-- +goose StatementEnd

-- It goes with the rows of its import.
-- +goose StatementBegin
CREATE FUNCTION forget_household_undo() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  DELETE FROM household_undo WHERE import_id = NEW.id;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER forget_household_undo AFTER UPDATE OF purged_at ON imports FOR EACH ROW WHEN (NEW.purged_at IS NOT NULL) EXECUTE FUNCTION forget_household_undo();

-- +goose Down
DROP TRIGGER forget_household_undo ON imports;
DROP FUNCTION forget_household_undo;
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION undo_households(of_import uuid, own bigint[], on_day date) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  made uuid[];
BEGIN
  PERFORM refuse_unless(EXISTS (SELECT FROM imports WHERE id = of_import AND kind = 'households' AND state = 'undoing'), 'BN409', 'import.moved_on');
  PERFORM refuse_unless(NOT EXISTS (SELECT FROM import_rows WHERE import_id = of_import AND applied AND verdict <> 'new'), 'BN409', 'import.undo_changed');
  SELECT array_agg(object_id::uuid) INTO made FROM import_rows WHERE import_id = of_import AND applied;
  PERFORM FROM households WHERE id = ANY (made) FOR UPDATE;
  PERFORM refuse_unless((SELECT count(*) FROM households WHERE id = ANY (made) AND version = 1 AND closed_on IS NULL) = cardinality(made), 'BN409', 'import.undo_touched');
  PERFORM refuse_unless(NOT EXISTS (SELECT FROM (SELECT DISTINCT locality_id FROM households WHERE id = ANY (made)) h
    WHERE NOT EXISTS (SELECT FROM locality_chain(h.locality_id, on_day) ch WHERE ch.locality_id = ANY (own))), 'BN409', 'import.undo_no_right');
  DELETE FROM household_classes WHERE household_id = ANY (made);
  DELETE FROM households WHERE id = ANY (made);
END $$;
-- +goose StatementEnd
DROP FUNCTION keep_households;
DROP TABLE household_undo;
