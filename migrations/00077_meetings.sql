-- Meetings at which issues are decided (domain.md section 4, "Review board"): an agenda in order with the minutes of each issue, and what was
-- concluded. The conclusion itself is an event of the issue; the item keeps the latest one, so that an agenda shows what became of it.
-- +goose Up
CREATE TABLE meetings (
  id            uuid PRIMARY KEY,
  locality_id   bigint NOT NULL REFERENCES localities, -- the desk whose meeting it is
  title         text NOT NULL CHECK (title <> '' AND title IS NFC NORMALIZED),
  place         text NOT NULL DEFAULT '',
  held_at       timestamptz NOT NULL,
  made_by       bigint NOT NULL REFERENCES cadres,
  assignment_id bigint NOT NULL REFERENCES assignments,
  made_at       timestamptz NOT NULL,
  cancelled_at  timestamptz,
  version       int NOT NULL DEFAULT 1
);
CREATE INDEX meetings_locality ON meetings (locality_id, held_at DESC, id DESC);

CREATE TABLE meeting_items (
  meeting_id   uuid NOT NULL REFERENCES meetings,
  issue_id     uuid NOT NULL REFERENCES issues,
  position     int NOT NULL CHECK (position > 0),
  minutes      int NOT NULL CHECK (minutes BETWEEN 1 AND 480),
  conclusion   text NOT NULL DEFAULT '',
  due_on       date,
  concluded_at timestamptz,
  added_by     bigint NOT NULL REFERENCES cadres,
  PRIMARY KEY (meeting_id, issue_id),
  CHECK ((concluded_at IS NOT NULL) = (conclusion <> ''))
);
CREATE INDEX meeting_items_issue ON meeting_items (issue_id);

-- +goose Down
DROP TABLE meeting_items;
DROP TABLE meetings;
