/* The menu under one's name: Escape, or a tap elsewhere, closes it. */
const menus = () => document.querySelectorAll("details.menu[open]");

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) {
    const held = menu.contains(document.activeElement);
    menu.open = false;
    if (held) menu.querySelector("summary").focus();
  }
});
document.addEventListener("click", (event) => {
  for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
});

// What a device keeps for somebody (keeping.js) is deleted when its hours have passed,
// on whatever page comes next.
const forget = () => {
  for (const name of Object.keys(localStorage).filter((each) => each.startsWith("kept:"))) {
    const { until } = JSON.parse(localStorage.getItem(name));
    if (!(until > Date.now())) localStorage.removeItem(name);
  }
};
try { forget(); } catch { /* storage is closed to pages: nothing is kept there */ }
