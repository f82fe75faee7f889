// What a script adds to the text of a plan: within a criterion or the expression of a score,
// what can stand at the cursor is offered (Ctrl+Space, or while a word is typed).
import { Offer } from "./offering.js";

const PAUSE = 300;
const KEY = /^(\s*)(?:- )?(?:when|show_when|expression):[ \t]*/;
const ENTRY = /^\s*(?:- )?[a-z_]+:(?:\s|$)/;
const BLOCK = /^[|>][-+]?\s*$/;

const depth = (line) => line.search(/\S/);

// Where the criterion begins that the cursor is in: on its line, or as a block above; else -1.
const begun = (text, cursor) => {
  const lines = text.slice(0, cursor).split("\n");
  const line = lines.pop();
  const own = line.match(KEY);
  if (own) {
    const value = line.slice(own[0].length);
    return /^['"|>]/.test(value) ? -1 : cursor - value.length;
  }
  for (let at = lines.length - 1; at >= 0; at -= 1) {
    const found = lines[at].match(KEY);
    if (found && BLOCK.test(lines[at].slice(found[0].length))) {
      const below = [...lines.slice(at + 1), line];
      const within = below.every((one) => !one.trim() || depth(one) > depth(lines[at]));
      return within ? lines.slice(0, at + 1).join("\n").length + 1 : -1;
    }
    if (ENTRY.test(lines[at])) return -1;
  }
  return -1;
};

// The list stands below the line of the cursor: lines are never wrapped here.
const below = (text, list) => {
  const style = getComputedStyle(text);
  const line = text.value.slice(0, text.selectionStart).split("\n").length;
  const height = line * parseFloat(style.lineHeight) + parseFloat(style.paddingTop);
  list.style.top = `${text.offsetTop + Math.min(height - text.scrollTop, text.offsetHeight)}px`;
};

const attach = (text, address) => {
  let timer = 0;
  let request = null;
  const offer = new Offer(text, (start, end, insert) => {
    text.setRangeText(insert, start, end, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
  });

  const ask = async (asked) => {
    const cursor = text.selectionStart;
    const from = begun(text.value, cursor);
    request?.abort();
    if (from < 0 || cursor !== text.selectionEnd) return offer.close();
    request = new AbortController();
    const line = text.value.indexOf("\n", cursor);
    const source = text.value.slice(from, line < 0 ? undefined : line);
    const body = new URLSearchParams({ name: "text", wanted: "", text: source, cursor: [...source.slice(0, cursor - from)].length });
    try {
      const answer = await fetch(address, {
        method: "POST", body, signal: request.signal,
        headers: { "X-CSRFToken": document.querySelector("[name=csrfmiddlewaretoken]").value, "X-Background": "1" },
      });
      if (!answer.ok || timer || text.selectionStart !== cursor) return undefined;
      const list = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".criterion-options");
      if (!list || (!asked && list.dataset.start === list.dataset.end)) return offer.close();
      offer.open(list, (count) => from + [...source].slice(0, count).join("").length);
      if (offer.isOpen) below(text, list);
    } catch (error) {
      if (error.name !== "AbortError") offer.close();
    }
    return undefined;
  };

  text.addEventListener("input", () => {
    clearTimeout(timer);
    offer.close();
    const before = text.value.slice(0, text.selectionStart);
    timer = setTimeout(() => { timer = 0; if (/[\w.']$/.test(before)) ask(false); }, PAUSE);
  });
  text.addEventListener("keydown", (event) => {
    if (event.key === " " && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      ask(true);
    } else if (offer.key(event)) event.preventDefault();
  });
  text.addEventListener("blur", () => offer.close());
};

for (const form of document.querySelectorAll("form[data-criteria]")) {
  attach(form.querySelector("textarea[name=text]"), form.dataset.criteria);
}
