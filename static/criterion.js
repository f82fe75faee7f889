// What a script adds to the field of a criterion; without it the field is a text, read
// when the form is checked, and its rows are a page of their own.
// - the text is said in English, or its mistake shown, while it is typed;
// - rows and text stay in step: either can be changed, and the server makes the other;
// - a form is not sent before the text says what its rows say;
// - what can stand at the cursor is offered in a list (Ctrl+Space; arrows; Enter; Escape).
import { Offer } from "./offering.js";

const PAUSE = 300;
const fields = new WeakMap();

const characters = (text, units) => [...text.slice(0, units)].length;
const units = (text, count) => [...text].slice(0, count).join("").length;
const token = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";

// The controls of rows belong to a form that is never sent, so that they stay out of the one
// that saves, and Enter in them does not send it.
const aside = () => {
  if (document.getElementById("criterion-rows")) return;
  const form = document.createElement("form");
  form.id = "criterion-rows";
  form.hidden = true;
  form.addEventListener("submit", (event) => event.preventDefault());
  document.body.append(form);
};

class Criterion {
  constructor(root) {
    this.root = root;
    this.text = root.querySelector("textarea");
    this.said = root.querySelector(".criterion-said");
    this.timer = 0;
    this.request = null;
    this.writing = false;
    this.behind = false; // the rows were changed, and the text does not say so yet
    this.warned = false;
    this.build();
    this.offer = new Offer(this.text, (start, end, insert) => this.take(start, end, insert));
    this.text.addEventListener("input", () => this.typed());
    this.text.addEventListener("keydown", (event) => this.key(event));
    this.text.addEventListener("blur", () => this.offer.close());
    root.addEventListener("click", (event) => this.clicked(event));
    this.showFind();
  }

