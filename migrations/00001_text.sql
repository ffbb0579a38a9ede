-- Text: search keys ignore case and diacritics (domain.md section 8). unaccent also folds đ to d.
-- +goose Up
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gist;

-- +goose StatementBegin
CREATE FUNCTION search_key(t text) RETURNS text
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN lower(public.unaccent('public.unaccent'::regdictionary, normalize(t, NFC)));
-- +goose StatementEnd

-- What this database is: a demo database carries a mark, so that it is refused outside demo mode.
CREATE TABLE installation (
  key   text PRIMARY KEY,
  value text NOT NULL
);

-- +goose Down
DROP TABLE installation;
DROP FUNCTION search_key;
