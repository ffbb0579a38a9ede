-- Photos and documents that came with a move of an issue: what it looked like when it was raised, and the evidence that it is solved.
-- +goose Up
CREATE TABLE issue_files (
  event_id uuid NOT NULL REFERENCES issue_events,
  position int NOT NULL CHECK (position > 0),
  issue_id uuid NOT NULL REFERENCES issues,
  file_id  uuid NOT NULL REFERENCES files,
  PRIMARY KEY (event_id, position)
);
CREATE INDEX issue_files_file ON issue_files (file_id);
REVOKE UPDATE, DELETE, TRUNCATE ON issue_files FROM banam_app, banam_worker;

-- +goose Down
DROP TABLE issue_files;
