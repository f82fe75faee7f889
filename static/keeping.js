// Keeps on the device what the server does not have yet, for its author alone.
// It is encrypted with a key that the server gives to the signed-in author by the day,
// and that the device never stores; it is deleted once saved, or after its hours.
// What a page that was closed left behind is offered: compared on the server's page.
const form = document.getElementById("encounter");
const NOT_TYPED = new Set(["csrfmiddlewaretoken", "written_by", "edit", "page", "turn", "device"]);
const HOUR = 3600 * 1000;

const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const text = (buffer) => btoa(Array.from(new Uint8Array(buffer), (b) => String.fromCharCode(b)).join(""));
const filled = () => [...new FormData(form)].filter(([name, value]) => !NOT_TYPED.has(name) && typeof value === "string");

const start = (keys) => {
  const { user, encounter, hours } = form.dataset;
  const all = `kept:${user}:${encounter}:`;
  const page = form.querySelector('input[name="page"]').value;
  const mine = all + page;
  const today = Object.keys(keys)[0];
  const stored = {};
  const keyOf = (day) => stored[day] ??= crypto.subtle.importKey(
    "raw", bytes(keys[day]), "AES-GCM", false, ["encrypt", "decrypt"]);
  let wanted = 0, held = 0, saved = 0, writing = false;

  const lock = async (value) => {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const plain = new TextEncoder().encode(JSON.stringify(value));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await keyOf(today), plain);
    return JSON.stringify({ day: today, iv: text(iv), sealed: text(sealed), until: Date.now() + hours * HOUR });
  };
  const open = async (entry) => {
    const { day, iv, sealed, until } = JSON.parse(entry);
    if (until < Date.now() || !keys[day]) throw new Error("past its hours");
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes(iv) }, await keyOf(day), bytes(sealed));
    return JSON.parse(new TextDecoder().decode(plain));
  };

  const keep = async (changes) => {
    wanted = changes;
    if (writing) return;
    writing = true;
    try {
      while (wanted > held && wanted > saved) {
        const now = wanted;
        const turn = Number(form.querySelector('input[name="turn"]').value) + 1;
        const at = new Date().toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
        const sealed = await lock({ fields: filled(), page, turn, at, who: form.dataset.who });
        if (saved >= now) break;
        localStorage.setItem(mine, sealed);
        held = now;
        form.dispatchEvent(new CustomEvent("draft:kept", { detail: { changes: now } }));
      }
    } catch { /* full, or forbidden: the page then does not say that it is kept */ }
    writing = false;
  };
  form.addEventListener("draft:changed", (event) => keep(event.detail.changes));
  form.addEventListener("draft:saved", (event) => {
    saved = event.detail.changes;
    localStorage.removeItem(mine);
  });

  // What was left behind, less what the page shows anyway.
  const lists = (pairs) => {
    const found = new Map();
    for (const [name, value] of pairs) {
      if (value && /^[amuwd]\./.test(name) && !name.endsWith(".asked")) found.set(name, value);
    }
    return found;
  };
  const differs = (fields) => {
    const [here, there] = [lists(filled()), lists(fields)];
    return [...here, ...there].some(([name]) => here.get(name) !== there.get(name));
  };
  const offer = (name, left) => {
    const notice = document.getElementById("left-behind");
    const again = document.getElementById("left-form");
    document.getElementById("left-who").textContent = `${left.who}, ${left.at}`;
    const fields = [...left.fields, ["device", name], ["csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value]];
    again.replaceChildren(...fields.map(([name, value]) => Object.assign(
      document.createElement("input"), { type: "hidden", name, value })));
    document.getElementById("left-delete").onclick = () => {
      localStorage.removeItem(name);
      notice.hidden = true;
      look();
    };
    notice.hidden = false;
  };
  const isOnServer = async (left) => {
    try {
      const answer = await fetch(form.dataset.state, { headers: { "X-Background": "1" } });
      const state = answer.ok ? await answer.json() : {};
      return state.page === left.page && state.turn >= left.turn ? state : null;
    } catch { return null; }
  };
  const look = async () => {
    for (const name of Object.keys(localStorage).filter((each) => each.startsWith(all) && each !== mine)) {
      let left;
      try { left = await open(localStorage.getItem(name)); } catch { localStorage.removeItem(name); continue; }
      const state = differs(left.fields) ? await isOnServer(left) : { edit: 0 };
      if (!state) return offer(name, left);
      localStorage.removeItem(name);
      // It was on its way when this page was asked for, and has arrived since.
      if (state.edit > Number(form.querySelector('input[name="edit"]').value)) return location.reload();
    }
    return null;
  };

  if (location.hash.startsWith("#settled-")) {
    localStorage.removeItem(decodeURIComponent(location.hash.slice("#settled-".length)));
    history.replaceState(null, "", location.pathname);
  }
  const device = Object.assign(document.createElement("input"), { type: "hidden", name: "device", value: mine });
  form.append(device);
  look();
};

if (form?.dataset.keys && window.crypto?.subtle) {
  try { start(JSON.parse(form.dataset.keys)); } catch { /* no storage: nothing is kept */ }
}
