-- The working calendar and the deadlines are data (domain.md section 4, "Clock").
-- +goose Up
CREATE TABLE working_hours (
  weekday  int NOT NULL CHECK (weekday BETWEEN 1 AND 7), -- 1 is Monday
  starts   time NOT NULL,
  ends     time NOT NULL CHECK (ends > starts),
  PRIMARY KEY (weekday, starts)
);
INSERT INTO working_hours (weekday, starts, ends)
SELECT d, h.starts, h.ends FROM generate_series(1, 5) AS d,
  (VALUES (time '07:00', time '11:00'), (time '13:00', time '17:00')) AS h (starts, ends);

-- Days that differ from their weekday: holidays (working = false) and swapped working days (working = true).
CREATE TABLE special_days (
  day     date PRIMARY KEY,
  working boolean NOT NULL,
  name    text NOT NULL
);

CREATE TABLE deadlines (
  level       text NOT NULL,
  severity    int NOT NULL CHECK (severity BETWEEN 1 AND 3),
  acknowledge int NOT NULL CHECK (acknowledge > 0), -- working minutes from arrival
  act         int NOT NULL CHECK (act > 0),         -- working minutes from arrival
  PRIMARY KEY (level, severity)
);
INSERT INTO deadlines (level, severity, acknowledge, act)
SELECT l, s.severity, 16 * 60, s.act FROM unnest(ARRAY['province', 'district', 'subregion', 'commune', 'hamlet']) AS l,
  (VALUES (1, 40 * 60), (2, 24 * 60), (3, 8 * 60)) AS s (severity, act);

-- +goose Down
DROP TABLE deadlines;
DROP TABLE special_days;
DROP TABLE working_hours;
