// What a script adds to a drawn tree; without it the picture scrolls in its frame.
// - it fits its frame when it is opened, as long as its words stay legible;
// - plus, minus, 0 and 1, the buttons, Ctrl and the wheel, or two fingers change its size;
// - it is moved by dragging, by the wheel, a finger, or the arrow keys: that is scrolling;
// - the node one is at is brought into sight, again after htmx has drawn it anew.
const LEAST = 0.2;
const LEGIBLE = 0.55;
const MOST = 3;
const STEP = 1.25;

// What the reader chose, for the same drawing when it is put in anew.
let chosen = null;

const bound = (scale) => Math.min(MOST, Math.max(LEAST, scale));

const look = (view) => {
  const frame = view.querySelector(".tree-frame");
  const svg = view.querySelector("svg");
  const { width, height } = svg.viewBox.baseVal;
  const said = view.querySelector(".tree-scale");
  const tools = view.querySelector(".tree-tools");
  let scale = 1;

  // Keep the point (x, y) of the frame where it is.
  const zoom = (to, x = frame.clientWidth / 2, y = frame.clientHeight / 2) => {
    const next = bound(to);
    const [left, top] = [(frame.scrollLeft + x) / scale, (frame.scrollTop + y) / scale];
    scale = next;
    svg.setAttribute("width", width * scale);
    svg.setAttribute("height", height * scale);
    frame.scrollLeft = left * scale - x;
    frame.scrollTop = top * scale - y;
    if (said) said.textContent = `${Math.round(scale * 100)} %`;
  };
  const whole = () => {
    const high = parseFloat(getComputedStyle(frame).maxHeight) || height;
    return Math.min(1, (frame.clientWidth - 2) / width, (high - 2) / height);
  };
  const at = (key) => {
    const node = key && svg.querySelector(`[data-node="${CSS.escape(key)}"] rect`);
    if (!node) return;
    const box = node.getBBox();
    frame.scrollLeft = (box.x + box.width / 2) * scale - frame.clientWidth / 2;
    frame.scrollTop = (box.y + box.height / 2) * scale - frame.clientHeight / 2;
  };
  const here = () => (svg.querySelector("[aria-current]") || svg.querySelector("[data-node]"))?.dataset.node;
  const begin = () => {
    if (chosen) {
      zoom(chosen.scale);
      frame.scrollTo(chosen.left, chosen.top);
      if (!inSight(here())) at(here());
    } else {
      zoom(Math.max(whole(), LEGIBLE));
      at(here());
    }
    frame.addEventListener("scroll", keep, { passive: true });
  };
  const inSight = (key) => {
    const node = key && svg.querySelector(`[data-node="${CSS.escape(key)}"] rect`);
    if (!node) return true;
    const [box, edge] = [node.getBoundingClientRect(), frame.getBoundingClientRect()];
    return box.left >= edge.left && box.right <= edge.right && box.top >= edge.top && box.bottom <= edge.bottom;
  };
  const keep = () => { chosen = { scale, left: frame.scrollLeft, top: frame.scrollTop }; };
  const ways = {
    in: () => zoom(scale * STEP),
    out: () => zoom(scale / STEP),
    fit: () => zoom(whole()),
    full: () => zoom(1),
  };

  view.addEventListener("click", (event) => {
    const button = event.target.closest("[data-zoom]");
    if (!button) return;
    ways[button.dataset.zoom]();
    keep();
  });
  frame.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const way = { "+": "in", "=": "in", "-": "out", 0: "fit", 1: "full" }[event.key];
    if (!way) return;
    event.preventDefault();
    ways[way]();
    keep();
  });
  frame.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const edge = frame.getBoundingClientRect();
    zoom(scale * Math.exp(-event.deltaY / 300), event.clientX - edge.left, event.clientY - edge.top);
  }, { passive: false });

  drag(frame);
  pinch(frame, () => scale, zoom);
  if (tools) tools.hidden = false;
  view.classList.add("scripted");
  begin();
};

// With a mouse the picture is taken hold of; a click that did not move stays a click.
const drag = (frame) => {
  let from = null;
  frame.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "mouse" || event.button !== 0) return;
    from = { x: event.clientX, y: event.clientY, left: frame.scrollLeft, top: frame.scrollTop, moved: false };
  });
  addEventListener("pointermove", (event) => {
    if (!from) return;
    const [x, y] = [event.clientX - from.x, event.clientY - from.y];
    if (!from.moved && Math.hypot(x, y) < 5) return;
    from.moved = true;
    frame.classList.add("moving");
    frame.scrollLeft = from.left - x;
    frame.scrollTop = from.top - y;
  });
  addEventListener("pointerup", () => {
    if (from?.moved) addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => removeEventListener("click", swallow, { capture: true }));
    from = null;
    frame.classList.remove("moving");
  });
  frame.addEventListener("dragstart", (event) => event.preventDefault());
};
const swallow = (event) => {
  event.preventDefault();
  event.stopPropagation();
};

// Two fingers: their distance is the size, their middle stays where it is.
const pinch = (frame, now, zoom) => {
  let begun = null;
  const measure = (touches) => {
    const [one, other] = touches;
    const edge = frame.getBoundingClientRect();
    return {
      apart: Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY),
      x: (one.clientX + other.clientX) / 2 - edge.left,
      y: (one.clientY + other.clientY) / 2 - edge.top,
    };
  };
  frame.addEventListener("touchstart", (event) => {
    begun = event.touches.length === 2 ? { ...measure(event.touches), scale: now() } : null;
  }, { passive: true });
  frame.addEventListener("touchmove", (event) => {
    if (!begun || event.touches.length !== 2) return;
    event.preventDefault();
    const held = measure(event.touches);
    zoom((begun.scale * held.apart) / begun.apart, held.x, held.y);
  }, { passive: false });
  frame.addEventListener("touchend", () => { begun = null; });
};

const all = () => document.querySelectorAll("[data-tree]:not(.scripted)").forEach(look);
all();
document.body.addEventListener("htmx:afterSwap", all);
document.body.addEventListener("htmx:oobAfterSwap", all);
