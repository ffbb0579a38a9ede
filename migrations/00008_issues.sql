-- Issues (domain.md section 4): an origin that never changes, a desk that changes only by an event.
-- +goose Up
CREATE TABLE work_fields (
  code     text PRIMARY KEY,
  name_vi  text NOT NULL,
  name_en  text NOT NULL,
  position int NOT NULL,
  retired  boolean NOT NULL DEFAULT false
);
INSERT INTO work_fields (code, name_vi, name_en, position) VALUES
  ('roads', 'Giao thông nông thôn', 'Rural roads', 10),
  ('water_control', 'Thủy lợi, đê điều, xâm nhập mặn', 'Irrigation, dykes, salinity', 20),
  ('utilities', 'Điện, nước sinh hoạt', 'Electricity and household water', 30),
  ('agriculture', 'Nông nghiệp, thủy sản', 'Agriculture and fisheries', 40),
  ('land', 'Đất đai, môi trường', 'Land and environment', 50),
  ('education', 'Giáo dục', 'Education', 60),
  ('health', 'Y tế', 'Health', 70),
  ('welfare', 'An sinh xã hội, giảm nghèo', 'Social welfare and poverty reduction', 80),
  ('jobs', 'Việc làm, vay vốn', 'Jobs and credit', 90),
  ('order', 'An ninh, trật tự', 'Security and order', 100),
  ('culture', 'Đời sống văn hóa', 'Culture', 110),
  ('organisation', 'Tổ chức, hệ thống chính trị cơ sở', 'Grass-roots organisations', 120),
  ('other', 'Lĩnh vực khác', 'Other', 130);

-- A series of numbers belongs to a desk area and a time: BĐ-2020-000123.
CREATE TABLE issue_series (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  prefix      text NOT NULL UNIQUE,
  locality_id bigint NOT NULL REFERENCES localities,
  valid       daterange NOT NULL,
  EXCLUDE USING gist (locality_id WITH =, valid WITH &&)
);
CREATE TABLE issue_counters (
  series_id bigint NOT NULL REFERENCES issue_series,
  year      int NOT NULL,
  last      int NOT NULL,
  PRIMARY KEY (series_id, year)
);

CREATE TABLE issues (
  id             uuid PRIMARY KEY,
  number         text UNIQUE,
  title          text NOT NULL CHECK (title <> '' AND title IS NFC NORMALIZED),
  description    text NOT NULL CHECK (description IS NFC NORMALIZED),
  field          text NOT NULL REFERENCES work_fields,
  severity       int NOT NULL CHECK (severity BETWEEN 1 AND 3),
  locality_id    bigint NOT NULL REFERENCES localities,
  province_id    bigint REFERENCES localities,
  district_id    bigint REFERENCES localities,
  commune_id     bigint REFERENCES localities,
  hamlet_id      bigint REFERENCES localities,
  raiser_id      bigint NOT NULL REFERENCES cadres,
  assignment_id  bigint NOT NULL REFERENCES assignments,
  raised_at      timestamptz NOT NULL,
  state          text NOT NULL CHECK (state IN ('new', 'acknowledged', 'in_progress', 'awaiting_info', 'resolved', 'closed', 'declined')),
  desk_id        bigint NOT NULL REFERENCES localities,
  arrived_at     timestamptz NOT NULL,               -- at the present desk
  acknowledge_by timestamptz,
  due_at         timestamptz,                        -- null while the clock stands
  left_minutes   int,                                -- working minutes left while the clock stands
  asked_id       bigint REFERENCES cadres,           -- who owes information
  resume_state   text,                               -- the state to return to after the answer
  agency         text NOT NULL DEFAULT '',
  agency_due_on  date,
  instruction_due_on date,
  resolver_id    bigint REFERENCES cadres,
  outcome        text NOT NULL DEFAULT '',           -- what was done
  evidence       text NOT NULL DEFAULT '',
  appealed       boolean NOT NULL DEFAULT false,     -- the raiser has used the one escalation after a decline
  passed_desk    boolean NOT NULL DEFAULT false,     -- it has left its first desk upward: a bottleneck
  closed_at      timestamptz,
  version        int NOT NULL DEFAULT 1,
  CHECK ((state = 'awaiting_info') = (asked_id IS NOT NULL)),
  CHECK ((state IN ('closed', 'declined')) = (closed_at IS NOT NULL))
);
CREATE INDEX issues_locality ON issues (locality_id, raised_at DESC, id DESC);
CREATE INDEX issues_province ON issues (province_id, raised_at DESC, id DESC);
CREATE INDEX issues_district ON issues (district_id, raised_at DESC, id DESC);
CREATE INDEX issues_commune ON issues (commune_id, raised_at DESC, id DESC);
CREATE INDEX issues_hamlet ON issues (hamlet_id, raised_at DESC, id DESC);
CREATE INDEX issues_raiser ON issues (raiser_id, raised_at DESC, id DESC);
CREATE INDEX issues_desk_open ON issues (desk_id, severity DESC, due_at, id) WHERE closed_at IS NULL;
CREATE INDEX issues_province_open ON issues (province_id, severity DESC, due_at, id) WHERE closed_at IS NULL;
CREATE INDEX issues_district_open ON issues (district_id, severity DESC, due_at, id) WHERE closed_at IS NULL;
CREATE INDEX issues_commune_open ON issues (commune_id, severity DESC, due_at, id) WHERE closed_at IS NULL;
CREATE INDEX issues_hamlet_open ON issues (hamlet_id, severity DESC, due_at, id) WHERE closed_at IS NULL;
CREATE INDEX issues_locality_open ON issues (locality_id, severity DESC, due_at, id) WHERE closed_at IS NULL;
CREATE INDEX issues_asked ON issues (asked_id) WHERE asked_id IS NOT NULL;

CREATE TABLE issue_reports (
  issue_id  uuid NOT NULL REFERENCES issues,
  report_id uuid NOT NULL REFERENCES reports,
  PRIMARY KEY (issue_id, report_id)
);
CREATE INDEX issue_reports_report ON issue_reports (report_id);

-- Every move is one event that never changes. actor_id is null where the software itself moved the issue.
CREATE TABLE issue_events (
  id            uuid PRIMARY KEY,
  issue_id      uuid NOT NULL REFERENCES issues,
  seq           int NOT NULL CHECK (seq > 0),
  move          text NOT NULL,
  at            timestamptz NOT NULL,
  actor_id      bigint REFERENCES cadres,
  assignment_id bigint REFERENCES assignments,
  from_state    text NOT NULL,
  to_state      text NOT NULL,
  from_desk_id  bigint REFERENCES localities,
  to_desk_id    bigint NOT NULL REFERENCES localities,
  reason        text NOT NULL DEFAULT '',
  detail        jsonb NOT NULL DEFAULT '{}',
  UNIQUE (issue_id, seq)
);
REVOKE UPDATE, DELETE, TRUNCATE ON issue_events FROM banam_app, banam_worker;

-- +goose Down
DROP TABLE issue_events;
DROP TABLE issue_reports;
DROP TABLE issues;
DROP TABLE issue_counters;
DROP TABLE issue_series;
DROP TABLE work_fields;
