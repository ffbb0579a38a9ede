-- Words in the title or number of an issue, without regard to case and diacritics.
-- +goose Up
CREATE INDEX issues_search ON issues USING gin (search_key(coalesce(number, '') || ' ' || title) gin_trgm_ops);

-- +goose Down
DROP INDEX issues_search;
