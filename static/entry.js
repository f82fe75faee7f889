// What a script adds to one field of a form; without it the field works by its radios.
// - a typed value and "not known" exclude each other, and what was typed comes back;
// - a second tap, or Space, on what is chosen takes it back;
// - a change of unit is said: the number is read anew, it is never converted;
// - an earlier answer is put into the field, and is that answer until it is changed;
// - an answer that a change hides is told at once, and one tap undoes the change.
const form = document.querySelector("form:has(.item)");
const announce = document.getElementById("announce");

const within = (kind, key, rest = "") =>
  form.querySelector(`input[name="${kind}.${CSS.escape(key)}"]${rest}`);
const say = (text) => { if (announce) announce.textContent = text; };
const tell = (field) => {
  for (const type of ["input", "change"]) field.dispatchEvent(new Event(type, { bubbles: true }));
};

// Radios of one group exclude each other by themselves; a typed value needs help.
const exclude = (field) => {
  const [kind, key] = [field.name.slice(0, 1), field.name.slice(2)];
  const typed = document.getElementById(`a-${key}`);
  if (!typed || !form.contains(typed)) return;
  if (kind === "m" && field.value) {
    typed.dataset.before = typed.value || typed.dataset.before || "";
    typed.value = "";
  } else if (kind === "m" && !typed.value) {
    typed.value = typed.dataset.before || "";
    typed.dataset.before = "";
  } else if (field === typed && typed.value) {
    const none = within("m", key, '[value=""]');
    if (none) none.checked = true;
  }
};

const chosen = new Map();
const remember = () => {
  for (const radio of form.querySelectorAll(".item input[type=radio]:checked")) chosen.set(radio.name, radio);
};
const takeBack = (radio) => {
  const none = form.querySelector(`.item input[name="${CSS.escape(radio.name)}"][value=""]`);
  if (!none) return;
  none.checked = true;
  chosen.set(radio.name, none);
  tell(none);
  say("Taken back");
};

const unitChanged = (radio) => {
  const typed = document.getElementById(`a-${radio.name.slice(2)}`);
  if (typed?.value) say(`${typed.value} is now read as ${radio.dataset.unit}`);
};

const use = (button) => {
  const { typed, revision, unit } = button.dataset;
  const key = button.value;
  const text = document.getElementById(`a-${key}`);
  const field = text || within("a", key, `[value="${CSS.escape(typed)}"]`);
  if (!field) return;
  if (text) {
    const own = within("u", key, `[value="${CSS.escape(unit)}"]`);
    if (own) own.checked = true;
    field.value = typed;
  } else {
    field.checked = true;
    chosen.set(field.name, field);
  }
  tell(field);
  within("f", key).value = revision; // after the telling: a change by hand empties it
  document.getElementById(`i-${key}`).scrollIntoView({ block: "nearest" });
};

// What the fields held when the page last agreed with the server, by name.
const held = () => new Map([...new FormData(form)].filter(([name]) => /^[amuwf]\./.test(name)));
const hiddenNow = () => new Map([...document.querySelectorAll("#unused [data-key]")].map((one) => [one.dataset.key, one]));
let agreed = new Map();
let hidden = new Map();

const putBack = (name, value) => {
  const fields = [...form.elements].filter((field) => field.name === name);
  const radio = fields.find((field) => field.type === "radio" && field.value === (value ?? ""));
  const field = radio || fields.find((one) => one.type !== "radio");
  if (!field) return;
  if (radio) { radio.checked = true; chosen.set(name, radio); } else field.value = value ?? "";
  tell(field);
};

const told = document.createElement("div");
const tellHidden = (found, before) => {
  const keys = new Set(found.flatMap((one) => one.dataset.by.split(" ")));
  const undo = document.createElement("button");
  const close = document.createElement("button");
  const words = document.createElement("p");
  for (const [button, name] of [[undo, "Undo"], [close, "Close"]]) {
    button.type = "button";
    button.textContent = name;
    button.className = "btn btn-outline-secondary";
    button.addEventListener("click", () => { told.hidden = true; });
  }
  undo.addEventListener("click", () => {
    const now = held();
    const names = [...new Set([...before.keys(), ...now.keys()])].filter((name) => keys.has(name.slice(2)));
    for (const name of names) if (before.get(name) !== now.get(name)) putBack(name, before.get(name));
    document.getElementById(`i-${[...keys][0]}`)?.scrollIntoView({ block: "nearest" });
    say("Undone");
  });
  words.textContent = found.map((one) => one.firstChild.textContent.trim()).join(" ");
  told.replaceChildren(words, undo, close);
  told.hidden = false;
  say(words.textContent);
};
const compare = () => {
  const now = hiddenNow();
  const found = [...now].filter(([key]) => !hidden.has(key)).map(([, one]) => one);
  if (found.length) tellHidden(found, agreed);
  else if (![...now.keys()].length) told.hidden = true;
  hidden = now;
  agreed = held();
};

if (form) {
  told.className = "told";
  told.hidden = true;
  told.setAttribute("role", "region");
  told.setAttribute("aria-label", "Kept, and not used");
  form.append(told);
  agreed = held();
  hidden = hiddenNow();
  form.classList.add("scripted");
  remember();
  form.addEventListener("input", (event) => exclude(event.target), true);
  form.addEventListener("input", (event) => {
    const source = /^[amu]\./.test(event.target.name) && within("f", event.target.name.slice(2));
    if (source) source.value = "";
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest(".use");
    if (button) {
      event.preventDefault();
      use(button);
      return;
    }
    const radio = event.target;
    if (!radio.matches(".item input[type=radio]")) return;
    if (chosen.get(radio.name) === radio) takeBack(radio);
    else chosen.set(radio.name, radio);
  });
  form.addEventListener("keydown", (event) => {
    const radio = event.target;
    if (event.key !== " " || !radio.matches(".item input[type=radio]:checked")) return;
    event.preventDefault();
    takeBack(radio);
  });
  form.addEventListener("change", (event) => {
    if (event.target.name?.startsWith("u.")) unitChanged(event.target);
  });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "advice") return;
    remember();
    compare(); // at once: now the form still is what the server answered to
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !told.hidden) told.hidden = true;
  });
}
