-- An author may take a report back until a lead has acknowledged or returned it (domain.md section 3, "Life"). It stays readable, and says
-- that it is over.
-- +goose Up
ALTER TABLE reports DROP CONSTRAINT reports_state_check;
ALTER TABLE reports ADD CONSTRAINT reports_state_check CHECK (state IN ('submitted', 'acknowledged', 'returned', 'withdrawn')) NOT VALID;
ALTER TABLE report_events DROP CONSTRAINT report_events_move_check;
ALTER TABLE report_events ADD CONSTRAINT report_events_move_check
  CHECK (move IN ('acknowledge', 'return', 'amend', 'comment', 'withdraw')) NOT VALID;

-- What was being written to amend it becomes a draft of its own, with what it says about a household.
ALTER TABLE report_draft_visits DROP CONSTRAINT report_draft_visits_report_id_fkey;
ALTER TABLE report_draft_visits ADD CONSTRAINT report_draft_visits_report_id_fkey
  FOREIGN KEY (report_id) REFERENCES report_drafts ON DELETE CASCADE ON UPDATE CASCADE;

-- +goose Down
ALTER TABLE report_draft_visits DROP CONSTRAINT report_draft_visits_report_id_fkey;
ALTER TABLE report_draft_visits ADD CONSTRAINT report_draft_visits_report_id_fkey FOREIGN KEY (report_id) REFERENCES report_drafts ON DELETE CASCADE;
ALTER TABLE report_events DROP CONSTRAINT report_events_move_check;
ALTER TABLE report_events ADD CONSTRAINT report_events_move_check CHECK (move IN ('acknowledge', 'return', 'amend', 'comment')) NOT VALID;
ALTER TABLE reports DROP CONSTRAINT reports_state_check;
ALTER TABLE reports ADD CONSTRAINT reports_state_check CHECK (state IN ('submitted', 'acknowledged', 'returned')) NOT VALID;
