// What a script adds to one field of a form; without it the field works by its radios.
// - a typed value and "not known" exclude each other, and what was typed comes back;
// - a second tap, or Space, on what is chosen takes it back;
// - a change of unit is said: the number is read anew, it is never converted.
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

if (form) {
  form.classList.add("scripted");
  remember();
  form.addEventListener("input", (event) => exclude(event.target), true);
  form.addEventListener("click", (event) => {
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
  document.body.addEventListener("htmx:afterSettle", remember);
}
