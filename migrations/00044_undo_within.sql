-- An import of households is undone only where whoever made it still administers: the function that runs as the owner asks for the
-- places. The one without them is left for a running version of before, and goes with the next change of the schema.
-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION undo_households(of_import uuid, own bigint[], on_day date) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
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

-- +goose Down
DROP FUNCTION undo_households(uuid, bigint[], date);
