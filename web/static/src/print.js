// A button that prints what is on the page, in the place of the words that say how to.
export function watchPrint() {
  offer();
  document.addEventListener("htmx:after:swap", offer);
}

function offer() {
  for (const place of document.querySelectorAll("[data-print]:not(:has(button))")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-primary";
    button.textContent = place.dataset.print;
    button.addEventListener("click", () => window.print());
    place.replaceChildren(button);
  }
}
