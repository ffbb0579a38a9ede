-- Identity of what people send: one submission id of an author has one effect (architecture.md, "Identity").
-- +goose Up
CREATE TABLE submissions (
  cadre_id      bigint NOT NULL REFERENCES cadres,
  submission_id uuid NOT NULL,
  body_hash     bytea NOT NULL,
  result        text NOT NULL DEFAULT '',
  at            timestamptz NOT NULL,
  PRIMARY KEY (cadre_id, submission_id)
);

-- +goose Down
DROP TABLE submissions;
