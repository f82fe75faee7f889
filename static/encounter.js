// What a script adds to an encounter's page; without it the page works by its buttons.
// - an answer of the server never overwrites what was tapped since it was asked;
// - a change of the advice is announced; unsaved changes are said, and held on leaving.
const form = document.getElementById("encounter");
const announce = document.getElementById("announce");
const saved = document.getElementById("saved");
const line = document.querySelector("#advice-line span");

if (form && form.hasAttribute("hx-post")) {
  let changes = 0;
  let asked = 0;
  let leaving = false;

  const changed = () => {
    changes += 1;
    if (saved && !saved.dataset.unsaved) {
      saved.dataset.unsaved = "yes";
      saved.textContent = "Not saved yet";
      saved.classList.remove("saved");
    }
  };

  const show = (id, shown) => {
    const notice = document.getElementById(id);
    if (!notice || notice.hidden !== shown) return;
    notice.hidden = !shown;
    if (shown) announce.textContent = notice.textContent;
  };

  form.addEventListener("input", changed);
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

  document.body.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt === form) asked = changes;
  });
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.requestConfig?.elt !== form) return;
    // Whatever is not the advice (a sign-in page, a refusal) never takes its place.
    const isAdvice = event.detail.xhr.responseText.includes('id="state"');
    show("offline", false);
    show("signed-out", !isAdvice);
    // Something was tapped since this was asked: the next answer is on its way.
    if (!isAdvice || asked !== changes) event.detail.shouldSwap = false;
  });
  document.body.addEventListener("htmx:sendError", () => show("offline", true));
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "advice") return;
    const said = document.getElementById("state")?.dataset.announce || "";
    if (line && line.textContent !== said) {
      announce.textContent = said;
      line.textContent = said;
    }
  });

  form.addEventListener("submit", () => { leaving = true; });
  window.addEventListener("beforeunload", (event) => {
    if (saved?.dataset.unsaved && !leaving) event.preventDefault();
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
