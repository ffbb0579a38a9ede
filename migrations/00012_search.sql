-- The search box (domain.md section 8): names as people type them, and the words of reports and issues.
-- +goose Up

-- A text with its diacritics, but not with the place of the tone mark ("Hòa" = "Hoà"): lower case, the tone of each
-- syllable as a digit behind it ("hoa2"), the other marks left on their letters. Ranks exact diacritics first.
CREATE FUNCTION tone_key(t text) RETURNS text
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN normalize(translate(regexp_replace(normalize(lower(normalize(t, NFC) COLLATE "vi-x-icu"), NFD),
    '([\u0300\u0301\u0303\u0309\u0323])([a-zđ\u0302\u0306\u031B]*)', '\2\1', 'g'),
    U&'\0301\0300\0309\0303\0323', '12345'), NFC);

-- The words of a text, each without diacritics and with them, so that both ways of typing find it.
CREATE FUNCTION search_words(t text) RETURNS tsvector
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN to_tsvector('pg_catalog.simple'::regconfig, regexp_replace(search_key(t), '[^a-z0-9]+', ' ', 'g'))
    || to_tsvector('pg_catalog.simple'::regconfig, regexp_replace(tone_key(t), '[^a-z0-9đăâêôơư]+', ' ', 'g'));

-- What may be found of a report: the texts that everybody who may read the report may read.
CREATE FUNCTION report_text(content jsonb) RETURNS text
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN concat_ws(' | ', content ->> 'what', content ->> 'difficulties', content ->> 'proposals', content ->> 'production',
    content ->> 'order', content ->> 'mood', content ->> 'pressing', content ->> 'policies_heard', content ->> 'policy_reaction',
    content #>> '{organisations,security,remark}', content #>> '{organisations,front,remark}',
    content #>> '{organisations,mass,remark}', content #>> '{organisations,groups,remark}');

-- Where a fact belongs, who wrote it and in which month it came, as tokens that no word can be: '@123' a place or ancestor,
-- '~45' the author, '#202002' the month in Asia/Ho_Chi_Minh.
CREATE FUNCTION search_tokens(author bigint, at timestamptz, VARIADIC places bigint[]) RETURNS tsvector
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN array_to_tsvector(string_to_array('@' || array_to_string(places, ' @'), ' ') || ARRAY['~' || author::text,
    '#' || (extract(year FROM at AT TIME ZONE 'Asia/Ho_Chi_Minh') * 100 + extract(month FROM at AT TIME ZONE 'Asia/Ho_Chi_Minh'))::int::text]);

ALTER TABLE locality_versions ADD COLUMN tone_key text GENERATED ALWAYS AS (tone_key(name)) STORED;
ALTER TABLE cadres ADD COLUMN tone_key text GENERATED ALWAYS AS (tone_key(full_name)) STORED;

ALTER TABLE reports ADD COLUMN words tsvector GENERATED ALWAYS AS (
  search_words(report_text(content)) || search_tokens(author_id, received_at, locality_id, province_id, district_id, commune_id, hamlet_id)) STORED;
CREATE INDEX reports_words ON reports USING gin (words);

ALTER TABLE issues ADD COLUMN words tsvector GENERATED ALWAYS AS (
  setweight(search_words(title), 'A') || search_words(description)
    || search_tokens(raiser_id, raised_at, locality_id, province_id, district_id, commune_id, hamlet_id)) STORED;
CREATE INDEX issues_words ON issues USING gin (words);

-- +goose Down
ALTER TABLE issues DROP COLUMN words;
ALTER TABLE reports DROP COLUMN words;
ALTER TABLE cadres DROP COLUMN tone_key;
ALTER TABLE locality_versions DROP COLUMN tone_key;
DROP FUNCTION search_tokens;
DROP FUNCTION report_text;
DROP FUNCTION search_words;
DROP FUNCTION tone_key;
