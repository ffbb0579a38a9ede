-- What is open at a place goes from one hand to the next: each assignment that ends has a handover, which the successor confirms
-- (domain.md section 2, "Handover"). What is open is read live until then; the numbers of that moment are kept with it.
-- +goose Up
CREATE TABLE handovers (
  id            uuid PRIMARY KEY,
  assignment_id bigint NOT NULL UNIQUE REFERENCES assignments, -- that ended
  successor_id  bigint REFERENCES assignments,                 -- that goes on with it; null while nobody has followed
  ends_on       date NOT NULL,                                 -- the first day on which the one before does not hold it
  made_at       timestamptz NOT NULL,
  confirmed_at  timestamptz,
  note          text NOT NULL DEFAULT '',                      -- of the successor
  open_issues   int,                                           -- these and the following: when it was confirmed
  overdue       int,
  promised      int,
  drafts        int,                                           -- of the one before, who keeps them
  CHECK (confirmed_at IS NULL OR successor_id IS NOT NULL AND num_nulls(open_issues, overdue, promised, drafts) = 0)
);
CREATE INDEX handovers_successor ON handovers (successor_id) WHERE confirmed_at IS NULL;
CREATE INDEX handovers_made ON handovers (made_at DESC, id DESC);
-- An assignment that ends by itself gets its handover from a job, which looks for those of the last days.
CREATE INDEX assignments_ended ON assignments (upper(period)) WHERE voided_at IS NULL AND NOT upper_inf(period);

-- +goose Down
DROP INDEX assignments_ended;
DROP TABLE handovers;