  // The rows, folded in below the text: closed where they are many, or none is asked for.
  build() {
    const template = this.root.querySelector("template");
    this.details = document.createElement("details");
    this.details.className = "criterion-build";
    const summary = document.createElement("summary");
    summary.textContent = "Rows";
    this.details.append(summary, template.content.cloneNode(true));
    if (!this.rows) {
      const rows = document.createElement("div");
      rows.className = "criterion-rows";
      this.details.append(rows);
      this.details.addEventListener("toggle", () => this.read(""), { once: true });
    }
    const known = this.text.value.trim() ? this.rows.querySelector(".row-group") : "required" in this.root.dataset;
    this.details.open = Boolean(known) && this.rows.querySelectorAll(".one-row").length <= 4;
    template.replaceWith(this.details);
    this.fold();
    this.status = document.createElement("p");
    this.status.className = "visually-hidden";
    this.status.setAttribute("role", "status");
    this.root.append(this.status);
    this.details.addEventListener("input", (event) => this.rowTyped(event));
    this.details.addEventListener("change", (event) => this.rowTyped(event));
    this.details.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target.matches("input")) event.preventDefault();
    });
  }

  // A score that is neither a sum of points nor yes or no has no rows, and says nothing of them.
  fold() {
    const typed = this.root.dataset.wanted === "score" && this.text.value.trim();
    this.details.hidden = Boolean(typed) && !this.rows.querySelector(".row-group") && !this.details.open;
  }

  get rows() { return this.details.querySelector(".criterion-rows"); }

  later(act) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { this.timer = 0; act(); }, PAUSE);
  }

  about(more) {
    const { name, wanted, where, label } = this.root.dataset;
    return new URLSearchParams({ name, wanted, where, label, text: this.text.value, ...more });
  }

  async ask(body) {
    this.request?.abort();
    this.request = new AbortController();
    const { signal } = this.request;
    try {
      const answer = await fetch(this.root.dataset.criterion, {
        method: "POST", body, signal,
        headers: { "X-CSRFToken": token(), "X-Background": "1" },
      });
      if (!answer.ok || signal.aborted) throw new Error(answer.status);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      // What was typed while this came is asked about next: it would only flicker.
      return this.timer || signal.aborted ? null : page.querySelector(".criterion-live");
    } catch (error) {
      if (error.name !== "AbortError") this.lost();
      return null;
    }
  }

  lost() {
    this.said.textContent = "It cannot be read just now; what you wrote is kept. It is read again when you go on.";
  }

  // --- the text --------------------------------------------------------------------

  typed() {
    if (this.writing) return;
    this.behind = false;
    this.later(() => this.read(this.wantsOffer() ? "typing" : ""));
  }

  wantsOffer() {
    const { selectionStart: at, selectionEnd, value } = this.text;
    return document.activeElement === this.text && at === selectionEnd && /[\w.']$/.test(value.slice(0, at));
  }

  async read(offering) {
    const { value, selectionStart } = this.text;
    const more = offering ? { cursor: characters(value, selectionStart) } : {};
    const live = await this.ask(this.about(more));
    if (!live) return;
    this.say(live);
    this.rows.replaceWith(live.querySelector(".criterion-rows"));
    this.fold();
    if (offering) this.show(live, offering === "asked");
    else this.offer.close();
  }

  // Unasked, only what goes on from a word or a string that was begun.
  show(live, asked) {
    const list = live.querySelector(".criterion-options");
    if (!list || (!asked && list.dataset.start === list.dataset.end) || this.text.selectionStart !== this.text.selectionEnd) return;
    this.offer.open(list, (count) => units(this.text.value, count));
    if (this.offer.isOpen) this.tell(`${list.children.length} can stand here; arrow down to choose`);
  }

  key(event) {
    if (event.key === " " && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      clearTimeout(this.timer);
      this.timer = 0;
      this.read("asked");
    } else if (this.offer.key(event)) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  take(start, end, insert) {
    this.text.focus();
    this.text.setRangeText(insert, start, end, "end");
    this.text.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // --- the rows ----------------------------------------------------------------------

  rowTyped(event) {
    event.stopPropagation(); // it is the text that the page around is told of
    const isChoice = event.target.matches("select, [type=checkbox], [type=date]");
    if (event.type === "input" && isChoice) return;
    if (event.type === "change" && !isChoice) return;
    this.behind = true;
    this.warned = false;
    if (isChoice) this.assemble();
    else this.later(() => this.assemble());
  }

  async assemble(verb = "") {
    clearTimeout(this.timer);
    this.timer = 0;
    const body = this.about(verb ? { do: verb } : {});
    for (const control of this.rows.querySelectorAll("input, select, textarea")) {
      if (control.type !== "checkbox" || control.checked) body.append(control.name, control.value);
    }
    this.behind = true;
    const live = await this.ask(body);
    if (!live) return;
    this.behind = false;
    this.write(live.querySelector("textarea[name=text]").value);
    this.say(live);
    this.put(live, verb);
  }

  get lacks() { return Boolean(this.rows.querySelector(":scope > .notice")); }

  // Somebody saves while a row is not complete: that is said once, at the row.
  warn() {
    this.warned = true;
    this.details.open = true;
    const at = this.rows.querySelector("[aria-invalid]") ?? this.rows.querySelector("[data-problem] select, input, select");
    at?.focus();
    this.tell("A row is not complete: complete or remove it, or save again without it.");
  }

  write(value) {
    if (this.text.value === value) return;
    this.writing = true;
    this.text.value = value;
    for (const type of ["input", "change"]) this.text.dispatchEvent(new Event(type, { bubbles: true }));
    this.writing = false;
  }

  // Rows of the same shape are only told what they lack, so that nobody loses their place.
  put(live, verb) {
    const fresh = live.querySelector(".criterion-rows");
    const names = (rows) => [...rows.querySelectorAll("input, select, textarea")].map((one) => one.id || one.name + one.value).join();
    const active = document.activeElement;
    const at = active && this.rows.contains(active) ? active : null;
    const before = at?.getBoundingClientRect().top;
    if (at?.matches("input, textarea") && names(fresh) === names(this.rows)) {
      this.patch(fresh);
    } else {
      this.rows.replaceWith(fresh);
      this.focus(live.dataset.touched, verb, at);
    }
    const now = document.activeElement;
    if (at && now.id === at.id) scrollBy(0, now.getBoundingClientRect().top - before);
  }

  patch(fresh) {
    for (const place of this.rows.querySelectorAll(".one-row, .criterion-rows > .notice")) {
      place.querySelector(".errorlist")?.remove();
      const problem = document.getElementById(place.id) && fresh.querySelector(`#${CSS.escape(place.id)} > .errorlist`);
      if (problem) place.append(problem);
    }
    this.rows.querySelector(":scope > .notice")?.remove();
    const notice = fresh.querySelector(":scope > .notice");
    if (notice) this.rows.prepend(notice);
    for (const control of fresh.querySelectorAll("input[id], select[id], textarea[id]")) {
      const mine = document.getElementById(control.id);
      for (const name of ["aria-invalid", "aria-describedby"]) {
        if (control.hasAttribute(name)) mine.setAttribute(name, control.getAttribute(name));
        else mine.removeAttribute(name);
      }
    }
  }

  focus(touched, verb, at) {
    const id = (rest) => document.getElementById(`${this.text.id}-${touched}-${rest}`);
    const [act] = verb.split(" ");
    const asked = { up: "up", down: "down", remove: "remove" }[act];
    const found = touched
      ? (asked && id(asked)) || id("key") || id("text") || id("kind")
      : at && document.getElementById(at.id);
    found?.focus({ preventScroll: !touched });
  }

  // --- what is said -------------------------------------------------------------------

  say(live) {
    const fresh = live.querySelector(".criterion-said");
    const changed = fresh.textContent !== this.said.textContent;
    this.said.replaceWith(fresh);
    this.said = fresh;
    const wrong = fresh.querySelector(".problem-line");
    if (wrong) this.text.setAttribute("aria-invalid", "true");
    else this.text.removeAttribute("aria-invalid");
    this.showFind();
    if (changed) this.tell((wrong || fresh.querySelector(".reads"))?.textContent ?? "");
  }

  tell(words) { this.status.textContent = words.replace(/\s+/g, " ").trim(); }

  showFind() {
    const find = this.said.querySelector(".criterion-find");
    if (find) find.hidden = false;
  }

  clicked(event) {
    const find = event.target.closest(".criterion-find");
    if (find) {
      const { value } = this.text;
      this.text.focus();
      this.text.setSelectionRange(units(value, +find.dataset.start), units(value, +find.dataset.end));
      return;
    }
    const button = event.target.closest(".criterion-rows button[name=do]");
    if (!button) return;
    event.preventDefault();
    this.assemble(button.value);
  }
}

const begin = () => {
  for (const root of document.querySelectorAll("[data-criterion]")) {
    if (!fields.has(root)) fields.set(root, new Criterion(root));
  }
};

// What is saved is the text: it waits for the rows, and for a word about one that is not complete.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  const mine = [...form.querySelectorAll("[data-criterion]")].map((root) => fields.get(root)).filter(Boolean);
  const told = (one) => one.lacks && !one.warned;
  if (!mine.some((one) => one.behind || told(one))) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const { submitter } = event;
  for (const one of mine) if (one.behind) await one.assemble();
  if (mine.some((one) => one.behind)) return;
  const left = mine.find(told);
  if (left) left.warn();
  else form.requestSubmit(submitter);
}, true);

aside();
begin();
new MutationObserver(begin).observe(document.body, { childList: true, subtree: true });
