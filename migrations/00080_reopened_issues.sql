-- Whether an issue was opened again after it was said to be solved: a queue of the review board.
-- +goose Up
ALTER TABLE issues ADD COLUMN reopened boolean NOT NULL DEFAULT false;
UPDATE issues i SET reopened = true WHERE EXISTS (SELECT FROM issue_events e WHERE e.issue_id = i.id AND e.move = 'reopen');

-- +goose Down
ALTER TABLE issues DROP COLUMN reopened;
