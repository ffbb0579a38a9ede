-- A household whose group closes always goes to the group that follows, also where that one has the same head at the same address: left
-- behind it could not be reached by anybody. Its address then says where it came from, and whoever keeps the register merges the two.
-- +goose Up
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION carry_households(plan uuid, on_day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE households h SET locality_id = m.heir, number = m.number, version = h.version + 1,
      address = CASE WHEN m.same THEN btrim(h.address || ' (' || m.was || ' đến ' || to_char(m.last, 'DD/MM/YYYY') || ', hộ ' || h.number || CASE WHEN m.twin > 2 THEN ', ' || m.twin ELSE '' END || ')') ELSE h.address END
    FROM (
    SELECT k.*, k.open AND (k.twin > 1 OR EXISTS (SELECT FROM households x WHERE x.locality_id = k.heir AND x.identity_key = k.identity_key AND x.closed_on IS NULL)) AS same
      FROM (SELECT o.id, o.identity_key, o.closed_on IS NULL AS open, t.heir, v.name AS was, upper(v.valid) - 1 AS last,
          next_household_number(t.heir) - 1 + row_number() OVER (PARTITION BY t.heir ORDER BY v.locality_id, o.number) AS number,
          row_number() OVER (PARTITION BY t.heir, o.identity_key, o.closed_on IS NULL ORDER BY v.locality_id) AS twin
        FROM locality_versions v CROSS JOIN LATERAL (SELECT group_today(v.locality_id, on_day) AS heir) t
        JOIN households o ON o.locality_id = v.locality_id
       WHERE v.closed_by = plan AND t.heir <> v.locality_id AND NOT EXISTS (SELECT FROM locality_versions n WHERE n.locality_id = v.locality_id AND n.valid @> on_day)) k
  ) m WHERE h.id = m.id;
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

-- +goose Down
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION carry_households(plan uuid, on_day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
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
