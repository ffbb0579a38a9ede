-- Who asked to be told of every move of an issue, and who asked to be told only of what is theirs to do.
-- +goose Up
CREATE TABLE issue_follows (
  issue_id uuid NOT NULL REFERENCES issues,
  cadre_id bigint NOT NULL REFERENCES cadres,
  muted    boolean NOT NULL,
  at       timestamptz NOT NULL,
  PRIMARY KEY (issue_id, cadre_id)
);

-- +goose Down
DROP TABLE issue_follows;
