-- Accounts, sessions and the throttle of sign-in (quality.md, "Sign-in and sessions").
-- +goose Up
CREATE TABLE accounts (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  cadre_id      bigint NOT NULL UNIQUE REFERENCES cadres,
  login         text NOT NULL UNIQUE CHECK (login = lower(login) AND login <> ''),
  password_hash text NOT NULL,
  language      text NOT NULL DEFAULT 'vi' CHECK (language IN ('vi', 'en')),
  disabled_at   timestamptz,
  signed_in_at  timestamptz
);

-- A session that has ended stays as a tombstone until it would have expired, so that a request in flight cannot revive it.
CREATE TABLE sessions (
  token_hash bytea PRIMARY KEY,
  data       bytea NOT NULL,
  expires_at timestamptz NOT NULL,
  seen_at    timestamptz NOT NULL DEFAULT now(),
  ended_at   timestamptz
);
CREATE INDEX sessions_expiry ON sessions (expires_at);

-- A device on which an account has signed in before keeps a throttle of its own.
CREATE TABLE known_devices (
  token_hash bytea NOT NULL,
  account_id bigint NOT NULL REFERENCES accounts,
  seen_at    timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (token_hash, account_id)
);

CREATE TABLE sign_in_throttles (
  bucket     text PRIMARY KEY,
  failures   int NOT NULL,
  open_again timestamptz NOT NULL
);

-- +goose Down
DROP TABLE sign_in_throttles;
DROP TABLE known_devices;
DROP TABLE sessions;
DROP TABLE accounts;
