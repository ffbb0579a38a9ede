-- Who has told nothing of a month: for each person who owes a report one look at their reports of that month.
-- +goose Up
CREATE INDEX reports_author_happened ON reports (author_id, happened_on);

-- +goose Down
DROP INDEX reports_author_happened;
