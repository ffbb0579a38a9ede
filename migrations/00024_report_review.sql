-- What happens to a report after it was first sent (domain.md section 3, "Life"): it is acknowledged or returned, amended and
-- talked about. Every such thing is one event that never changes; the sequence is the version of the report after it.
-- +goose Up
CREATE TABLE report_events (
  report_id     uuid NOT NULL REFERENCES reports,
  seq           int NOT NULL CHECK (seq > 1),
  move          text NOT NULL CHECK (move IN ('acknowledge', 'return', 'amend', 'comment')),
  number        int NOT NULL CHECK (number > 0),  -- of the version of the text
  actor_id      bigint NOT NULL REFERENCES cadres,
  assignment_id bigint REFERENCES assignments,    -- null for an author who holds nothing any more
  at            timestamptz NOT NULL,
  usefulness    smallint CHECK (usefulness BETWEEN 1 AND 3),
  reason        text NOT NULL DEFAULT '' CHECK (reason IS NFC NORMALIZED),
  PRIMARY KEY (report_id, seq),
  CHECK ((move = 'acknowledge') = (usefulness IS NOT NULL)),
  CHECK (reason <> '' OR move IN ('acknowledge', 'amend'))
);
REVOKE UPDATE, DELETE, TRUNCATE ON report_events FROM banam_app, banam_worker;

ALTER TABLE reports ADD COLUMN usefulness smallint CHECK (usefulness BETWEEN 1 AND 3); -- of the acknowledgement; null until then
CREATE INDEX reports_waiting ON reports (desk_id, received_at, id) WHERE state = 'submitted';
CREATE INDEX reports_returned ON reports (author_id, received_at, id) WHERE state = 'returned';

-- Where a version says that it happened: an amendment may mend the place, too.
ALTER TABLE report_versions ADD COLUMN locality_id bigint REFERENCES localities;
UPDATE report_versions v SET locality_id = r.locality_id FROM reports r WHERE r.id = v.report_id;

-- The version of the sent report that a draft amends; zero for a report that was not sent yet.
ALTER TABLE report_drafts ADD COLUMN base int NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE report_drafts DROP COLUMN base;
ALTER TABLE report_versions DROP COLUMN locality_id;
DROP INDEX reports_returned;
DROP INDEX reports_waiting;
ALTER TABLE reports DROP COLUMN usefulness;
DROP TABLE report_events;
