-- Cadres, posts and assignments (domain.md section 2).
-- +goose Up
CREATE TABLE cadres (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  full_name   text NOT NULL CHECK (full_name <> '' AND full_name IS NFC NORMALIZED),
  given_name  text GENERATED ALWAYS AS (substring(full_name FROM '[^ ]+$')) STORED,
  birth_year  int CHECK (birth_year BETWEEN 1900 AND 2100),
  position    text NOT NULL DEFAULT '',
  agency      text NOT NULL DEFAULT '',
  tier        text NOT NULL CHECK (tier IN ('province', 'district', 'commune')),
  phone       text NOT NULL DEFAULT '',
  email       text NOT NULL DEFAULT '',
  disabled_at timestamptz,
  version     int NOT NULL DEFAULT 1,
  search_key  text GENERATED ALWAYS AS (search_key(full_name)) STORED
);
CREATE INDEX cadres_search ON cadres USING gin (search_key gin_trgm_ops);

CREATE TABLE posts (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code       text NOT NULL UNIQUE,
  name_vi    text NOT NULL,
  name_en    text NOT NULL,
  tier       text NOT NULL CHECK (tier IN ('province', 'district', 'commune')),
  capability text NOT NULL CHECK (capability IN ('support', 'watch', 'lead', 'administer')),
  position   int NOT NULL,
  retired_on date
);

CREATE TABLE post_levels (
  post_id bigint NOT NULL REFERENCES posts,
  level   text NOT NULL,
  PRIMARY KEY (post_id, level)
);

-- Periods are half-open [from, to) in days of Asia/Ho_Chi_Minh. The post must fit the level of the place; that it fits
-- the tier of the cadre is checked when assigning, since a person's tier changes over the years and their past does not.
CREATE TABLE assignments (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  cadre_id     bigint NOT NULL REFERENCES cadres,
  post_id      bigint NOT NULL REFERENCES posts,
  locality_id  bigint NOT NULL,
  level        text NOT NULL,
  period       daterange NOT NULL CHECK (NOT isempty(period) AND NOT lower_inf(period)),
  is_primary   boolean NOT NULL DEFAULT false,
  acting       boolean NOT NULL DEFAULT false,
  decision     text NOT NULL DEFAULT '',
  ended_reason text NOT NULL DEFAULT '',
  voided_at    timestamptz,
  FOREIGN KEY (locality_id, level) REFERENCES localities (id, level),
  FOREIGN KEY (post_id, level) REFERENCES post_levels (post_id, level),
  CONSTRAINT assignments_once EXCLUDE USING gist (cadre_id WITH =, post_id WITH =, locality_id WITH =, period WITH &&)
    WHERE (voided_at IS NULL)
);
CREATE INDEX assignments_cadre ON assignments (cadre_id) WHERE voided_at IS NULL;
CREATE INDEX assignments_locality ON assignments (locality_id) WHERE voided_at IS NULL;

INSERT INTO posts (code, name_vi, name_en, tier, capability, position) VALUES
  ('province_supporter', 'Cán bộ tỉnh hỗ trợ xã, thị trấn', 'Province cadre supporting a commune', 'province', 'support', 10),
  ('district_supporter', 'Cán bộ huyện hỗ trợ ấp, khu phố', 'District cadre supporting a hamlet', 'district', 'support', 20),
  ('commune_supporter', 'Cán bộ xã theo dõi tổ nhân dân tự quản, hộ', 'Commune cadre following groups and households', 'commune', 'support', 30),
  ('hamlet_lead', 'Đảng ủy viên phụ trách ấp, khu phố', 'Committee member in charge of a hamlet', 'commune', 'lead', 40),
  ('commune_lead', 'Bí thư Đảng ủy xã, thị trấn', 'Secretary of a commune', 'commune', 'lead', 50),
  ('commune_watcher', 'Huyện ủy viên theo dõi, hỗ trợ xã', 'District committee member watching a commune', 'district', 'watch', 60),
  ('subregion_lead', 'Ủy viên Ban Thường vụ Huyện ủy phụ trách tiểu vùng', 'Standing Committee member in charge of a sub-region', 'district', 'lead', 70),
  ('district_lead', 'Thường trực Huyện ủy', 'Standing members of the district committee', 'district', 'lead', 80),
  ('province_lead', 'Thường trực Tỉnh ủy', 'Standing members of the province committee', 'province', 'lead', 90),
  ('province_admin', 'Quản trị tỉnh', 'Province administrator', 'province', 'administer', 100),
  ('district_admin', 'Quản trị huyện', 'District administrator', 'district', 'administer', 110),
  ('commune_admin', 'Quản trị xã', 'Commune administrator', 'commune', 'administer', 120);

INSERT INTO post_levels (post_id, level)
SELECT p.id, l.level FROM posts p JOIN (VALUES
  ('province_supporter', 'commune'), ('district_supporter', 'hamlet'),
  ('commune_supporter', 'group'), ('commune_supporter', 'hamlet'),
  ('hamlet_lead', 'hamlet'), ('commune_lead', 'commune'), ('commune_watcher', 'commune'),
  ('subregion_lead', 'subregion'), ('district_lead', 'district'), ('province_lead', 'province'),
  ('province_admin', 'province'), ('district_admin', 'district'), ('commune_admin', 'commune')
) AS l (code, level) ON l.code = p.code;

-- +goose Down
DROP TABLE assignments;
DROP TABLE post_levels;
DROP TABLE posts;
DROP TABLE cadres;
