-- Tier 3 also follows single households (domain.md section 2): such an assignment stands at the household's group and names it. Whoever
-- holds it reads the personal data of that household only; for everything else it counts as one at the group.
-- +goose Up
ALTER TABLE assignments ADD COLUMN household_id uuid REFERENCES households;
CREATE INDEX assignments_household ON assignments (household_id) WHERE household_id IS NOT NULL;
ALTER TABLE assignments DROP CONSTRAINT assignments_once;
ALTER TABLE assignments ADD CONSTRAINT assignments_once EXCLUDE USING gist (
    cadre_id WITH =, post_id WITH =, locality_id WITH =,
    (coalesce(household_id, '00000000-0000-0000-0000-000000000000'::uuid)) WITH =, period WITH &&)
  WHERE (voided_at IS NULL);

-- +goose Down
DELETE FROM assignments WHERE household_id IS NOT NULL;
ALTER TABLE assignments DROP CONSTRAINT assignments_once;
ALTER TABLE assignments DROP COLUMN household_id;
ALTER TABLE assignments ADD CONSTRAINT assignments_once EXCLUDE USING gist (cadre_id WITH =, post_id WITH =, locality_id WITH =, period WITH &&)
  WHERE (voided_at IS NULL);
