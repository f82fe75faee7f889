// What a script adds to the preview: another kind of visit shows its own form at once.
document.getElementById("encounter")?.addEventListener("change", (event) => {
  if (event.target.name === "p.visit") event.currentTarget.submit();
});
