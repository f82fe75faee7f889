// Saves the draft while somebody types, and says truthfully what the server holds.
// One request at a time carries the form there and the advice back; `edit` follows.
// Whatever stands in the way is said, and kept at until it is out of the way.
// Others hear: draft:changed, draft:saved, draft:opened; and say draft:kept (keeping.js).
const form = document.getElementById("encounter");
const chip = document.getElementById("saved");
const announce = document.getElementById("announce");
const TYPED = 450, TAPPED = 120, LONGEST = 1500; // ms from a change to its request
const PULSE = 5000, PATIENCE = 15000;
const TROUBLE = {
  offline: "no connection",
  down: "the server does not answer",
  "signed-out": "signed out",
  "another-user": "somebody else is signed in",
  conflict: "saved elsewhere meanwhile",
  refused: "see above",
};

let changes = 0, sent = 0, saved = 0; // counted changes: made, under way, on the server
let turn = 0, timer = 0, since = 0, retries = 0;
let flying = false, again = false, byHand = false, leaving = false, wasRecalled = false;
let trouble = "", kept = -1;

const field = (name) => form.querySelector(`input[name="${name}"]`);
const unsaved = () => changes !== saved;
const tell = (name, detail = {}) =>
  form.dispatchEvent(new CustomEvent(`draft:${name}`, { detail }));

const show = (id, shown, words) => {
  const notice = document.getElementById(id);
  if (!notice) return;
  if (words !== undefined) notice.textContent = words;
  if (notice.hidden !== shown) return;
  notice.hidden = !shown;
  if (shown) announce.textContent = notice.textContent.trim();
};

const sayState = (state) => {
  if (state) chip.dataset.stands = `Saved ${state.saved_at}, version ${state.edit}`;
  const device = kept === changes ? ", kept on this device" : "";
  const words = !unsaved() ? chip.dataset.stands || chip.textContent
    : trouble ? `Not saved: ${TROUBLE[trouble]}${device}` : "Saving…";
  if (chip.textContent !== words) chip.textContent = words;
  chip.classList.toggle("saved", !unsaved() && Boolean(chip.dataset.stands));
  chip.classList.toggle("warn", unsaved() && trouble !== "");
};

const meet = (kind) => {
  if (trouble === "conflict" && (kind === "offline" || kind === "down")) return;
  trouble = kind;
  for (const id of ["signed-out", "another-user"]) show(id, kind === id);
  show("offline", kind === "offline" || kind === "down");
  show("elsewhere", kind === "conflict");
  show("refused", kind === "refused");
  document.body.classList.toggle("locked", kind === "another-user");
  sayState();
};

const overcome = (state) => {
  const was = trouble;
  retries = 0;
  meet("");
  if (!["offline", "down", "signed-out", "another-user"].includes(was) || !state) return;
  const back = was === "signed-out" ? "Signed in again" : "Back online";
  show("back-online", true, `${back}: sent, saved ${state.saved_at}.`);
  setTimeout(() => show("back-online", false), 20000);
};

const later = (ms) => {
  clearTimeout(timer);
  timer = setTimeout(save, ms);
};

const save = () => {
  clearTimeout(timer);
  if (flying) again = true;
  else if (!leaving && trouble !== "conflict" && trouble !== "another-user") {
    window.htmx.trigger(form, "save");
  }
};

const retry = () => later(Math.min(2000 * 2 ** retries++, 15000));

const changed = (event) => {
  if (!event.target.name) return;
  if (!unsaved()) since = Date.now();
  changes += 1;
  byHand = true;
  show("back-online", false);
  sayState();
  tell("changed", { changes });
  const wait = event.type === "change" ? TAPPED : TYPED;
  if (!trouble) later(Math.max(0, Math.min(wait, since + LONGEST - Date.now())));
};

// Withdrawn: said at once, above the form, wherever on the page somebody is.
const stands = ({ withdrawn, reason }) => {
  const why = document.getElementById("withdrawn-why");
  if (why && withdrawn) why.textContent = reason;
  show("withdrawn", withdrawn);
};

// What the server said: it has it, or why not.
const held = (state) => {
  stands(state.version);
  field("edit").value = state.edit;
  saved = sent;
  since = Date.now();
  sayState(state);
  if (!unsaved()) tell("saved", { edit: state.edit, changes });
  overcome(state);
  if (unsaved()) later(TAPPED);
};

const refused = (answer) => {
  if (answer.reason === "conflict") {
    const who = document.getElementById("elsewhere-who");
    if (who) who.textContent = `, at ${answer.saved_at} by ${answer.saved_by}`;
    meet("conflict");
  } else {
    show("refused", true, `Not saved. ${answer.words || "This page is of another patient."}`);
    meet("refused");
  }
};

