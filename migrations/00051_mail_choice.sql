-- What somebody wants by e-mail, and for which address they said so: where an administrator enters another one, nothing is sent until the
-- person has looked at it. Nothing is sent unasked.
-- +goose Up
ALTER TABLE accounts
  ADD COLUMN mail           text NOT NULL DEFAULT 'none' CHECK (mail IN ('none', 'each', 'digest')),
  ADD COLUMN mail_to        text NOT NULL DEFAULT '', -- the address when it was chosen
  ADD COLUMN mail_since     timestamptz,              -- when it was chosen: what was told before is not sent
  ADD COLUMN mail_failed_at timestamptz,              -- since when letters do not arrive; null when the last one did
  ADD COLUMN mail_failure   text CHECK (mail_failure IN ('address', 'message', 'late')),
  ADD CHECK (mail = 'none' OR mail_to <> '' AND mail_since IS NOT NULL),
  ADD CHECK ((mail_failed_at IS NULL) = (mail_failure IS NULL));

-- +goose Down
ALTER TABLE accounts DROP COLUMN mail, DROP COLUMN mail_to, DROP COLUMN mail_since, DROP COLUMN mail_failed_at, DROP COLUMN mail_failure;
