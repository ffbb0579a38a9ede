-- Refusals that PostgreSQL makes itself, so that a transaction's last writes can be sent together with its commit: the
-- SQLSTATE says the kind (BN403 forbidden, BN409 conflict), the constraint name is the key of the message.
-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION refuse_unless(ok boolean, kind text, key text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF NOT coalesce(ok, false) THEN
    RAISE EXCEPTION USING ERRCODE = kind, CONSTRAINT = key, MESSAGE = 'refused';
  END IF;
END $$;
-- +goose StatementEnd

-- +goose Down
DROP FUNCTION refuse_unless;
