// What a script adds to the advice and the decisions; without it the buttons save the draft.
// - what was opened in the advice stays open when the advice is written anew;
// - "follow all" and its undo set the choices in place, and count as one change;
// - who takes a decision back finds the focus on the choices again.
const form = document.getElementById("encounter");
const aside = document.getElementById("advice");
let open = [];

const changed = (field) => field.dispatchEvent(new Event("change", { bubbles: true }));

const together = (from, to) => {
  let last = null;
  for (const asked of form.querySelectorAll('input[name^="d."][name$=".asked"][value="all"]')) {
    const choices = asked.closest(".decision").querySelectorAll(`input[name="${asked.name.replace(/asked$/, "choice")}"]`);
    const now = [...choices].find((one) => one.checked)?.value || "";
    const then = [...choices].find((one) => one.value === to);
    if (now === from && then) {
      then.checked = true;
      last = then;
    }
  }
  if (last) {
    last.dispatchEvent(new Event("input", { bubbles: true }));
    changed(last);
  }
};

aside?.addEventListener("click", (event) => {
  const button = event.target.closest('button[name="then"]');
  const ways = { "follow-all": ["", "followed"], "follow-none": ["followed", ""] };
  if (!button || !ways[button.value]) return;
  event.preventDefault();
  together(...ways[button.value]);
});

aside?.addEventListener("change", (event) => {
  const { target } = event;
  if (target.matches('.undo input')) target.closest(".decision").querySelector(".decide input")?.focus();
  // A day that is typed is the day meant.
  if (target.type === "date" && target.value) {
    const day = target.closest(".decision").querySelector(".decide-day input");
    if (day && !day.checked && !target.closest(".decision").querySelector(".kind-interval input")?.checked) day.checked = true;
  }
});

document.body.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id === "advice") open = [...aside.querySelectorAll("details[open][id]")].map((one) => one.id);
});
document.body.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id !== "advice") return;
  for (const id of open) {
    const details = document.getElementById(id);
    if (details) details.open = true;
  }
});
// What is fetched when it is opened was opened before htmx knew it: say it once more.
document.body.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target.id !== "advice") return;
  for (const details of aside.querySelectorAll("details[open]")) details.dispatchEvent(new Event("toggle"));
});
