-- The application may not delete households. The one exception is an import that is being undone: what it entered and nobody has changed
-- since goes again, all of it or nothing. The function itself reads which households these are.
-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION undo_households(of_import uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  made uuid[];
BEGIN
  PERFORM refuse_unless(EXISTS (SELECT FROM imports WHERE id = of_import AND kind = 'households' AND state = 'undoing'), 'BN409', 'import.moved_on');
  PERFORM refuse_unless(NOT EXISTS (SELECT FROM import_rows WHERE import_id = of_import AND applied AND verdict <> 'new'), 'BN409', 'import.undo_changed');
  SELECT array_agg(object_id::uuid) INTO made FROM import_rows WHERE import_id = of_import AND applied;
  PERFORM FROM households WHERE id = ANY (made) FOR UPDATE;
  PERFORM refuse_unless((SELECT count(*) FROM households WHERE id = ANY (made) AND version = 1 AND closed_on IS NULL) = cardinality(made), 'BN409', 'import.undo_touched');
  DELETE FROM household_classes WHERE household_id = ANY (made);
  DELETE FROM households WHERE id = ANY (made);
END $$;
-- +goose StatementEnd

-- +goose Down
DROP FUNCTION undo_households;
