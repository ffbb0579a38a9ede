-- Places: a surrogate id, and dated versions for code, name, type and parent (domain.md section 1).
-- +goose Up
CREATE TABLE localities (
  id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  level text NOT NULL CHECK (level IN ('province', 'district', 'subregion', 'commune', 'hamlet', 'group')),
  UNIQUE (id, level)
);

CREATE TABLE locality_versions (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  locality_id bigint NOT NULL REFERENCES localities,
  parent_id   bigint REFERENCES localities CHECK (parent_id <> locality_id),
  code        text CHECK (code <> ''),
  type        text NOT NULL CHECK (type <> ''),
  name        text NOT NULL CHECK (name <> '' AND name IS NFC NORMALIZED),
  legal_basis text NOT NULL DEFAULT '',
  valid       daterange NOT NULL CHECK (NOT isempty(valid)),
  search_key  text GENERATED ALWAYS AS (search_key(name)) STORED,
  EXCLUDE USING gist (locality_id WITH =, valid WITH &&)
);
CREATE INDEX locality_versions_parent ON locality_versions (parent_id);
CREATE INDEX locality_versions_search ON locality_versions USING gin (search_key gin_trgm_ops);
-- A statistics code belongs to one place at a time, but may be used again later.
CREATE INDEX locality_versions_code ON locality_versions (code) WHERE code IS NOT NULL;
ALTER TABLE locality_versions ADD CONSTRAINT locality_versions_code_once
  EXCLUDE USING gist (code WITH =, valid WITH &&) WHERE (code IS NOT NULL);

-- The chain of a place on a day: itself (depth 0), then its nearest existing ancestors upward.
-- +goose StatementBegin
CREATE FUNCTION locality_chain(start bigint, on_day date)
RETURNS TABLE (depth int, locality_id bigint, level text, type text, name text, code text)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  WITH RECURSIVE up AS (
    SELECT 0 AS depth, v.locality_id, v.parent_id, v.type, v.name, v.code
      FROM locality_versions v WHERE v.locality_id = start AND v.valid @> on_day
    UNION ALL
    SELECT up.depth + 1, v.locality_id, v.parent_id, v.type, v.name, v.code
      FROM up JOIN locality_versions v ON v.locality_id = up.parent_id AND v.valid @> on_day
     WHERE up.depth < 10
  )
  SELECT up.depth, up.locality_id, l.level, up.type, up.name, up.code
    FROM up JOIN localities l ON l.id = up.locality_id
$$;
-- +goose StatementEnd

-- +goose Down
DROP FUNCTION locality_chain;
DROP TABLE locality_versions;
DROP TABLE localities;
