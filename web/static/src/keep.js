// Keeps a report while it is being written: on the server and, until the server has it, in this browser, under the account that
// writes. Whoever else signs in here finds nothing of it. Forms work without all this.
import { markKept, say } from "./forms.js";
import { signInLink } from "./pages.js";

const rest = 2000; // of the fingers before a text is saved, in milliseconds
const often = 10_000; // it is saved at least, while somebody goes on typing
const slowest = 60_000; // between two tries
const days = 14 * 86_400_000; // that a text stays in the browser
const prefix = "banam:";
const ownFields = ["submission_id", "report_id", "version", "base", "kind", "hinted", "action"];

let keeper = null;

export function watchKeep() {
  look();
  document.addEventListener("htmx:after:swap", look);
  document.addEventListener("htmx:finally:request", () => { if (keeper?.form.isConnected) sending.clear(); });
  document.addEventListener("submit", onSubmit, true); // before htmx sees it
  document.addEventListener("input", (event) => keeper?.heard(event));
  document.addEventListener("change", (event) => keeper?.heard(event));
  document.addEventListener("visibilitychange", () => (document.hidden ? keeper?.leave() : keeper?.again()));
  window.addEventListener("pagehide", () => keeper?.leave());
  window.addEventListener("online", () => keeper?.again());
  window.addEventListener("storage", onStorage);
}

// A browser may refuse to keep anything; then only the server does.
const store = {
  get(key) { try { return JSON.parse(localStorage.getItem(prefix + key)); } catch { return null; } },
  set(key, value) { try { localStorage.setItem(prefix + key, JSON.stringify(value)); } catch { /* full, or forbidden */ } },
  drop(key) { try { localStorage.removeItem(prefix + key); } catch { /* forbidden */ } },
  keys() {
    try { return Object.keys(localStorage).filter((k) => k.startsWith(prefix)).map((k) => k.slice(prefix.length)); } catch { return []; }
  },
  empty() { for (const key of this.keys()) this.drop(key); },
};

// The report whose form was sent from this tab and of which it is not known yet what became of it.
const sending = {
  get() { try { return sessionStorage.getItem(prefix + "sending"); } catch { return null; } },
  set(id) { try { sessionStorage.setItem(prefix + "sending", id); } catch { /* forbidden */ } },
  clear() { try { sessionStorage.removeItem(prefix + "sending"); } catch { /* forbidden */ } },
};

const account = () => document.querySelector("[data-account]")?.dataset.account;
const draftKey = (who, report) => `draft:${who}:${report}`;

// look takes care of the page that has come.
function look() {
  const who = account();
  if (who) {
    if (store.get("account") !== who) store.empty();
    store.set("account", who);
    for (const key of store.keys()) if (key.startsWith("draft:") && Date.now() - store.get(key)?.at > days) store.drop(key);
  }
  const sent = sending.get();
  const form = document.querySelector("form[data-keep]");
  const back = form && "keepTyped" in form.dataset ? form.elements.report_id.value : ""; // it was refused
  if (who && sent && back !== sent && (back || location.pathname.startsWith("/reports/" + sent))) store.drop(draftKey(who, sent));
  if (keeper && keeper.form !== form) {
    keeper.stop();
    keeper = null;
  }
  if (form && who && !keeper) keeper = new Keeper(form, who);
  if (location.pathname !== "/sign-in") sending.clear();
}

function onSubmit(event) {
  const form = event.target;
  if (new URL(form.action, location.href).pathname === "/sign-out") store.empty();
  else if (keeper && form === keeper.form) keeper.isSent();
}

// Another tab signed out or let somebody else in: nothing more is kept for this one, and the next person does not read it.
function onStorage(event) {
  if (event.key !== prefix + "account" || !keeper) return;
  const now = store.get("account");
  if (now === keeper.who) return;
  keeper.here = false;
  if (!now) return;
  markKept(keeper.form);
  keeper.stop();
  location.replace("/");
}

class Keeper {
  constructor(form, who) {
    Object.assign(this, { form, who, here: "keepHere" in form.dataset, wait: rest, timer: 0, turn: 0, busy: null, stopped: false });
    this.line = form.querySelector("[data-keep-line]");
    this.stored = "keepTyped" in form.dataset ? "" : this.text();
    this.recover();
    if (this.text() !== this.stored) this.soon(rest);
  }

