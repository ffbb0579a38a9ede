-- Files that people attach. Contents lie on disk by their hash; a row says what a content is, who brought it and what it is called. The
-- first kind is the decision of an assignment, a PDF or a photo of it.
-- +goose Up
CREATE TABLE files (
  id      uuid PRIMARY KEY,
  sha256  bytea NOT NULL CHECK (length(sha256) = 32),
  size    int NOT NULL CHECK (size > 0),
  media   text NOT NULL CHECK (media IN ('application/pdf', 'image/jpeg')),
  name    text NOT NULL CHECK (name <> ''),
  made_by bigint NOT NULL REFERENCES cadres,
  made_at timestamptz NOT NULL
);
CREATE INDEX files_sha256 ON files (sha256);
CREATE INDEX files_made ON files (made_at);
ALTER TABLE assignments ADD COLUMN file_id uuid REFERENCES files;
CREATE INDEX assignments_file ON assignments (file_id) WHERE file_id IS NOT NULL;

-- +goose Down
DROP INDEX assignments_file;
ALTER TABLE assignments DROP COLUMN file_id;
DROP TABLE files;
