-- The catalogue of posts has days and belongs to a structure of places (domain.md sections 1 and 2). Which set is offered at a place is
-- told by its tree of the day: below a district the posts of 2020, where there is none those of after 01/07/2025. So a database with
-- districts goes on with its set on whatever day it is looked at, and a reform changes the set by changing the tree.
-- +goose Up
ALTER TABLE posts
  ADD COLUMN valid_from date NOT NULL DEFAULT '2000-01-01', -- the earliest day an assignment can begin on; retired_on is the first day it is no more
  ADD COLUMN structure  text NOT NULL DEFAULT 'any' CHECK (structure IN ('any', 'district', 'flat')), -- of the tree: either, with a district, without
  ADD COLUMN version    int  NOT NULL DEFAULT 1,
  ADD CONSTRAINT posts_dated CHECK (retired_on > valid_from),
  ADD CONSTRAINT posts_named CHECK (name_vi <> '' AND name_en <> '');

-- Posts that only a district has. The others go on after the reform: the same secretary, the same supporter of a commune.
UPDATE posts SET structure = 'district' WHERE code IN ('district_supporter', 'commune_watcher', 'subregion_lead', 'district_lead', 'district_admin');

-- What the reform added: the commune sends its own cadres to hamlets, the province's committee members watch communes.
INSERT INTO posts (code, name_vi, name_en, tier, capability, position, valid_from, structure) VALUES
  ('commune_hamlet_supporter', 'Cán bộ xã hỗ trợ ấp, khu phố', 'Commune cadre supporting a hamlet', 'commune', 'support', 25, '2025-07-01', 'flat'),
  ('province_watcher', 'Tỉnh ủy viên theo dõi, hỗ trợ xã, phường, đặc khu', 'Province committee member watching a commune', 'province', 'watch', 65, '2025-07-01', 'flat');
INSERT INTO post_levels (post_id, level)
SELECT p.id, l.level FROM posts p JOIN (VALUES ('commune_hamlet_supporter', 'hamlet'), ('province_watcher', 'commune')) AS l (code, level) ON l.code = p.code;

-- +goose Down
DELETE FROM post_levels WHERE post_id IN (SELECT id FROM posts WHERE code IN ('commune_hamlet_supporter', 'province_watcher'));
DELETE FROM posts WHERE code IN ('commune_hamlet_supporter', 'province_watcher');
ALTER TABLE posts DROP CONSTRAINT posts_named, DROP CONSTRAINT posts_dated, DROP COLUMN version, DROP COLUMN structure, DROP COLUMN valid_from;
