// Clocks that run by the server's time: its moment is taken with every answer, and counted on by a clock that
// nobody can set.
let offset = 0;

export function setNow(serverMs) {
  offset = serverMs - performance.now();
}

export function serverNow() {
  return performance.now() + offset;
}

function minutesAndSeconds(ms) {
  const seconds = Math.floor(Math.abs(ms) / 1000);
  const hours = Math.floor(seconds / 3600);
  const rest = [Math.floor(seconds / 60) % 60, seconds % 60].map((each) => String(each).padStart(2, "0")).join(":");
  return hours ? `${hours}:${rest}` : rest;
}

export function showClocks(root) {
  const now = serverNow();
  for (const each of root.querySelectorAll("[data-until]")) {
    each.textContent = minutesAndSeconds(Number(each.dataset.until) - now);
  }
  for (const each of root.querySelectorAll("[data-since]")) {
    each.textContent = minutesAndSeconds(now - Number(each.dataset.since));
  }
  for (const each of root.querySelectorAll("[data-look]")) {
    each.classList.toggle("late", Number(each.dataset.look) <= now);
  }
  for (const each of root.querySelectorAll("[data-clock]")) {
    each.textContent = new Date(now).toLocaleTimeString(document.documentElement.lang, { timeZone: each.dataset.zone, hourCycle: "h23" });
  }
}
