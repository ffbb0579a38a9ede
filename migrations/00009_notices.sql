-- What people are told in the application. event_key makes a notice of one event to one person unique, so that a job that
-- runs twice tells once.
-- +goose Up
CREATE TABLE notices (
  id        uuid PRIMARY KEY,
  cadre_id  bigint NOT NULL REFERENCES cadres,
  event_key text NOT NULL,
  kind      text NOT NULL,
  args      jsonb NOT NULL DEFAULT '{}',
  issue_id  uuid REFERENCES issues,
  report_id uuid REFERENCES reports,
  at        timestamptz NOT NULL,
  seen_at   timestamptz,
  UNIQUE (cadre_id, event_key)
);
CREATE INDEX notices_cadre ON notices (cadre_id, at DESC, id DESC);
CREATE INDEX notices_unseen ON notices (cadre_id) WHERE seen_at IS NULL;

-- +goose Down
DROP TABLE notices;
