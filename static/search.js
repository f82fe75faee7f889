// The keyboard on the list of patients: arrow keys move, Enter opens, Escape goes back.
const box = document.getElementById("q");

const links = () => [...document.querySelectorAll("#found .list-link")];
const isCurrent = () => document.getElementById("found").dataset.query === box.value.trim();

document.addEventListener("keydown", (event) => {
  const list = links();
  const here = list.indexOf(document.activeElement);
  if (here < 0 && document.activeElement !== box) return;
  const to = {
    ArrowDown: list[here + 1],
    ArrowUp: here > 0 ? list[here - 1] : here === 0 ? box : undefined,
    Home: here >= 0 ? list[0] : undefined,
    End: here >= 0 ? list.at(-1) : undefined,
    Escape: here >= 0 ? box : undefined,
  }[event.key];
  if (to) {
    event.preventDefault();
    to.focus();
  }
});

// Enter in the box opens the only patient found. Of several none is guessed: the first
// one is focused, to be read before Enter opens it.
document.getElementById("search").addEventListener("submit", (event) => {
  const list = links();
  if (!box.value.trim() || !isCurrent() || !list.length) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (list.length === 1) list[0].click();
  else list[0].focus();
}, { capture: true });
