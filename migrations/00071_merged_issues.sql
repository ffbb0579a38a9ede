-- Merging of duplicates (domain.md section 4): a merged issue has ended and leads to its survivor, always the last one where that was
-- merged on.
-- +goose Up
ALTER TABLE issues ADD COLUMN merged_into uuid REFERENCES issues;
ALTER TABLE issues DROP CONSTRAINT issues_state_check, DROP CONSTRAINT issues_check1;
ALTER TABLE issues
  ADD CONSTRAINT issues_state_check CHECK (state IN ('new', 'acknowledged', 'in_progress', 'awaiting_info', 'resolved', 'closed', 'declined', 'merged')) NOT VALID,
  ADD CONSTRAINT issues_check1 CHECK ((state IN ('closed', 'declined', 'merged')) = (closed_at IS NOT NULL)) NOT VALID,
  ADD CONSTRAINT issues_merged CHECK ((state = 'merged') = (merged_into IS NOT NULL)) NOT VALID;
ALTER TABLE issues VALIDATE CONSTRAINT issues_state_check;
ALTER TABLE issues VALIDATE CONSTRAINT issues_check1;
ALTER TABLE issues VALIDATE CONSTRAINT issues_merged;
CREATE INDEX issues_merged ON issues (merged_into) WHERE merged_into IS NOT NULL;

-- +goose Down
UPDATE issues SET state = 'declined', merged_into = NULL WHERE state = 'merged';
DROP INDEX issues_merged;
ALTER TABLE issues DROP CONSTRAINT issues_merged, DROP CONSTRAINT issues_state_check, DROP CONSTRAINT issues_check1, DROP COLUMN merged_into;
ALTER TABLE issues
  ADD CONSTRAINT issues_state_check CHECK (state IN ('new', 'acknowledged', 'in_progress', 'awaiting_info', 'resolved', 'closed', 'declined')),
  ADD CONSTRAINT issues_check1 CHECK ((state IN ('closed', 'declined')) = (closed_at IS NOT NULL));
