package demo

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// The names are put together at random from common parts; nobody real is meant. Surnames that are more common in the
// Mekong delta stand more than once. Those who lead get a given name that is heard in villages rather than in offices, so
// that they are less likely to be called like a real official.
var (
	surnames = words(`Nguyễn Nguyễn Nguyễn Nguyễn Nguyễn Nguyễn Trần Trần Trần Lê Lê Lê Phạm Phạm Phan Phan Võ Võ Huỳnh Huỳnh
		Đặng Bùi Đỗ Hồ Ngô Dương Lý Đoàn Trương Mai Lâm Cao Châu Tô Tạ Thái Đinh Hà La Lương Lưu Kiều`)
	men = parts{
		middle: words(`Văn Văn Văn Hữu Minh Thanh Quốc Hoàng Công Đức Ngọc Chí Tấn Trung Phước Thành Tuấn Duy Bá Xuân`),
		given: words(`An Bảo Bình Cảnh Chánh Châu Chiến Công Cường Danh Duy Đạt Đạo Đông Đức Hải Hậu Hiền Hiệp Hoài Hoàng Hòa
			Hùng Hưng Huy Khang Khanh Khải Khoa Khôi Kiên Lâm Lập Linh Long Lộc Luân Lực Nghĩa Nhân Nhật Nhựt Phát Phong Phú
			Phước Phương Quân Quí Sang Sơn Sự Tài Tâm Tân Tấn Thạch Thái Thanh Thành Thạnh Thắng Thiện Thịnh Thọ Thông Thuận
			Tiến Tín Toàn Trí Triều Trung Trường Tuấn Tùng Vinh Vũ Xuân`),
		rare: words(`Ấm Đoan Điền Đượm Giàu Hoạch Khéo Khiêm Liêm Mẫn Ngoan Nhã Nhẫn Nhiên Rạng Thoại Thuần Tường Vẹn`),
	}
	women = parts{
		middle: words(`Thị Thị Thị Ngọc Kim Thanh Mỹ Hồng Thúy Cẩm Bích Tuyết Minh Phương Thùy Diễm Huỳnh Trúc Xuân`),
		given: words(`An Ánh Bích Cẩm Châu Chi Cúc Diễm Diệu Dung Duyên Đào Điệp Giang Hà Hạnh Hằng Hân Hiền Hiếu Hoa Hòa Hồng
			Huệ Hương Khánh Kiều Lan Lệ Liên Liễu Linh Loan Ly Mai My Mỹ Nga Ngân Ngọc Nguyên Nguyệt Nhàn Nhi Nhiên Như Nhung
			Nương Oanh Phụng Phương Quyên Quỳnh Sương Thảo Thắm Thi Thoa Thơ Thu Thủy Thúy Thư Thương Tiên Trang Trâm Trân Trinh
			Trúc Tú Tuyền Tuyết Vân Vi Xuân Xuyến Yến`),
		rare: words(`Đẹp Lài Lành Lựu Mẫn Mận Mến Na Nết Ngoan Nhạn Nhẫn Nở Phấn Sen Thơm Thuần Tươi`),
	}
)

// parts are the parts of full names after the surname.
type parts struct{ middle, given, rare []string }

type gender int

const (
	anybody gender = iota
	man
	woman
)

func words(s string) []string { return strings.Fields(s) }

// names gives out invented full names, each once.
type names struct {
	random *rand.Rand
	given  map[string]bool
}

func newNames(random *rand.Rand) *names { return &names{random: random, given: map[string]bool{}} }

// next gives a full name that was not given out yet. The lists make some 100,000 of them.
func (n *names) next(g gender, leads bool) string {
	if g == anybody {
		g = man
		if n.random.IntN(5) < 2 {
			g = woman
		}
	}
	from := men
	if g == woman {
		from = women
	}
	last := from.given
	if leads {
		last = from.rare
	}
	for {
		middle, given := pick(n.random, from.middle), pick(n.random, last)
		name := fmt.Sprintf("%s %s %s", pick(n.random, surnames), middle, given)
		if middle != given && !n.given[name] {
			n.given[name] = true
			return name
		}
	}
}

func pick[T any](random *rand.Rand, from []T) T { return from[random.IntN(len(from))] }
