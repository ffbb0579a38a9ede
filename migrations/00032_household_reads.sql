-- Who read or changed a household's personal data, when, under which assignment and what for (domain.md section 6). The entry is
-- written before anything is read, in the same transaction: no log, no data. Nobody can change or remove one.
-- +goose Up
CREATE TABLE household_reads (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at            timestamptz NOT NULL,
  cadre_id      bigint NOT NULL REFERENCES cadres,
  assignment_id bigint NOT NULL REFERENCES assignments,
  purpose       text NOT NULL CHECK (purpose IN ('read', 'phone', 'list', 'export', 'change', 'import')),
  locality_id   bigint REFERENCES localities, -- whose register was read; null for one household alone
  households    uuid[] NOT NULL               -- exactly those that were shown
);
CREATE INDEX household_reads_households ON household_reads USING gin (households);
CREATE INDEX household_reads_cadre ON household_reads (cadre_id, at DESC, id DESC);
REVOKE UPDATE, DELETE, TRUNCATE ON household_reads FROM banam_app, banam_worker;

-- +goose Down
DROP TABLE household_reads;
