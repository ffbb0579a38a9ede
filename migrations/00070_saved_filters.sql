-- Filters of lists that somebody keeps under a name of their own. They hold what the address of a list says, which is judged at each use like
-- any address; nobody else reads them.
-- +goose Up
CREATE TABLE saved_filters (
  cadre_id bigint NOT NULL REFERENCES cadres,
  list     text NOT NULL CHECK (list IN ('reports')),
  name     text NOT NULL CHECK (name <> '' AND name IS NFC NORMALIZED),
  query    text NOT NULL,
  saved_at timestamptz NOT NULL,
  PRIMARY KEY (cadre_id, list, name)
);
REVOKE TRUNCATE ON saved_filters FROM banam_app;
REVOKE ALL ON saved_filters FROM banam_worker;

-- +goose Down
DROP TABLE saved_filters;
