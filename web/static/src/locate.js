// A button that fills in where the device is. Without scripts the field is typed by hand.
import { say } from "./forms.js";

export function watchLocate() {
  offer();
  document.addEventListener("htmx:after:swap", offer);
}

function offer() {
  if (!navigator.geolocation) return;
  for (const place of document.querySelectorAll("[data-locate][hidden]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-outline-primary";
    button.textContent = place.dataset.locateLabel;
    button.addEventListener("click", () => locate(place, button));
    place.replaceChildren(button);
    place.hidden = false;
  }
}

function locate(place, button) {
  const field = document.getElementById(place.dataset.locate);
  if (!field || button.getAttribute("aria-disabled")) return;
  button.setAttribute("aria-disabled", "true");
  navigator.geolocation.getCurrentPosition(({ coords }) => {
    button.removeAttribute("aria-disabled");
    field.value = `${coords.latitude.toFixed(6)}, ${coords.longitude.toFixed(6)}`;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  }, () => {
    button.removeAttribute("aria-disabled");
    let note = place.querySelector("span");
    if (!note) place.append(note = document.createElement("span"));
    note.textContent = " " + place.dataset.locateFailed;
    say(place.dataset.locateFailed);
  }, { timeout: 15000, maximumAge: 60000, enableHighAccuracy: true });
}
