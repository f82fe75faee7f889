// What a script adds to the outline editor; without it every link and form works.
// - a node that is clicked in the drawing is opened by its link in the outline;
// - what was open or scrolled stays so when htmx puts in the next part;
// - a form that was changed and not saved asks before it is left.
const work = () => document.getElementById("work");
const form = () => document.querySelector("form#part");
let changed = false;
let before = null;
let pressed = "";

const isPlain = (event) =>
  event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;

document.addEventListener("click", (event) => {
  const box = event.target.closest?.("#work a.tree-box");
  if (!box || !isPlain(event)) return;
  const link = document.querySelector(`[data-step="${CSS.escape(box.dataset.node)}"]`);
  if (!link) return;
  event.preventDefault();
  link.click();
});

// What an answer of this type needs is brought out from what is folded away.
document.addEventListener("change", (event) => {
  if (!event.target.matches('form#part [name="type"]')) return;
  const more = form().querySelector(":scope > .card-body > .more");
  for (const each of more?.querySelectorAll(":scope > [data-only]") ?? []) {
    if (each.dataset.only.split(" ").includes(event.target.value)) more.before(each);
  }
});

// Leaving a changed form: by a link here, or by the browser.
document.addEventListener("input", (event) => {
  if (event.target.closest("form#part")) changed = true;
});
document.addEventListener("htmx:confirm", (event) => {
  const leaves = event.target.matches?.("#work a[hx-get], #work .part-tools [hx-post], .work-last form");
  if (!changed || !leaves) return;
  event.preventDefault();
  if (window.confirm("What you changed here is not saved. Leave it?")) event.detail.issueRequest(true);
});
addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
document.addEventListener("submit", (event) => {
  pressed = event.submitter?.value ?? "";
  if (!event.target.matches(".thread-form")) changed = false;
});

// Which folds are open, and how far the outline is scrolled, outlives a swap.
const folds = () => [...document.querySelectorAll("#work details[id]")];
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (xhr.status === 409) event.detail.shouldSwap = true;
  if (event.detail.target?.id === "work" && xhr.status < 500 && !/id="work"/.test(xhr.responseText)) {
    event.detail.shouldSwap = false; // another page, such as the choice between two sides
    changed = false;
    location.href = xhr.responseURL;
  }
  before = {
    open: new Map(folds().map((each) => [each.id, each.open])),
    top: document.getElementById("outline")?.scrollTop ?? 0,
    part: location.pathname,
    y: scrollY,
  };
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id === "part-comments") return; // the form beside it stays as it is
  if (!before || !work()?.contains(event.target) && event.target !== work()) return;
  const list = document.getElementById("outline");
  for (const each of folds()) {
    if (each.closest("#outline") && before.open.get(each.id)) each.open = true;
  }
  if (list) list.scrollTop = before.top;
  list?.querySelector('[aria-current="page"]')?.scrollIntoView({ block: "nearest" });
  changed = form()?.hasAttribute("data-changed") ?? false;
  arrive();
});

// Where the keys go on: to what is wrong, to the new row, else to the part itself.
const arrive = () => {
  const [, way, rows, index] = pressed.match(/^(up|down):(.*)\.(\d+)$/) ?? [];
  const moved = way && `${rows}.${Number(index) + (way === "up" ? -1 : 1)}`;
  const tool = (verb) => moved && form()?.querySelector(`button[value="${verb}:${moved}"]`);
  const held = document.activeElement?.id && document.activeElement !== document.body;
  const place = document.getElementById("error-summary")
    ?? form()?.querySelector("[autofocus]")
    ?? (way && tool(way)) ?? tool("up") ?? tool("down")
    ?? (held ? document.activeElement : document.getElementById("part-title"));
  pressed = "";
  if (!place) return;
  place.focus({ preventScroll: true });
  const { top, bottom } = place.getBoundingClientRect();
  if (top < 0 || bottom > innerHeight) place.scrollIntoView({ block: "center" });
};
