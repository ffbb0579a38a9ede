-- What the clock does by itself (domain.md section 4, "Clock"): remind a desk, move an issue on when its time is up, close what
-- nobody answered. What waits already is not closed in a burst.
-- +goose Up
ALTER TABLE issues
  ADD COLUMN warn_at    timestamptz, -- when the desk is to be reminded; null once it was, and while the clock stands
  ADD COLUMN lapsed_at  timestamptz, -- when the time was up with nobody above to go to
  ADD COLUMN confirm_by timestamptz; -- when a resolved issue closes by itself
UPDATE issues SET confirm_by = now() + interval '14 days' WHERE state = 'resolved';
CREATE INDEX issues_due ON issues (due_at) WHERE closed_at IS NULL AND lapsed_at IS NULL;
CREATE INDEX issues_warn ON issues (warn_at) WHERE closed_at IS NULL AND warn_at IS NOT NULL;
CREATE INDEX issues_confirm ON issues (confirm_by) WHERE closed_at IS NULL AND confirm_by IS NOT NULL;

-- +goose Down
ALTER TABLE issues DROP COLUMN warn_at, DROP COLUMN lapsed_at, DROP COLUMN confirm_by;
