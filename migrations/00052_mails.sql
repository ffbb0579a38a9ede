-- Letters to be sent. A letter of a notice is written with the notice, in its transaction, by a trigger: notices come from several statements, and
-- none of them may forget it. Its id is its Message-ID, so that a letter that is sent twice is one letter to who gets it.
-- +goose Up
CREATE TABLE mails (
  id        uuid PRIMARY KEY,
  cadre_id  bigint NOT NULL REFERENCES cadres,
  notice_id uuid UNIQUE REFERENCES notices ON DELETE CASCADE, -- a letter of its own
  digest_on date,                                             -- or all of a day
  made_at   timestamptz NOT NULL,
  queued_at timestamptz, -- when it was given to a job
  done_at   timestamptz,
  outcome   text CHECK (outcome IN ('sent', 'dropped', 'refused', 'given_up')),
  UNIQUE (cadre_id, digest_on),
  CHECK (num_nonnulls(notice_id, digest_on) = 1),
  CHECK ((done_at IS NULL) = (outcome IS NULL))
);
CREATE INDEX mails_waiting ON mails (made_at, id) WHERE queued_at IS NULL;
CREATE INDEX mails_made ON mails (made_at);
-- The letter of a morning in which a notice stands: each stands in one. No reference: letters are forgotten before notices.
ALTER TABLE notices ADD COLUMN digest_id uuid;

-- +goose StatementBegin
CREATE FUNCTION mail_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO mails (id, cadre_id, notice_id, made_at)
  SELECT gen_random_uuid(), told.cadre_id, told.id, told.at FROM told
  JOIN accounts ON accounts.cadre_id = told.cadre_id AND accounts.mail = 'each';
  RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER notices_mail AFTER INSERT ON notices REFERENCING NEW TABLE AS told FOR EACH STATEMENT EXECUTE FUNCTION mail_told();

-- +goose Down
DROP TRIGGER notices_mail ON notices;
DROP FUNCTION mail_told;
ALTER TABLE notices DROP COLUMN digest_id;
DROP TABLE mails;
