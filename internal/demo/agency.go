package demo

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// offices are the agencies of the demo by the level that they serve: a name, to which that of the place is added, and whom to ask for. Their
// numbers are made up.
var offices = []struct{ level, name, contact string }{
	{"province", "Sở Nông nghiệp và Phát triển nông thôn", "Văn phòng Sở"}, {"province", "Sở Giao thông vận tải", "Phòng Kết cấu hạ tầng"}, {"province", "Sở Y tế", "Văn phòng Sở"},
	{"district", "Phòng Nông nghiệp và Phát triển nông thôn", "Bộ phận thủy lợi"}, {"district", "Phòng Kinh tế và Hạ tầng", "Bộ phận giao thông"},
	{"district", "Phòng Tài nguyên và Môi trường", "Bộ phận môi trường"}, {"district", "Phòng Giáo dục và Đào tạo", "Văn thư"},
	{"district", "Phòng Lao động - Thương binh và Xã hội", "Bộ phận giảm nghèo"}, {"district", "Điện lực", "Trực vận hành"}, {"district", "Trung tâm Y tế", "Trực"},
	{"commune", "Ủy ban nhân dân", "Bộ phận một cửa"}, {"commune", "Công an", "Trực ban"}, {"commune", "Trạm Y tế", "Trực"},
}

// storeAgencies gives the demo district, its communes and the province a catalogue of agencies.
func storeAgencies(ctx context.Context, tx pgx.Tx) error {
	for i, o := range offices {
		_, err := tx.Exec(ctx, `INSERT INTO agencies (locality_id, name, phone, email, contact)
			SELECT v.locality_id, $1 || ' ' || lower(left(v.name, 1)) || substr(v.name, 2), '0275 3' || lpad((($3 * 1000 + v.locality_id * 7) % 1000)::text, 3, '0') || ' ' || lpad((($3 * 37 + v.locality_id) % 1000)::text, 3, '0'),
				'cq' || $3 || '.' || v.locality_id || '@example.org', $2
			FROM locality_versions v JOIN localities l ON l.id = v.locality_id AND l.level = $4
			WHERE upper_inf(v.valid) AND (l.level = 'province' OR v.name = 'Huyện Bình Đại' OR EXISTS (
				SELECT FROM locality_versions s JOIN locality_versions d ON d.locality_id = s.parent_id AND d.name = 'Huyện Bình Đại' WHERE s.locality_id = v.parent_id))`,
			o.name, o.contact, i+1, o.level)
		if err != nil {
			return fmt.Errorf("adding agencies (%s): %w", o.name, err)
		}
	}
	return nil
}
