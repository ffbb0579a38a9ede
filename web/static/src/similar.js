// Names the open issues that may be the same as the one that is being written, while its title is typed. The server finds them and
// words them; without a script the form has a link to the open issues of the place.
const rest = 700; // of the fingers before it is asked, in milliseconds
const least = 6; // letters

export function watchSimilar() {
  let timer = 0;
  let asked = "";
  document.addEventListener("input", (event) => {
    const box = document.querySelector("[data-similar]");
    if (!box || event.target.id !== box.dataset.similarOf) return;
    clearTimeout(timer);
    timer = setTimeout(() => ask(box, event.target.value.trim()), rest);
  });

  async function ask(box, title) {
    if (title === asked || !box.isConnected) return;
    asked = title;
    const found = title.length < least ? "" : await read(box.dataset.similar + "&title=" + encodeURIComponent(title));
    if (title !== asked || !box.isConnected || found === null) return;
    box.querySelector(".similar")?.remove();
    if (found) box.insertAdjacentHTML("beforeend", found);
  }
}

async function read(url) {
  try {
    const answer = await fetch(url, { headers: { Accept: "text/html" } });
    return answer.ok && !answer.redirected ? (await answer.text()).trim() : null;
  } catch {
    return null; // no network: it is only a hint
  }
}
