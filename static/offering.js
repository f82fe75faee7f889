// A list of what can stand at the cursor of a text. The focus stays in the text; the list is
// its pop-up: arrows choose, Enter or Tab takes what is chosen, Escape closes.
const SHOWN = 8; // at a time: nothing scrolls, the window moves with the arrows

export class Offer {
  constructor(text, take) {
    this.text = text;
    this.take = take;
    this.list = null;
    this.at = -1;
  }

  get isOpen() { return Boolean(this.list); }

  // `list` says from where to where it replaces, in characters; `units` counts as the browser does.
  open(list, units) {
    this.close();
    const [start, end] = [units(+list.dataset.start), units(+list.dataset.end)];
    const typed = this.text.value.slice(start, end);
    const [only] = list.children;
    if (!only || (list.children.length === 1 && only.dataset.insert === typed)) return;
    Object.assign(this, { list, start, end });
    this.show(0);
    this.text.after(list);
    this.text.setAttribute("aria-controls", list.id);
    list.addEventListener("pointerdown", (event) => event.preventDefault()); // the focus stays
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.choose(option);
    });
  }

  close() {
    this.list?.remove();
    this.list = null;
    this.at = -1;
    this.first = 0;
    this.text.removeAttribute("aria-activedescendant");
    this.text.removeAttribute("aria-controls");
  }

  // Whether the key was meant for the list.
  key(event) {
    if (!this.isOpen || event.isComposing) return false;
    const option = this.list.children[this.at];
    switch (event.key) {
      case "ArrowDown": this.move(this.at + 1); return true;
      case "ArrowUp": this.move(this.at < 0 ? this.list.children.length - 1 : this.at - 1); return true;
      case "Escape": this.close(); return true;
      case "Enter":
      case "Tab":
        if (!option || event.shiftKey) { this.close(); return false; }
        this.choose(option);
        return true;
    }
    if (event.key.startsWith("Arrow") || event.key === "Home" || event.key === "End") this.close();
    return false;
  }

  move(to) {
    const options = [...this.list.children];
    this.at = (to + options.length) % options.length;
    options.forEach((option, place) => option.setAttribute("aria-selected", String(place === this.at)));
    const option = options[this.at];
    this.text.setAttribute("aria-activedescendant", option.id);
    this.show(this.at);
    option.scrollIntoView({ block: "nearest" });
  }

  show(at) {
    const options = [...this.list.children];
    const first = Math.max(0, Math.min(this.first ?? 0, at));
    this.first = Math.max(first, at - SHOWN + 1);
    options.forEach((option, place) => { option.hidden = place < this.first || place >= this.first + SHOWN; });
  }

  choose(option) {
    const { start, end } = this;
    this.close();
    this.take(start, end, option.dataset.insert);
  }
}
