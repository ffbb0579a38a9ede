-- The register of households (domain.md section 6): bound to its purpose, so no ethnicity, religion, health or images. A
-- household belongs to a group and moves with it: whoever reaches the group today reaches the household.
-- +goose Up

-- What two spellings of a name or an address have in common: letters and digits, single spaces.
CREATE FUNCTION plain_key(t text) RETURNS text
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN trim(BOTH ' ' FROM regexp_replace(search_key(t), '[^a-z0-9]+', ' ', 'g'));

CREATE TABLE households (
  id            uuid PRIMARY KEY, -- version 4: it says nothing about when the household was entered
  locality_id   bigint NOT NULL,
  level         text NOT NULL DEFAULT 'group' CHECK (level = 'group'),
  number        int NOT NULL CHECK (number > 0), -- within the group, for those who may choose a household and not know whose it is
  head          text NOT NULL CHECK (head <> '' AND head IS NFC NORMALIZED),
  given_name    text GENERATED ALWAYS AS (substring(head FROM '[^ ]+$')) STORED,
  address       text NOT NULL DEFAULT '' CHECK (address IS NFC NORMALIZED),
  members       int NOT NULL CHECK (members BETWEEN 1 AND 50),
  workers       int NOT NULL CHECK (workers BETWEEN 0 AND members),
  livelihood    text NOT NULL DEFAULT '' CHECK (livelihood IS NFC NORMALIZED),
  phone         text NOT NULL DEFAULT '',
  version       int NOT NULL DEFAULT 1,
  entered_at    timestamptz NOT NULL,
  closed_on     date, -- from this day on it is no household of the register
  closed_as     text CHECK (closed_as IN ('moved_away', 'merged')),
  closed_reason text NOT NULL DEFAULT '' CHECK (closed_reason IS NFC NORMALIZED),
  merged_into   uuid REFERENCES households CHECK (merged_into <> id),
  search_key    text GENERATED ALWAYS AS (search_key(head || ' ' || address)) STORED,
  identity_key  text GENERATED ALWAYS AS (plain_key(head) || '|' || plain_key(address)) STORED,
  CHECK ((closed_on IS NULL) = (closed_as IS NULL)),
  CHECK (merged_into IS NULL OR closed_as = 'merged'),
  FOREIGN KEY (locality_id, level) REFERENCES localities (id, level),
  UNIQUE (id, locality_id),
  CONSTRAINT households_number UNIQUE (locality_id, number)
);
-- The same head at the same address of a group is the same household.
CREATE UNIQUE INDEX households_once ON households (locality_id, identity_key) WHERE closed_on IS NULL;
CREATE INDEX households_by_name ON households (locality_id, given_name COLLATE "vi-x-icu", head COLLATE "vi-x-icu", id);

-- The catalogue of classes. Of the classes of one scale a household has one at a time.
CREATE TABLE household_kinds (
  code     text PRIMARY KEY,
  scale    text NOT NULL,
  name_vi  text NOT NULL,
  name_en  text NOT NULL,
  position int NOT NULL,
  UNIQUE (code, scale)
);
INSERT INTO household_kinds (code, scale, name_vi, name_en, position) VALUES
  ('poor', 'living', 'Hộ nghèo', 'Poor', 10),
  ('near_poor', 'living', 'Hộ cận nghèo', 'Near-poor', 20),
  ('average', 'living', 'Hộ có mức sống trung bình', 'Average living standard', 30),
  ('policy', 'policy', 'Gia đình chính sách', 'Entitled by merit', 40),
  ('protected', 'protected', 'Đối tượng bảo trợ xã hội', 'Under social protection', 50);

