// A button that shows what was typed into a password field; typing blind on a phone is how long passwords go wrong.
export function watchReveal() {
  offer();
  document.addEventListener("htmx:after:swap", offer);
  document.addEventListener("submit", hideAll, true); // so that the browser offers to keep it
}

function offer() {
  for (const place of document.querySelectorAll("[data-reveal][hidden]")) {
    const field = document.getElementById(place.dataset.reveal);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-outline-primary";
    button.setAttribute("aria-controls", field.id);
    button.addEventListener("click", () => show(field, button, place, field.type === "password"));
    place.replaceChildren(button);
    place.hidden = false;
    show(field, button, place, false);
  }
}

function show(field, button, place, visible) {
  field.type = visible ? "text" : "password";
  button.textContent = visible ? place.dataset.hide : place.dataset.show;
  button.setAttribute("aria-pressed", String(visible));
}

function hideAll() {
  for (const place of document.querySelectorAll("[data-reveal]")) {
    const button = place.querySelector("button");
    if (button) show(document.getElementById(place.dataset.reveal), button, place, false);
  }
}