const answered = (xhr) => {
  const state = xhr.getResponseHeader("X-Saved");
  if (state) held(JSON.parse(state));
  else if (xhr.status === 401) meet(read(xhr).reason || "signed-out");
  else if (xhr.status === 409) refused(read(xhr));
  else if (xhr.status === 403) pulse(); // a new sign-in has made the page's token old
  else { meet("down"); retry(); }
};

const read = (xhr) => {
  try { return JSON.parse(xhr.responseText); } catch { return {}; }
};

const hear = (name, act) => document.body.addEventListener(`htmx:${name}`, (event) => {
  if ((event.detail.requestConfig?.elt || event.detail.elt) === form) act(event);
});

hear("configRequest", (event) => {
  turn += 1;
  field("turn").value = turn;
  event.detail.parameters.turn = String(turn);
  // Only what a person typed keeps the session alive.
  if (!byHand) event.detail.headers["X-Background"] = "1";
  [sent, flying, byHand] = [changes, true, false];
});
hear("beforeSwap", (event) => {
  answered(event.detail.xhr);
  // Whatever is not the advice on what stands here now never takes its place.
  const isAdvice = event.detail.xhr.getResponseHeader("X-Saved");
  if (!isAdvice || sent !== changes) event.detail.shouldSwap = false;
});
for (const name of ["sendError", "timeout"]) hear(name, () => { meet("offline"); retry(); });
hear("afterRequest", () => {
  flying = false;
  if (again) { again = false; save(); }
});

// The pulse: who is signed in, whether somebody else saved, whether the version stands.
const pulse = async () => {
  if (leaving || document.hidden) return;
  let answer;
  try {
    answer = await fetch(form.dataset.state, {
      headers: { "X-Background": "1", Accept: "application/json" },
      signal: AbortSignal.timeout(PATIENCE),
    });
  } catch { return leaving || flying ? null : meet("offline"); }
  if (answer.status === 401) return meet("signed-out");
  if (!answer.ok || flying) return null;
  return felt(await answer.json());
};

const felt = (state) => {
  if (state.user !== form.dataset.user) return meet("another-user");
  for (const token of document.getElementsByName("csrfmiddlewaretoken")) token.value = state.csrf;
  stands(state.version);
  if (flying || trouble === "conflict") return null;
  if (!state.open) return refused({ words: "It was signed, or voided, in the meantime." });
  const mine = state.page === field("page").value;
  if (state.edit > Number(field("edit").value) && !mine) {
    return refused({ reason: "conflict", ...state });
  }
  if (trouble && trouble !== "refused") {
    if (unsaved()) return save();
    overcome();
  }
  if (state.version.recalled && !wasRecalled) save(); // its answer takes the advice away
  wasRecalled = state.version.recalled;
  return null;
};

// Where to come back to after signing in: this page, at the field in hand.
const remember = (event) => {
  const item = event.target.closest?.(".item[id], .decision[id]");
  if (!item) return;
  const here = `${location.pathname}#${item.id}`;
  for (const link of document.querySelectorAll("a.again")) {
    link.search = `?next=${encodeURIComponent(here)}`;
  }
};

const flush = () => {
  if (!unsaved() || leaving || trouble === "conflict" || trouble === "another-user") return;
  turn += 1;
  field("turn").value = turn;
  const body = new FormData(form);
  fetch(form.dataset.autosave, { method: "POST", body, keepalive: true }).catch(() => {});
};

const start = () => {
  if (chip.classList.contains("saved")) chip.dataset.stands = chip.textContent;
  wasRecalled = Boolean(document.getElementById("recalled"));
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("focusin", remember);
  form.addEventListener("draft:kept", (event) => {
    kept = event.detail.changes;
    sayState();
  });
  form.addEventListener("submit", (event) => {
    if (trouble === "offline" || trouble === "signed-out" || trouble === "another-user") {
      event.preventDefault();
      document.getElementById(trouble)?.scrollIntoView({ block: "center" });
      return;
    }
    turn += 1;
    field("turn").value = turn;
    leaving = true;
  });
  addEventListener("online", () => pulse());
  addEventListener("offline", () => meet("offline"));
  addEventListener("pageshow", () => { leaving = false; });
  addEventListener("pagehide", flush);
  addEventListener("beforeunload", (event) => {
    if (unsaved() && trouble && !leaving && kept !== changes) event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) pulse();
    else if (unsaved()) save();
  });
  setInterval(pulse, PULSE);
  const back = location.hash.startsWith("#i-") && document.getElementById(location.hash.slice(1));
  const first = back && (document.getElementById(`a-${back.id.slice(2)}`) || back.querySelector("input:not([type=hidden])"));
  // The browser goes to the fragment once all is loaded, and takes the focus there;
  // how much later depends on the machine. Whoever has begun elsewhere is left there.
  const refocus = () => { if (document.activeElement === document.body || document.activeElement === back) first.focus(); };
  if (first) addEventListener("load", () => [50, 300, 1000].forEach((wait) => setTimeout(refocus, wait)));
  tell("opened");
};

if (form?.dataset.autosave && window.htmx) start();
