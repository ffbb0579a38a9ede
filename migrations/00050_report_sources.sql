-- From which reports a monthly report was put together (domain.md section 3). The database picks them when it is sent, so that nobody can
-- name reports that are not their own; the texts of the month become findable.
-- +goose Up
CREATE TABLE report_sources (
  report_id uuid NOT NULL,
  number    int NOT NULL, -- the version of the monthly report
  source_id uuid NOT NULL REFERENCES reports CHECK (source_id <> report_id),
  PRIMARY KEY (report_id, number, source_id),
  FOREIGN KEY (report_id, number) REFERENCES report_versions
);
REVOKE UPDATE, DELETE, TRUNCATE ON report_sources FROM banam_app, banam_worker;

CREATE OR REPLACE FUNCTION report_text(content jsonb) RETURNS text
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN concat_ws(' | ', content ->> 'what', content ->> 'difficulties', content ->> 'proposals', content ->> 'production',
    content ->> 'order', content ->> 'mood', content ->> 'pressing', content ->> 'policies_heard', content ->> 'policy_reaction',
    content #>> '{organisations,security,remark}', content #>> '{organisations,front,remark}',
    content #>> '{organisations,mass,remark}', content #>> '{organisations,groups,remark}',
    content ->> 'done_so_far', content ->> 'cell', content ->> 'contribution', content ->> 'conclusions', content ->> 'admission_note',
    content ->> 'target', content ->> 'reason_behind', content ->> 'evidence',
    content ->> 'sponsor', content ->> 'quantity', content ->> 'beneficiaries', content ->> 'promised', content ->> 'next_month');

-- +goose Down
CREATE OR REPLACE FUNCTION report_text(content jsonb) RETURNS text
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN concat_ws(' | ', content ->> 'what', content ->> 'difficulties', content ->> 'proposals', content ->> 'production',
    content ->> 'order', content ->> 'mood', content ->> 'pressing', content ->> 'policies_heard', content ->> 'policy_reaction',
    content #>> '{organisations,security,remark}', content #>> '{organisations,front,remark}',
    content #>> '{organisations,mass,remark}', content #>> '{organisations,groups,remark}',
    content ->> 'done_so_far', content ->> 'cell', content ->> 'contribution', content ->> 'conclusions', content ->> 'admission_note',
    content ->> 'target', content ->> 'reason_behind', content ->> 'evidence',
    content ->> 'sponsor', content ->> 'quantity', content ->> 'beneficiaries');
DROP TABLE report_sources;
