-- Drafts are saved while they are written. What a draft says about a household then lies in the database longer and oftener than a
-- report's own words, so it gets the second line of access as report_visits have it: a table of its own, of which the database gives
-- each transaction only what belongs to the author named in it. Counts and lists of drafts read report_drafts, which has nothing of it.
-- +goose Up
CREATE TABLE report_draft_visits (
  report_id uuid PRIMARY KEY REFERENCES report_drafts ON DELETE CASCADE, -- sent or thrown away, it goes with its draft
  author_id bigint NOT NULL REFERENCES cadres,
  content   jsonb NOT NULL
);
ALTER TABLE report_draft_visits ENABLE ROW LEVEL SECURITY;
CREATE POLICY report_draft_visits_own ON report_draft_visits USING (
  author_id = (SELECT NULLIF(current_setting('banam.author', true), '')::bigint));
REVOKE TRUNCATE ON report_draft_visits FROM banam_app, banam_worker; -- which asks no policy

INSERT INTO report_draft_visits (report_id, author_id, content)
  SELECT d.report_id, d.author_id, p.content FROM report_drafts d CROSS JOIN LATERAL (
    SELECT jsonb_object_agg(f.key, f.value) AS content FROM jsonb_each(d.form) f
     WHERE f.key IN ('household', 'met', 'circumstances', 'wishes', 'needs', 'promise_1', 'promise_2', 'promise_3', 'promise_due_1', 'promise_due_2', 'promise_due_3')) p
   WHERE p.content IS NOT NULL;
UPDATE report_drafts d SET form = d.form - ARRAY(SELECT jsonb_object_keys(v.content)) FROM report_draft_visits v WHERE v.report_id = d.report_id;

-- Which form saved a draft last by itself, and when by the clock of its device: its own next saving is no conflict, also where the answer
-- to the one before never arrived. Null where a person saved it.
ALTER TABLE report_drafts ADD COLUMN saved_by uuid, ADD COLUMN saved_turn bigint NOT NULL DEFAULT 0;

-- +goose Down
UPDATE report_drafts d SET form = d.form || v.content FROM report_draft_visits v WHERE v.report_id = d.report_id;
ALTER TABLE report_drafts DROP COLUMN saved_by, DROP COLUMN saved_turn;
DROP TABLE report_draft_visits;
