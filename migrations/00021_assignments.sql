-- What administrators note when they assign people and keep the register of cadres (domain.md section 2).
-- +goose Up
ALTER TABLE assignments
  ADD COLUMN recorded_at timestamptz; -- when it was entered; null for those of before: a mistake can be voided on that day only

-- Under which place a person was entered: its administrators, and those above, keep the person's data while nothing is held.
ALTER TABLE cadres
  ADD COLUMN home_id         bigint REFERENCES localities,
  ADD COLUMN disabled_reason text NOT NULL DEFAULT '';
CREATE INDEX cadres_home ON cadres (home_id);
CREATE INDEX cadres_by_name ON cadres (given_name COLLATE "vi-x-icu", full_name COLLATE "vi-x-icu", id);

-- +goose Down
DROP INDEX cadres_by_name;
ALTER TABLE cadres DROP COLUMN disabled_reason, DROP COLUMN home_id;
ALTER TABLE assignments DROP COLUMN recorded_at;
