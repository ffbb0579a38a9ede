-- The agencies to which issues are handed (domain.md section 4), with how to reach them. Each serves a place; one that is no more stays, since
-- old moves name it.
-- +goose Up
CREATE TABLE agencies (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  locality_id bigint NOT NULL REFERENCES localities,
  name        text NOT NULL CHECK (name <> '' AND name IS NFC NORMALIZED),
  phone       text NOT NULL DEFAULT '',
  email       text NOT NULL DEFAULT '',
  contact     text NOT NULL DEFAULT '', -- whom to ask for: a department or a post
  retired_at  timestamptz,
  version     int NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX agencies_name ON agencies (locality_id, search_key(name)) WHERE retired_at IS NULL;

-- +goose Down
DROP TABLE agencies;
