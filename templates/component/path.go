package component

// Moment is one entry of a timeline.
type Moment struct {
	When  Stamp
	Title string // what was done: "Chuyển lên tiểu vùng I"
	Actor string // who, in which post
	Text  string // the reason or remark; line breaks are kept
	Icon  string
	Tone  Tone
	URL   string // where the title leads; empty for nowhere
	Files []Action
}

func (m Moment) icon() string {
	if m.Icon != "" {
		return m.Icon
	}
	return m.Tone.icon()
}

// DeskStep is one desk on the path of an issue.
type DeskStep struct {
	Desk, Holder string
	URL          string // the desk's page; empty for none
	Arrived      Stamp
	Spent        string // time at this desk, worded: "3 ngày 4 giờ"
	Current      bool   // holds it now
	Overdue      bool
	Vacant       bool   // passed on, since nobody was in charge
	Note         string // anything more: "Hạn 12/03/2020 10:00"
}

func (s DeskStep) class() string {
	class := "step"
	if s.Current {
		class += " step-current"
	}
	if s.Overdue {
		class += " step-overdue"
	}
	if s.Vacant {
		class += " step-vacant"
	}
	return class
}
