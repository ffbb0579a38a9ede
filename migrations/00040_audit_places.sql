-- Administrators read the audit log of their subtree, the newest first, among millions of entries: so an entry keeps, as every
-- fact does, the places above its own on its day (architecture.md, "Facts keep the ancestors of the day they happened"). The
-- action stands in the indexes so that a search for one kind of change reads nothing but them. An export also says how many
-- rows left the house.
-- +goose Up
ALTER TABLE audit_entries
  ADD COLUMN province_id bigint REFERENCES localities,
  ADD COLUMN district_id bigint REFERENCES localities,
  ADD COLUMN commune_id  bigint REFERENCES localities,
  ADD COLUMN hamlet_id   bigint REFERENCES localities,
  ADD COLUMN quantity    int CHECK (quantity >= 0); -- of what an entry tells at once, such as exported rows; null for one thing
UPDATE audit_entries e SET province_id = c.province, district_id = c.district, commune_id = c.commune, hamlet_id = c.hamlet
  FROM (SELECT a.id, max(ch.locality_id) FILTER (WHERE ch.level = 'province') AS province, max(ch.locality_id) FILTER (WHERE ch.level = 'district') AS district,
      max(ch.locality_id) FILTER (WHERE ch.level = 'commune') AS commune, max(ch.locality_id) FILTER (WHERE ch.level = 'hamlet') AS hamlet
    FROM audit_entries a CROSS JOIN LATERAL locality_chain(a.locality_id, (a.at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date) ch GROUP BY a.id) c
  WHERE c.id = e.id;
DROP INDEX audit_entries_locality;
CREATE INDEX audit_entries_locality ON audit_entries (locality_id, at DESC, id DESC) INCLUDE (action);
CREATE INDEX audit_entries_province ON audit_entries (province_id, at DESC, id DESC) INCLUDE (action);
CREATE INDEX audit_entries_district ON audit_entries (district_id, at DESC, id DESC) INCLUDE (action);
CREATE INDEX audit_entries_commune ON audit_entries (commune_id, at DESC, id DESC) INCLUDE (action);
CREATE INDEX audit_entries_hamlet ON audit_entries (hamlet_id, at DESC, id DESC) INCLUDE (action);
CREATE INDEX audit_entries_actor ON audit_entries (actor_id, at DESC, id DESC);
CREATE INDEX audit_entries_action ON audit_entries (action, at DESC, id DESC);

-- +goose Down
DROP INDEX audit_entries_action, audit_entries_actor, audit_entries_hamlet, audit_entries_commune, audit_entries_district, audit_entries_province, audit_entries_locality;
CREATE INDEX audit_entries_locality ON audit_entries (locality_id, at DESC, id DESC);
ALTER TABLE audit_entries DROP COLUMN province_id, DROP COLUMN district_id, DROP COLUMN commune_id, DROP COLUMN hamlet_id, DROP COLUMN quantity;
