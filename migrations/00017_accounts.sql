-- Accounts from the first password to the last device (quality.md, "Sign-in and sessions").
-- +goose Up

-- A one-time password stands beside the person's own, which is '' until they have chosen one. It is random with 80 bits, so
-- that a plain SHA-256 is enough for it: see app.newOneTime.
ALTER TABLE accounts
  ADD COLUMN created_at          timestamptz NOT NULL DEFAULT now(),
  ADD COLUMN password_changed_at timestamptz,
  ADD COLUMN one_time_hash       bytea,
  ADD COLUMN one_time_kind       text CHECK (one_time_kind IN ('first', 'reset')),
  ADD COLUMN one_time_until      timestamptz,
  ADD CONSTRAINT accounts_one_time CHECK (num_nulls(one_time_hash, one_time_kind, one_time_until) IN (0, 3));

-- Whose session it is and on which browser, so that people see their devices and can end them.
ALTER TABLE sessions
  ADD COLUMN id         bigint GENERATED ALWAYS AS IDENTITY,
  ADD COLUMN account_id bigint REFERENCES accounts,
  ADD COLUMN agent      text NOT NULL DEFAULT '',
  ADD COLUMN created_at timestamptz NOT NULL DEFAULT now();
-- Nobody knows any more whose the open ones are, so that a changed password could not end them: all sign in once more.
UPDATE sessions SET ended_at = now(), data = '' WHERE ended_at IS NULL;
CREATE INDEX sessions_account ON sessions (account_id) WHERE ended_at IS NULL;

-- Sign-ins that succeeded, for the person to look through; the sweep forgets them after a year.
CREATE TABLE sign_ins (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account_id bigint NOT NULL REFERENCES accounts,
  at         timestamptz NOT NULL,
  agent      text NOT NULL DEFAULT '',
  one_time   boolean NOT NULL DEFAULT false
);
CREATE INDEX sign_ins_account ON sign_ins (account_id, at DESC, id DESC);
CREATE INDEX sign_ins_at ON sign_ins (at);

-- +goose Down
DROP TABLE sign_ins;
ALTER TABLE sessions DROP COLUMN created_at, DROP COLUMN agent, DROP COLUMN account_id, DROP COLUMN id;
ALTER TABLE accounts DROP CONSTRAINT accounts_one_time, DROP COLUMN one_time_until, DROP COLUMN one_time_kind,
  DROP COLUMN one_time_hash, DROP COLUMN password_changed_at, DROP COLUMN created_at;