  value(name) { return this.form.elements[name]?.value ?? ""; }

  // fields are what is typed, without empty ones.
  fields() {
    const list = {};
    for (const [name, value] of new FormData(this.form)) if (value && !ownFields.includes(name)) list[name] = value;
    return list;
  }

  text() { return JSON.stringify(this.fields()); }

  heard(event) {
    if (event.target.form !== this.form) return;
    this.since ??= Date.now();
    clearTimeout(this.writing);
    this.writing = setTimeout(() => this.write(), 300);
    if (!this.stopped) this.soon(Math.max(0, Math.min(rest, this.since + often - Date.now())));
  }

  soon(after) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), Math.max(after, this.wait > rest ? this.wait : 0));
  }

  again() {
    if (this.stopped || this.text() === this.stored) return;
    this.wait = rest;
    this.soon(0);
  }

  stop() {
    this.stopped = true;
    clearTimeout(this.timer);
    clearTimeout(this.writing);
  }

  // isSent: the form is on its way by itself, and nothing may overtake it.
  isSent() {
    clearTimeout(this.timer);
    this.busy?.abort();
    this.write();
    sending.set(this.value("report_id"));
  }

  // write keeps in this browser what the server does not have.
  write() {
    clearTimeout(this.writing);
    if (!this.here || !this.form.isConnected || this.text() === this.stored) return;
    store.set(draftKey(this.who, this.value("report_id")), {
      at: Date.now(), form: this.value("submission_id"), version: this.value("version"), base: this.value("base"), kind: this.value("kind"), fields: this.fields(),
    });
  }

  forget(text) {
    const key = draftKey(this.who, this.value("report_id"));
    const kept = store.get(key);
    if (kept && (kept.form === this.value("submission_id") || JSON.stringify(kept.fields) === text)) store.drop(key);
  }

  leave() {
    this.write();
    this.save(true);
  }

  async save(last = false) {
    clearTimeout(this.timer);
    const text = this.text();
    if (this.stopped || !this.form.isConnected || text === this.stored) return;
    if (this.busy || this.form.dataset.busy) {
      if (!last) this.soon(rest);
      return;
    }
    this.since = undefined;
    this.turn = Math.max(Date.now(), this.turn + 1);
    const fields = { account: this.who, ...this.fields() };
    for (const name of ["submission_id", "report_id", "version", "base", "kind"]) fields[name] = this.value(name);
    let body = JSON.stringify({ turn: this.turn, fields });
    const headers = { "Content-Type": "application/json", Accept: "application/json" };
    this.busy = new AbortController();
    if (!last && body.length > 1000) [body, headers["Content-Encoding"]] = await packed(body);
    if (!headers["Content-Encoding"]) delete headers["Content-Encoding"];
    const limit = setTimeout(() => this.busy?.abort(), 20_000);
    let failed = true;
    try {
      const response = await fetch(this.form.dataset.keep, {
        method: "POST", headers, body,
        redirect: "manual", signal: this.busy.signal, keepalive: last && body.length < 20_000,
      });
      failed = await this.answered(response, text);
    } catch { /* no network, or given up */ }
    clearTimeout(limit);
    this.busy = null;
    if (this.stopped || !this.form.isConnected) return;
    if (failed && !this.form.dataset.busy) {
      this.write();
      if (!this.signedOut) this.tell(this.form.dataset.keepLater);
      this.wait = Math.min(Math.max(this.wait * 2, 5000), slowest);
    }
    if (this.text() !== this.stored) this.soon(failed ? this.wait : rest);
  }

  // answered gives whether the server has to be asked again.
  async answered(response, text) {
    this.signedOut = response.status === 401 || response.type === "opaqueredirect";
    if (this.signedOut) {
      this.tell(this.form.dataset.keepSignedOut, signInLink(this.form.dataset.keepSignIn));
      return true;
    }
    if (response.status >= 500 || response.status === 429) return true;
    const answer = await response.json();
    if (response.ok) {
      this.wait = rest;
      this.form.elements.version.value = answer.version;
      this.stored = text;
      this.forget(text);
      if (this.text() === text) markKept(this.form);
      this.tell(answer.said);
      return false;
    }
    // What is wrong with the text can be mended by typing; everything else only by the person, who is told.
    if (response.status !== 422) this.stopped = true;
    else this.stored = text;
    this.write();
    this.tell(answer.said);
    if (this.stopped) say(answer.said);
    return false;
  }

  tell(text, link) {
    if (!this.line || !text || this.line.dataset.said === text) return; // said once, not at every saving
    this.line.dataset.said = text;
    this.line.textContent = text;
    if (link) this.line.append(" ", link);
  }

  // recover finds what this browser kept of the form, or of another one that was never stored.
  recover() {
    if (!this.here) return;
    if ("keepTyped" in this.form.dataset) {
      this.write();
      return;
    }
    const key = draftKey(this.who, this.value("report_id"));
    const kept = store.get(key);
    if (kept) {
      if (JSON.stringify(kept.fields) === this.stored) store.drop(key);
      else if (kept.version === this.value("version") && kept.kind === this.value("kind")) this.take(key, kept);
      else this.offer(key, kept);
      return;
    }
    if (this.value("version") !== "0" || this.value("base") !== "0") return;
    const others = store.keys().filter((k) => k.startsWith(`draft:${this.who}:`)).map((k) => [k, store.get(k)]).filter(([, v]) => v?.fields);
    others.sort((a, b) => b[1].at - a[1].at);
    if (others.length === 0) return;
    const [other, value] = others[0];
    if (location.hash === "#" + other.split(":").at(-1)) this.take(other, value);
    else this.offer(other, value);
  }

  offer(key, kept) {
    const box = document.createElement("div");
    box.className = "flash flash-info keep-found";
    const line = document.createElement("p");
    line.textContent = this.form.dataset.keepFound.replace("{time}", new Date(kept.at).toLocaleString(document.documentElement.lang, { timeZone: "Asia/Ho_Chi_Minh", dateStyle: "short", timeStyle: "short" }));
    const buttons = document.createElement("p");
    buttons.append(
      button(this.form.dataset.keepTake, "btn-primary", () => {
        box.remove();
        this.take(key, kept);
      }),
      button(this.form.dataset.keepDrop, "btn-outline-primary", () => {
        store.drop(key);
        box.remove();
        this.form.querySelector("textarea, input:not([type=hidden])")?.focus();
      }));
    box.append(line, buttons);
    this.form.before(box);
    say(line.textContent);
  }

  // take puts what was kept into the form, at the address where it belongs.
  take(key, kept) {
    const report = key.split(":").at(-1);
    const own = report === this.value("report_id");
    if (!own && (kept.version !== "0" || kept.base !== "0")) {
      location.href = `/reports/${report}/edit`;
      return;
    }
    if (kept.kind !== this.value("kind")) {
      if (own) return;
      location.href = `/reports/new?${new URLSearchParams({ kind: kept.kind, ...(kept.fields.locality ? { place: kept.fields.locality } : {}) })}#${report}`;
      return;
    }
    if (!own) {
      store.drop(key);
      this.form.elements.report_id.value = report;
    }
    for (const control of this.form.elements) {
      if (!control.name || ownFields.includes(control.name) || control.type === "submit") continue;
      const text = kept.fields[control.name] ?? "";
      if (control.tagName === "SELECT" && ![...control.options].some((o) => o.value === text)) continue;
      control.value = text;
      if (text) for (let d = control.closest("details"); d; d = d.parentElement.closest("details")) d.open = true;
    }
    this.write();
    this.tell(this.form.dataset.keepTaken);
    this.soon(rest);
  }
}

// packed makes a long text lighter where the browser can.
async function packed(text) {
  if (!("CompressionStream" in window)) return [text];
  try {
    return [await new Response(new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer(), "gzip"];
  } catch {
    return [text];
  }
}

function button(text, kind, press) {
  const b = document.createElement("button");
  b.type = "button";
  b.className = "btn " + kind;
  b.textContent = text;
  b.addEventListener("click", press);
  return b;
}
