// A tablet at the site starts afresh for the next person when nobody touches it. Without this the page does so by
// itself after ten minutes.
const IDLE_MILLISECONDS = 120_000;
const start = document.querySelector("form[data-start]").dataset.start;
let timer;

function waitAgain() {
  clearTimeout(timer);
  timer = setTimeout(() => location.replace(start), IDLE_MILLISECONDS);
}

for (const sign of ["pointerdown", "keydown", "input", "scroll"]) addEventListener(sign, waitAgain, { passive: true });
// A page that the browser kept (the way back) may hold what somebody else chose.
addEventListener("pageshow", (event) => event.persisted && location.replace(start));
waitAgain();
