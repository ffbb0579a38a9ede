-- A past ends when what brought it leaves the place again: its facts go with it, and what happened while it was there is found by the
-- place's own column.
-- +goose Up
ALTER TABLE locality_pasts
  ADD COLUMN until date, -- from this day on no more; null while it lasts
  ADD COLUMN ended_by uuid REFERENCES reorganisations,
  ADD CHECK (until >= since),
  ADD CHECK ((until IS NULL) = (ended_by IS NULL)),
  DROP CONSTRAINT locality_pasts_pkey,
  ADD PRIMARY KEY (locality_id, past_column, past_id, since); -- it may come again
CREATE INDEX locality_pasts_ended ON locality_pasts (ended_by) WHERE ended_by IS NOT NULL;

-- +goose Down
DROP INDEX locality_pasts_ended;
DELETE FROM locality_pasts WHERE until IS NOT NULL;
ALTER TABLE locality_pasts
  DROP CONSTRAINT locality_pasts_pkey,
  DROP COLUMN ended_by,
  DROP COLUMN until,
  ADD PRIMARY KEY (locality_id, past_column, past_id);
