// The key "/" leads to the search box, unless somebody is typing.

export function watchSearch() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const box = document.querySelector("#top-q, .search-form input[type=search]");
    if (!box) return;
    event.preventDefault();
    if (box.checkVisibility()) {
      box.focus();
      box.select();
    } else {
      document.querySelector(".top-search-link")?.click(); // narrow windows have a link instead of the box
    }
  });
}
