-- The other kinds of field reports (domain.md section 3). What is common to all kinds stays in columns; what only one kind has is part
-- of its content, which the application describes once and checks.
-- +goose Up
ALTER TABLE reports DROP CONSTRAINT reports_kind_check;
ALTER TABLE reports ADD CONSTRAINT reports_kind_check
  CHECK (kind IN ('situation', 'flash', 'cell_meeting', 'target_progress', 'sponsorship', 'household_visit', 'monthly')) NOT VALID;
ALTER TABLE report_drafts DROP CONSTRAINT report_drafts_kind_check;
ALTER TABLE report_drafts ADD CONSTRAINT report_drafts_kind_check
  CHECK (kind IN ('situation', 'flash', 'cell_meeting', 'target_progress', 'sponsorship', 'household_visit', 'monthly')) NOT VALID;

-- What may be found of a report: the texts that everybody who may read the report may read. The new names stand in no older report, so
-- that the stored words of those stay right.
CREATE OR REPLACE FUNCTION report_text(content jsonb) RETURNS text
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN concat_ws(' | ', content ->> 'what', content ->> 'difficulties', content ->> 'proposals', content ->> 'production',
    content ->> 'order', content ->> 'mood', content ->> 'pressing', content ->> 'policies_heard', content ->> 'policy_reaction',
    content #>> '{organisations,security,remark}', content #>> '{organisations,front,remark}',
    content #>> '{organisations,mass,remark}', content #>> '{organisations,groups,remark}',
    content ->> 'done_so_far', content ->> 'cell', content ->> 'contribution', content ->> 'conclusions', content ->> 'admission_note',
    content ->> 'target', content ->> 'reason_behind', content ->> 'evidence',
    content ->> 'sponsor', content ->> 'quantity', content ->> 'beneficiaries');

-- +goose Down
CREATE OR REPLACE FUNCTION report_text(content jsonb) RETURNS text
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN concat_ws(' | ', content ->> 'what', content ->> 'difficulties', content ->> 'proposals', content ->> 'production',
    content ->> 'order', content ->> 'mood', content ->> 'pressing', content ->> 'policies_heard', content ->> 'policy_reaction',
    content #>> '{organisations,security,remark}', content #>> '{organisations,front,remark}',
    content #>> '{organisations,mass,remark}', content #>> '{organisations,groups,remark}');
ALTER TABLE report_drafts DROP CONSTRAINT report_drafts_kind_check;
ALTER TABLE report_drafts ADD CONSTRAINT report_drafts_kind_check CHECK (kind IN ('situation')) NOT VALID;
ALTER TABLE reports DROP CONSTRAINT reports_kind_check;
ALTER TABLE reports ADD CONSTRAINT reports_kind_check CHECK (kind IN ('situation')) NOT VALID;
