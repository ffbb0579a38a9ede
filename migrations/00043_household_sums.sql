-- Numbers of households from the commune upward: one row for each commune, counted anew with every change below it. Counting a district's
-- 45,000 for each look at its page takes a tenth of a second and a province's would take one. A row says from which day on it may be wrong,
-- since classes begin and end by themselves; then that commune is counted where it stands. A commune without a row has no households.
-- +goose Up
CREATE TABLE household_sums (
  commune_id bigint PRIMARY KEY REFERENCES localities,
  households bigint NOT NULL,
  members    bigint NOT NULL,
  poor       bigint NOT NULL,
  near_poor  bigint NOT NULL,
  until      date -- the next day on which a class begins or ends or a household leaves; null for none
);
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON household_sums FROM banam_app, banam_worker;
-- What a list entered by mistake can be taken back whole, since it is personal data; row-level security holds for that, too.
GRANT DELETE ON households, household_classes TO banam_app, banam_worker;

-- Walks downward stay on the index of parents (OFFSET 0): planners think a recursion large and would read every place of the country.
DROP FUNCTION household_counts;
CREATE FUNCTION household_counts_live(place bigint, on_day date)
RETURNS TABLE (households bigint, members bigint, poor bigint, near_poor bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  WITH RECURSIVE down AS (
    SELECT place AS id
    UNION ALL
    SELECT v.locality_id FROM down CROSS JOIN LATERAL (SELECT v.locality_id FROM locality_versions v WHERE v.parent_id = down.id AND v.valid @> on_day OFFSET 0) v
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

-- +goose StatementBegin
CREATE FUNCTION household_counts(place bigint, on_day date)
RETURNS TABLE (households bigint, members bigint, poor bigint, near_poor bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
#variable_conflict use_column
BEGIN
  IF (SELECT l.level FROM localities l WHERE l.id = place) IN ('group', 'hamlet') THEN
    RETURN QUERY SELECT * FROM household_counts_live(place, on_day);
    RETURN;
  END IF;
  RETURN QUERY WITH RECURSIVE down AS (
      SELECT l.id, l.level FROM localities l WHERE l.id = place
      UNION ALL
      SELECT l.id, l.level FROM down CROSS JOIN LATERAL (SELECT v.locality_id FROM locality_versions v WHERE v.parent_id = down.id AND v.valid @> on_day OFFSET 0) v
        JOIN localities l ON l.id = v.locality_id WHERE down.level <> 'commune'
    ), sums AS (
      SELECT s.* FROM down JOIN household_sums s ON s.commune_id = down.id WHERE down.level = 'commune'
    ), counts AS (
      SELECT s.households, s.members, s.poor, s.near_poor FROM sums s WHERE s.until IS NULL OR s.until > on_day
      UNION ALL
      SELECT c.* FROM sums s CROSS JOIN LATERAL household_counts_live(s.commune_id, on_day) c WHERE s.until <= on_day
    )
    SELECT coalesce(sum(c.households), 0)::bigint, coalesce(sum(c.members), 0)::bigint, coalesce(sum(c.poor), 0)::bigint, coalesce(sum(c.near_poor), 0)::bigint FROM counts c;
END $$;
-- +goose StatementEnd

-- Counts the communes above some places anew. Whoever comes second waits, and counts what the first one left.
-- +goose StatementBegin
CREATE FUNCTION recount_households(places bigint[], on_day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE commune bigint;
BEGIN
  FOR commune IN SELECT DISTINCT ch.locality_id FROM unnest(places) p CROSS JOIN LATERAL locality_chain(p, on_day) ch WHERE ch.level = 'commune' ORDER BY 1 LOOP
    PERFORM pg_advisory_xact_lock(195223, commune::int); -- 0x2FA97: of the sums of households
    INSERT INTO household_sums (commune_id, households, members, poor, near_poor, until)
      SELECT commune, c.households, c.members, c.poor, c.near_poor, (
        WITH RECURSIVE down AS (
          SELECT commune AS id
          UNION ALL
          SELECT v.locality_id FROM down CROSS JOIN LATERAL (SELECT v.locality_id FROM locality_versions v WHERE v.parent_id = down.id AND v.valid @> on_day OFFSET 0) v
        ) SELECT min(d.day) FROM (
          SELECT CASE WHEN lower(k.period) > on_day THEN lower(k.period) ELSE upper(k.period) END AS day
            FROM household_classes k WHERE k.locality_id IN (SELECT id FROM down) AND k.class IN ('poor', 'near_poor')
          UNION ALL
          SELECT h.closed_on FROM households h WHERE h.locality_id IN (SELECT id FROM down)
        ) d WHERE d.day > on_day)
      FROM household_counts_live(commune, on_day) c
    ON CONFLICT (commune_id) DO UPDATE SET households = excluded.households, members = excluded.members, poor = excluded.poor, near_poor = excluded.near_poor, until = excluded.until;
  END LOOP;
END $$;
-- +goose StatementEnd

-- How many households there are in some places and below, each once.
CREATE FUNCTION households_below(places bigint[], on_day date) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  WITH RECURSIVE down AS (
    SELECT unnest(places) AS id
    UNION
    SELECT v.locality_id FROM down CROSS JOIN LATERAL (SELECT v.locality_id FROM locality_versions v WHERE v.parent_id = down.id AND v.valid @> on_day OFFSET 0) v
  ) SELECT count(*) FROM households h WHERE h.locality_id IN (SELECT id FROM down) AND h.closed_on IS NULL
$$;

-- The group that follows a place: the one that succeeds it, or, where a group was dissolved into its hamlet, the first one there.
CREATE FUNCTION group_today(place bigint, on_day date) RETURNS bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
  WITH RECURSIVE down AS (
    SELECT locality_today(place, on_day) AS id, 0 AS depth
    UNION ALL
    SELECT v.locality_id, down.depth + 1 FROM down CROSS JOIN LATERAL (SELECT v.locality_id FROM locality_versions v WHERE v.parent_id = down.id AND v.valid @> on_day OFFSET 0) v
  ) SELECT down.id FROM down JOIN localities l ON l.id = down.id AND l.level = 'group'
    JOIN locality_versions v ON v.locality_id = down.id AND v.valid @> on_day
    ORDER BY down.depth, coalesce(substring(v.name FROM '[0-9]{1,9}')::int, 0), down.id LIMIT 1
$$;

-- What a reorganisation leaves to its day: households of a group that closed move to the group that follows it, behind its numbers, unless
-- that one has the same household already; and the communes that lost or won something are counted anew.
-- +goose StatementBegin
CREATE FUNCTION carry_households(plan uuid, on_day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  UPDATE households h SET locality_id = m.heir, number = m.number, version = h.version + 1 FROM (
    SELECT o.id, t.heir, o.closed_on, next_household_number(t.heir) - 1 + row_number() OVER (PARTITION BY t.heir ORDER BY v.locality_id, o.number) AS number,
        row_number() OVER (PARTITION BY t.heir, o.identity_key, o.closed_on IS NULL ORDER BY v.locality_id) AS twin
      FROM locality_versions v CROSS JOIN LATERAL (SELECT group_today(v.locality_id, on_day) AS heir) t
      JOIN households o ON o.locality_id = v.locality_id
     WHERE v.closed_by = plan AND t.heir <> v.locality_id AND NOT EXISTS (SELECT FROM locality_versions n WHERE n.locality_id = v.locality_id AND n.valid @> on_day)
       AND (o.closed_on IS NOT NULL OR NOT EXISTS (SELECT FROM households x WHERE x.locality_id = t.heir AND x.identity_key = o.identity_key AND x.closed_on IS NULL))
  ) m WHERE h.id = m.id AND (m.twin = 1 OR m.closed_on IS NOT NULL);
  DELETE FROM household_sums s WHERE NOT EXISTS (SELECT FROM locality_versions v WHERE v.locality_id = s.commune_id AND v.valid @> on_day)
    AND EXISTS (SELECT FROM locality_versions v WHERE v.locality_id = s.commune_id AND v.closed_by = plan);
  PERFORM recount_households(ARRAY(
    SELECT v.locality_id FROM locality_versions v WHERE v.opened_by = plan
    UNION
    SELECT v.parent_id FROM locality_versions v WHERE v.closed_by = plan AND v.parent_id IS NOT NULL
    UNION
    SELECT locality_today(v.locality_id, on_day) FROM locality_versions v WHERE v.closed_by = plan), on_day);
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
DO $$ BEGIN PERFORM recount_households(ARRAY(SELECT DISTINCT locality_id FROM households), current_date); END $$;
-- +goose StatementEnd

-- +goose Down
DROP FUNCTION carry_households;
DROP FUNCTION group_today;
DROP FUNCTION households_below;
DROP FUNCTION recount_households;
DROP FUNCTION household_counts;
DROP FUNCTION household_counts_live;
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
REVOKE DELETE ON households, household_classes FROM banam_app, banam_worker;
DROP TABLE household_sums;
