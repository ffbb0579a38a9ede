// Keys for lists of issues while the focus is inside one: J and K go to the next row and the one before, X chooses the row.
export function watchBoard() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const row = event.target.closest?.("[data-rows] > li");
    if (!row || event.target.closest("textarea, select, input:not([type=checkbox])")) return;
    const key = event.key.toLowerCase();
    if (key === "x") {
      row.querySelector("input[type=checkbox]")?.click();
    } else if (key === "j" || key === "k") {
      const rows = [...document.querySelectorAll("[data-rows] > li")];
      rows[rows.indexOf(row) + (key === "j" ? 1 : -1)]?.querySelector(".line-title")?.focus();
    } else {
      return;
    }
    event.preventDefault();
  });
}
