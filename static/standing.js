// On the signing page: asks every few seconds whether the version under it still stands.
const form = document.querySelector("form[data-standing]");
const PULSE = 5000;

const say = (id, shown, reason) => {
  const notice = document.getElementById(id);
  if (!notice || notice.hidden !== shown) return;
  document.getElementById(`${id}-why`).textContent = reason;
  notice.setAttribute("role", "alert");
  notice.hidden = !shown;
};

const pulse = async () => {
  if (document.hidden) return;
  const headers = { "X-Background": "1", Accept: "application/json" };
  const answer = await fetch(form.dataset.standing, { headers }).catch(() => null);
  if (!answer?.ok) return;
  const { version } = await answer.json();
  say("withdrawn", version.withdrawn, version.reason);
  say("recalled", version.recalled, version.reason);
  for (const part of form.querySelectorAll(".advised-here")) part.hidden = version.recalled;
};

if (form) {
  setInterval(pulse, PULSE);
  addEventListener("online", pulse);
  document.addEventListener("visibilitychange", pulse);
}
