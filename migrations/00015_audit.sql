-- Who changed what of the administration, under which assignment (quality.md, "Logs"; domain.md section 2). It names the
-- fields that changed and never their values, which may be personal data. Nobody can change or remove an entry.
-- +goose Up
CREATE TABLE audit_entries (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at            timestamptz NOT NULL,
  actor_id      bigint REFERENCES cadres,      -- null where the command line or the software itself did it
  assignment_id bigint REFERENCES assignments, -- under which it was allowed
  locality_id   bigint REFERENCES localities,  -- by whose administrators it can be read
  action        text NOT NULL,                 -- such as assignment.end
  object        text NOT NULL,                 -- such as assignment
  object_id     text NOT NULL,
  fields        text[] NOT NULL DEFAULT '{}'   -- that changed
);
CREATE INDEX audit_entries_locality ON audit_entries (locality_id, at DESC, id DESC);
CREATE INDEX audit_entries_object ON audit_entries (object, object_id, id);
REVOKE UPDATE, DELETE, TRUNCATE ON audit_entries FROM banam_app, banam_worker;

-- +goose Down
DROP TABLE audit_entries;
