-- +goose Up
-- The page of a place's assignments shows those taken back, too: an index without them made it read the whole country.
DROP INDEX assignments_locality;
CREATE INDEX assignments_locality ON assignments (locality_id);

-- +goose Down
DROP INDEX assignments_locality;
CREATE INDEX assignments_locality ON assignments (locality_id) WHERE voided_at IS NULL;
