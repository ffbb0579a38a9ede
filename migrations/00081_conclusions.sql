-- Conclusions are listed over all meetings, the last first.
-- +goose Up
CREATE INDEX meeting_items_concluded ON meeting_items (concluded_at DESC, issue_id DESC) WHERE conclusion <> '';

-- +goose Down
DROP INDEX meeting_items_concluded;
