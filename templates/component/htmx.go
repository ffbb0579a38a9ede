package component

// htmxConfig keeps htmx within the content policy: no style of its own, no evaluation, same origin. A request is given
// up before the server's own write time-out.
const htmxConfig = `{"includeIndicatorCSS":false,"mode":"same-origin","defaultTimeout":30000,"transitions":false}`
