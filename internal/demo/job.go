package demo

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"banam/internal/territory"
)

// job is a position in an agency. In the lists for communes and hamlets, %s stands for the place.
type job struct{ position, agency string }

var (
	provinceJobs = []job{
		{"Phó Trưởng phòng", "Ban Dân vận Tỉnh ủy"}, {"Phó Trưởng phòng", "Ban Tuyên giáo Tỉnh ủy"},
		{"Trưởng phòng", "Ban Tổ chức Tỉnh ủy"}, {"Trưởng phòng", "Văn phòng Tỉnh ủy"},
		{"Trưởng ban", "Ủy ban Mặt trận Tổ quốc Việt Nam tỉnh"}, {"Phó Trưởng ban", "Hội Nông dân tỉnh"},
		{"Phó Trưởng ban", "Hội Liên hiệp Phụ nữ tỉnh"}, {"Phó Trưởng ban", "Tỉnh đoàn Bến Tre"},
		{"Trưởng phòng", "Sở Nông nghiệp và Phát triển nông thôn"}, {"Phó Trưởng phòng", "Sở Giao thông vận tải"},
		{"Trưởng phòng", "Sở Kế hoạch và Đầu tư"}, {"Phó Trưởng phòng", "Sở Lao động - Thương binh và Xã hội"},
		{"Trưởng phòng", "Sở Tài nguyên và Môi trường"}, {"Phó Trưởng phòng", "Sở Giáo dục và Đào tạo"},
		{"Trưởng phòng", "Sở Y tế"},
	}
	districtJobs = []job{
		{"Phó Trưởng ban", "Ban Dân vận Huyện ủy"}, {"Phó Trưởng ban", "Ban Tuyên giáo Huyện ủy"},
		{"Phó Trưởng ban", "Ban Tổ chức Huyện ủy"}, {"Phó Chánh Văn phòng", "Văn phòng Huyện ủy"},
		{"Ủy viên", "Ủy ban Kiểm tra Huyện ủy"}, {"Phó Chủ tịch", "Ủy ban Mặt trận Tổ quốc Việt Nam huyện"},
		{"Phó Chủ tịch", "Hội Nông dân huyện"}, {"Phó Chủ tịch", "Hội Liên hiệp Phụ nữ huyện"},
		{"Phó Chủ tịch", "Hội Cựu chiến binh huyện"}, {"Phó Bí thư", "Huyện đoàn Bình Đại"},
		{"Phó Trưởng phòng", "Phòng Nông nghiệp và Phát triển nông thôn"}, {"Phó Trưởng phòng", "Phòng Kinh tế và Hạ tầng"},
		{"Phó Trưởng phòng", "Phòng Tài chính - Kế hoạch"}, {"Phó Trưởng phòng", "Phòng Lao động - Thương binh và Xã hội"},
		{"Phó Trưởng phòng", "Phòng Tài nguyên và Môi trường"}, {"Phó Trưởng phòng", "Phòng Giáo dục và Đào tạo"},
		{"Phó Trưởng phòng", "Phòng Văn hóa và Thông tin"}, {"Phó Trưởng phòng", "Phòng Tư pháp"},
	}
	// watcherJobs are one for each commune, since an agency has one head.
	watcherJobs = []job{
		{"Huyện ủy viên, Phó Trưởng ban", "Ban Tổ chức Huyện ủy"}, {"Huyện ủy viên, Phó Trưởng ban", "Ban Tuyên giáo Huyện ủy"},
		{"Huyện ủy viên, Phó Trưởng ban", "Ban Dân vận Huyện ủy"}, {"Huyện ủy viên, Chánh Văn phòng", "Văn phòng Huyện ủy"},
		{"Huyện ủy viên, Phó Chủ nhiệm", "Ủy ban Kiểm tra Huyện ủy"}, {"Huyện ủy viên, Giám đốc", "Trung tâm Chính trị huyện"},
		{"Huyện ủy viên, Chủ tịch", "Hội Nông dân huyện"}, {"Huyện ủy viên, Chủ tịch", "Hội Liên hiệp Phụ nữ huyện"},
		{"Huyện ủy viên, Chủ tịch", "Hội Cựu chiến binh huyện"}, {"Huyện ủy viên, Chủ tịch", "Liên đoàn Lao động huyện"},
		{"Huyện ủy viên, Bí thư", "Huyện đoàn Bình Đại"}, {"Huyện ủy viên, Chánh Thanh tra", "Thanh tra huyện"},
		{"Huyện ủy viên, Trưởng phòng", "Phòng Kinh tế và Hạ tầng"}, {"Huyện ủy viên, Trưởng phòng", "Phòng Nội vụ"},
		{"Huyện ủy viên, Trưởng phòng", "Phòng Tài nguyên và Môi trường"}, {"Huyện ủy viên, Trưởng phòng", "Phòng Tư pháp"},
		{"Huyện ủy viên, Trưởng phòng", "Phòng Giáo dục và Đào tạo"}, {"Huyện ủy viên, Trưởng phòng", "Phòng Văn hóa và Thông tin"},
		{"Huyện ủy viên, Trưởng phòng", "Phòng Tài chính - Kế hoạch"}, {"Huyện ủy viên, Giám đốc", "Trung tâm Y tế huyện"},
	}
	committeeJobs = []job{
		{"Đảng ủy viên, Chủ tịch", "Ủy ban nhân dân %s"}, {"Đảng ủy viên, Phó Chủ tịch", "Hội đồng nhân dân %s"},
		{"Đảng ủy viên, Phó Chủ tịch", "Ủy ban nhân dân %s"}, {"Đảng ủy viên, Chủ tịch", "Ủy ban Mặt trận Tổ quốc %s"},
		{"Đảng ủy viên, Chủ tịch", "Hội Nông dân %s"}, {"Đảng ủy viên, Chủ tịch", "Hội Liên hiệp Phụ nữ %s"},
		{"Đảng ủy viên, Chủ tịch", "Hội Cựu chiến binh %s"}, {"Đảng ủy viên, Bí thư", "Đoàn Thanh niên %s"},
		{"Đảng ủy viên, Chỉ huy trưởng", "Ban Chỉ huy Quân sự %s"},
	}
	communeJobs = []job{
		{"Công chức Văn hóa - Xã hội", "Ủy ban nhân dân %s"}, {"Công chức Tư pháp - Hộ tịch", "Ủy ban nhân dân %s"},
		{"Công chức Địa chính - Nông nghiệp", "Ủy ban nhân dân %s"}, {"Công chức Tài chính - Kế toán", "Ủy ban nhân dân %s"},
		{"Công chức Văn phòng - Thống kê", "Ủy ban nhân dân %s"}, {"Cán bộ không chuyên trách", "Ủy ban nhân dân %s"},
		{"Phó Chủ tịch", "Hội Nông dân %s"}, {"Phó Chủ tịch", "Hội Liên hiệp Phụ nữ %s"},
		{"Phó Chủ tịch", "Hội Cựu chiến binh %s"}, {"Phó Bí thư", "Đoàn Thanh niên %s"}, {"Nhân viên y tế", "Trạm Y tế %s"},
	}
	// hamletJobs are held by one person of a hamlet each; everybody else there is memberJob.
	hamletJobs = []job{
		{"Chi ủy viên", "Chi bộ %s"}, {"Trưởng ban", "Ban Công tác Mặt trận %s"}, {"Chi hội trưởng", "Chi hội Nông dân %s"},
		{"Chi hội trưởng", "Chi hội Phụ nữ %s"}, {"Chi hội trưởng", "Chi hội Cựu chiến binh %s"},
		{"Bí thư", "Chi đoàn Thanh niên %s"}, {"Cộng tác viên dân số", "Ban nhân dân %s"},
	}
	memberJob = job{"Đảng viên", "Chi bộ %s"}
)

// at fills in the place, as its name stands inside a longer one: "Chi bộ ấp Hưng Chánh, xã Châu Hưng".
func (j job) at(p *place) job {
	name := lowerKind(p.name)
	if p.level == territory.Hamlet {
		name += ", " + lowerKind(p.parent.name)
	}
	return job{j.position, fmt.Sprintf(j.agency, name)}
}

func lowerKind(name string) string {
	kind, rest, _ := strings.Cut(name, " ")
	return strings.ToLower(kind) + " " + rest
}

// orStaff gives the job or, every other time, one without a title in the same agency.
func (j job) orStaff(random *rand.Rand) job {
	if random.IntN(2) == 0 {
		j.position = "Chuyên viên"
	}
	return j
}

// gender tells who holds the job: women the posts of the women's union, men those of the army.
func (j job) gender() gender {
	switch {
	case strings.Contains(j.agency, "Phụ nữ"):
		return woman
	case strings.Contains(j.agency, "Quân sự"):
		return man
	}
	return anybody
}
