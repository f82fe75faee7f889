// What a script adds to an encounter's page; without it the page works by its buttons.
// A change of the advice is announced. Saving is saving.js, one field is entry.js.
const form = document.getElementById("encounter");
const announce = document.getElementById("announce");
const line = document.querySelector("#advice-line span");

if (form && form.hasAttribute("hx-post")) {
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("input.form-control")) {
      event.preventDefault(); // Enter moves on; it does not save by surprise
      next(event.target)?.focus();
    }
  });

  const next = (from) => {
    const fields = [...form.querySelectorAll("input:not([type=hidden]), button, summary")];
    const shown = fields.filter((field) => field.offsetParent !== null && field.tabIndex >= 0);
    const after = shown.slice(shown.indexOf(from) + 1);
    return after.find((field) => !field.closest(".codes, .units, .due")) || null;
  };

  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "advice") return;
    const said = document.getElementById("state")?.dataset.announce || "";
    if (line && line.textContent !== said) {
      announce.textContent = said;
      line.textContent = said;
    }
  });
}
// On a narrow screen the advice is one line at the bottom edge, and opens upward.
const opener = document.getElementById("advice-line");
const aside = document.getElementById("advice");
if (opener && aside) {
  const open = (shown) => {
    aside.classList.toggle("is-open", shown);
    opener.setAttribute("aria-expanded", String(shown));
  };
  opener.setAttribute("role", "button");
  open(false);
  opener.addEventListener("click", (event) => {
    event.preventDefault();
    open(!aside.classList.contains("is-open"));
  });
  opener.addEventListener("keydown", (event) => {
    if (event.key === " ") { event.preventDefault(); opener.click(); }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && aside.classList.contains("is-open")) {
      open(false);
      opener.focus();
    }
  });
  aside.addEventListener("click", (event) => {
    if (event.target.closest('a[href^="#"]')) open(false);
  });
}

document.getElementById("error-summary")?.focus();
