-- +goose Up
-- What was promised to households is passed on, too: how much of it was not done when the successor confirmed.
ALTER TABLE handovers ADD COLUMN owed int;
UPDATE handovers SET owed = 0 WHERE confirmed_at IS NOT NULL;

-- +goose Down
ALTER TABLE handovers DROP COLUMN owed;
