-- Field reports (domain.md section 3). A draft is a row of its own until it is sent, so that no list of reports can show
-- one by mistake. A report keeps the ancestors of its place of the day it happened.
-- +goose Up
CREATE TABLE report_drafts (
  report_id  uuid PRIMARY KEY,
  author_id  bigint NOT NULL REFERENCES cadres,
  kind       text NOT NULL CHECK (kind IN ('situation')),
  form       jsonb NOT NULL,
  version    int NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL
);
CREATE INDEX report_drafts_author ON report_drafts (author_id, updated_at DESC);

CREATE TABLE reports (
  id            uuid PRIMARY KEY,
  author_id     bigint NOT NULL REFERENCES cadres,
  assignment_id bigint NOT NULL REFERENCES assignments,
  kind          text NOT NULL CHECK (kind IN ('situation')),
  happened_on   date NOT NULL,
  locality_id   bigint NOT NULL REFERENCES localities,
  province_id   bigint REFERENCES localities,
  district_id   bigint REFERENCES localities,
  commune_id    bigint REFERENCES localities,
  hamlet_id     bigint REFERENCES localities,
  state         text NOT NULL CHECK (state IN ('submitted', 'acknowledged', 'returned')),
  desk_id       bigint REFERENCES localities,
  summary       text NOT NULL,
  content       jsonb NOT NULL,
  number        int NOT NULL DEFAULT 1,
  version       int NOT NULL DEFAULT 1,
  received_at   timestamptz NOT NULL,
  CHECK (locality_id IS NOT NULL AND summary IS NFC NORMALIZED)
);
CREATE INDEX reports_author ON reports (author_id, received_at DESC, id DESC);
CREATE INDEX reports_locality ON reports (locality_id, received_at DESC, id DESC);
CREATE INDEX reports_province ON reports (province_id, received_at DESC, id DESC);
CREATE INDEX reports_district ON reports (district_id, received_at DESC, id DESC);
CREATE INDEX reports_commune ON reports (commune_id, received_at DESC, id DESC);
CREATE INDEX reports_hamlet ON reports (hamlet_id, received_at DESC, id DESC);

-- Every sending is a numbered version that never changes again.
CREATE TABLE report_versions (
  report_id     uuid NOT NULL REFERENCES reports,
  number        int NOT NULL CHECK (number > 0),
  submission_id uuid NOT NULL,
  happened_on   date NOT NULL,
  content       jsonb NOT NULL,
  sent_at       timestamptz NOT NULL,
  PRIMARY KEY (report_id, number)
);
REVOKE UPDATE, DELETE, TRUNCATE ON report_versions FROM banam_app, banam_worker;

-- +goose Down
DROP TABLE report_versions;
DROP TABLE reports;
DROP TABLE report_drafts;
