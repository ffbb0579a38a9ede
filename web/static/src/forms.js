// Forms: nothing is sent twice, nothing typed is left behind unawares, long texts say how much room is left.

let unsaved = null; // the form with text that was not sent

/** Tells whether the page holds text that was typed and not sent. */
export function hasUnsaved() {
  return unsaved !== null && unsaved.isConnected;
}

export function watchForms() {
  document.addEventListener("input", onInput);
  document.addEventListener("keydown", onKey);
  document.addEventListener("submit", onSubmit, true); // before htmx sees it
  document.addEventListener("htmx:finally:request", (event) => release(event.detail.ctx?.sourceElement));
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-busy]").forEach(release));
  window.addEventListener("beforeunload", (event) => {
    if (hasUnsaved()) event.preventDefault();
  });
}

/** Marks the text of a form as not sent again, after a request that failed. */
export function keepUnsaved(form) {
  if (form?.matches?.("form[data-unsaved]")) unsaved = form;
}

/** Marks the text of a form as kept elsewhere, so that the page may be left. */
export function markKept(form) {
  if (unsaved === form) unsaved = null;
}

function onInput(event) {
  const form = event.target.form;
  if (form?.matches("[data-unsaved]")) unsaved = form;
  if (event.target.matches("textarea[maxlength]")) countLeft(event.target);
}

// onKey has the enter key lead to the next row of a form with many, as in a spreadsheet; its button sends it.
function onKey(event) {
  if (event.key !== "Enter" || event.isComposing || !event.target.matches("form[data-rows] input[list]")) return;
  event.preventDefault();
  const fields = [...event.target.form.querySelectorAll("input[list]")];
  const next = fields[fields.indexOf(event.target) + (event.shiftKey ? -1 : 1)];
  (next ?? event.target.form.querySelector("button[type=submit]"))?.focus();
}

function onSubmit(event) {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.busy) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.dataset.busy = "true";
  // aria-disabled, since a disabled button would not send its name and value
  event.submitter?.setAttribute("aria-disabled", "true");
  if ("file" in form.dataset) setTimeout(() => release(form), 3000); // the page stays while the file comes
  if (unsaved === form) unsaved = null;
}

function release(form) {
  if (!form?.matches?.("form")) return;
  delete form.dataset.busy;
  for (const button of form.elements) button.removeAttribute("aria-disabled");
}

// countLeft speaks up when a fifth of the room is left, politely and not at every letter.
function countLeft(area) {
  const line = document.querySelector(`[data-left-for="${CSS.escape(area.id)}"]`);
  if (!line) return;
  const left = area.maxLength - area.value.length;
  line.hidden = left > area.maxLength / 5;
  line.textContent = document.body.dataset.count.replace("{n}", left);
  if (left === 0 || left === 20) say(line.textContent);
}

/** Has a screen reader say a text. */
export function say(text) {
  const live = document.getElementById("live");
  if (live) live.textContent = text;
}