-- Which class a household has in which time by which decision. The group stands in it so that the second line needs no other
-- table; the foreign key carries it along when the household moves.
CREATE TABLE household_classes (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  household_id uuid NOT NULL,
  locality_id  bigint NOT NULL,
  class        text NOT NULL,
  scale        text NOT NULL,
  period       daterange NOT NULL CHECK (NOT isempty(period) AND NOT lower_inf(period)),
  decision     text NOT NULL CHECK (decision <> '' AND decision IS NFC NORMALIZED),
  ended_reason text NOT NULL DEFAULT '',
  FOREIGN KEY (household_id, locality_id) REFERENCES households (id, locality_id) ON UPDATE CASCADE,
  FOREIGN KEY (class, scale) REFERENCES household_kinds (code, scale),
  CONSTRAINT household_classes_once EXCLUDE USING gist (household_id WITH =, scale WITH =, period WITH &&)
);
CREATE INDEX household_classes_household ON household_classes (household_id);
CREATE INDEX household_classes_locality ON household_classes (locality_id, class) INCLUDE (household_id, period);

-- The second line of access: the application says inside its transaction which groups and which single households it is about,
-- and forgets it with the transaction. Nothing said is nothing seen and nothing written.
ALTER TABLE households ENABLE ROW LEVEL SECURITY;
ALTER TABLE household_classes ENABLE ROW LEVEL SECURITY;
CREATE POLICY households_in_scope ON households USING (
  locality_id = ANY ((SELECT NULLIF(current_setting('banam.household_groups', true), '')::bigint[])::bigint[])
  OR id = ANY ((SELECT NULLIF(current_setting('banam.households', true), '')::uuid[])::uuid[]));
CREATE POLICY household_classes_in_scope ON household_classes USING (
  locality_id = ANY ((SELECT NULLIF(current_setting('banam.household_groups', true), '')::bigint[])::bigint[])
  OR household_id = ANY ((SELECT NULLIF(current_setting('banam.households', true), '')::uuid[])::uuid[]));
REVOKE DELETE, TRUNCATE ON households, household_classes FROM banam_app, banam_worker;
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON household_kinds FROM banam_app, banam_worker;

-- What may be known without a right to personal data: how many there are in a place's groups of a day, and the numbers of a
-- group's households. Both run as the owner, past the second line, and give nothing that names anybody.
CREATE FUNCTION household_counts(place bigint, on_day date)
RETURNS TABLE (households bigint, members bigint, poor bigint, near_poor bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  WITH RECURSIVE down AS (
    SELECT place AS id
    UNION ALL
    SELECT v.locality_id FROM down JOIN locality_versions v ON v.parent_id = down.id AND v.valid @> on_day
  ), h AS MATERIALIZED (
    SELECT count(*) AS households, coalesce(sum(h.members), 0) AS members FROM households h
     WHERE h.locality_id IN (SELECT id FROM down) AND (h.closed_on IS NULL OR h.closed_on > on_day)
  ), c AS MATERIALIZED (
    SELECT count(*) FILTER (WHERE c.class = 'poor') AS poor, count(*) FILTER (WHERE c.class = 'near_poor') AS near_poor
      FROM household_classes c JOIN households h ON h.id = c.household_id AND (h.closed_on IS NULL OR h.closed_on > on_day)
     WHERE c.locality_id IN (SELECT id FROM down) AND c.class IN ('poor', 'near_poor') AND c.period @> on_day
  )
  SELECT h.households, h.members, c.poor, c.near_poor FROM h, c
$$;

CREATE FUNCTION household_numbers(of_group bigint)
RETURNS TABLE (id uuid, number int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT h.id, h.number FROM households h WHERE h.locality_id = of_group AND h.closed_on IS NULL ORDER BY h.number
$$;

-- The next free number of a group, also for somebody who may enter households and read none.
CREATE FUNCTION next_household_number(of_group bigint) RETURNS int
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT coalesce(max(h.number), 0) + 1 FROM households h WHERE h.locality_id = of_group
$$;

-- +goose Down
DROP FUNCTION next_household_number;
DROP FUNCTION household_numbers;
DROP FUNCTION household_counts;
DROP TABLE household_classes;
DROP TABLE household_kinds;
DROP TABLE households;
DROP FUNCTION plain_key;
