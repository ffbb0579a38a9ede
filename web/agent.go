package web

import (
	"net/http"
	"strings"
)

// Browsers and systems by words of the User-Agent header, the more special first: most call themselves by several names.
var (
	browsers = [][2]string{
		{"coc_coc", "Coc Coc"}, {"Edg", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser", "Samsung Internet"}, {"UCBrowser", "UC Browser"},
		{"FxiOS", "Firefox"}, {"Firefox/", "Firefox"}, {"CriOS", "Chrome"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"},
	}
	systems = [][2]string{
		{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"CrOS", "ChromeOS"}, {"Mac OS X", "macOS"}, {"Linux", "Linux"},
	}
)

// agentOf names the browser of a request as a person knows it, such as "Chrome, Android"; empty if it says nothing known. The
// versions are left out: they would tell devices apart that nobody needs to tell apart.
func agentOf(r *http.Request) string {
	header := r.UserAgent()
	var names []string
	for _, list := range [][][2]string{browsers, systems} {
		for _, known := range list {
			if strings.Contains(header, known[0]) {
				names = append(names, known[1])
				break
			}
		}
	}
	return strings.Join(names, ", ")
}
