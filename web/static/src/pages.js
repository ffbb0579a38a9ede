// Page changes through htmx: links and forms swap the body. Whatever is not one of our pages, and whatever would lose
// typed text, is left to the browser.
import { hasUnsaved, keepUnsaved, say } from "./forms.js";

let outdated = false; // the server has newer assets than this page

export function watchPages() {
  document.addEventListener("htmx:config:request", beforeRequest);
  document.addEventListener("htmx:before:response", beforeResponse);
  document.addEventListener("htmx:before:swap", beforeSwap);
  document.addEventListener("htmx:before:history:update", beforeHistory);
  document.addEventListener("htmx:after:swap", afterSwap);
  document.addEventListener("htmx:error", onError);
}

// A full page load brings the newer assets, and lets the browser ask about text that was not sent.
function beforeRequest(event) {
  const { sourceElement, request } = event.detail.ctx;
  if (!sourceElement.matches("a") || (!outdated && !hasUnsaved())) return;
  event.preventDefault();
  location.href = request.action + (request.anchor ? "#" + request.anchor : "");
}

// Files are for the browser. A server that could not take a form must not take the form away either.
function beforeResponse(event) {
  const { ctx } = event.detail;
  const response = ctx.response.raw;
  const isPage = (response.headers.get("Content-Type") || "").startsWith("text/html");
  if (ctx.request.method !== "GET") {
    if (response.redirected && new URL(response.url).pathname === "/sign-in" && location.pathname !== "/sign-in") {
      event.preventDefault(); // the session has ended; what was typed stays where it is
      complain(ctx.sourceElement, document.body.dataset.signedOut);
      document.getElementById("complaint").append(signInLink(document.body.dataset.signIn));
    } else if (response.status >= 500 || response.status === 429 || !isPage) {
      event.preventDefault();
      complain(ctx.sourceElement, document.body.dataset.failed, response.headers.get("X-Request-Id"));
    }
  } else if (!isPage || response.headers.get("Content-Disposition")?.startsWith("attachment")) {
    event.preventDefault();
    location.href = response.url;
  }
}

function beforeSwap(event) {
  const tag = /<html[^>]*>/i.exec(event.detail.ctx.text || "")?.[0];
  if (!tag) return;
  const root = new DOMParser().parseFromString(tag, "text/html").documentElement;
  outdated ||= root.dataset.build !== document.documentElement.dataset.build;
  if (root.lang) document.documentElement.lang = root.lang;
}

// A form that comes back with errors keeps the address of its page, so that a reload shows the form.
function beforeHistory(event) {
  const { history: action, sourceElement, response } = event.detail;
  if (response?.status >= 400 && sourceElement?.method === "post") event.preventDefault();
  if (action.path === location.pathname + location.search) action.type = "replace";
}

// The focus goes where the reader should go on: the errors of a form, else the heading of a new page.
let shown = location.pathname;
function afterSwap() {
  const summary = document.querySelector("[data-focus]");
  const moved = shown !== location.pathname;
  shown = location.pathname;
  if (summary) {
    summary.focus();
    return;
  }
  if (!moved && document.activeElement !== document.body) return;
  const heading = document.querySelector("main h1") || document.getElementById("main");
  heading?.setAttribute("tabindex", "-1");
  heading?.focus({ preventScroll: true });
}

// No answer at all: a link is left to the browser, a form stays with its text.
function onError(event) {
  const { ctx } = event.detail;
  if (!ctx?.request || ctx.response) return;
  if (ctx.request.method === "GET") {
    location.href = ctx.request.action;
    return;
  }
  complain(ctx.sourceElement, document.body.dataset.offline);
}

/** Leads to where one signs in, beside the page that was open. */
export function signInLink(text) {
  const link = document.createElement("a");
  link.href = "/sign-in";
  link.target = "_blank";
  link.textContent = text;
  return link;
}

function complain(form, text, requestId) {
  keepUnsaved(form);
  document.getElementById("complaint")?.remove();
  const box = document.createElement("div");
  box.id = "complaint";
  box.className = "flash flash-danger";
  const line = document.createElement("p");
  line.textContent = requestId ? `${text} (${requestId})` : text;
  box.append(line);
  const bar = form?.querySelector?.(".submit-bar");
  if (bar) bar.before(box);
  else document.getElementById("main").prepend(box);
  box.scrollIntoView({ block: "nearest" });
  say(text);
}
