// The board asks twice a second whether anything changed, and says so itself when the server does not answer.
import { setNow, showClocks } from "./clocks.js";

const ASK_EVERY_MS = 500;
const GIVE_UP_MS = 2_500;
const STALE_AFTER_MS = 3_500;
const TICK_MS = 250;

const board = document.querySelector("[data-room]");
const inside = board.querySelector("[data-inside]");
const stale = board.querySelector("[data-stale]");
const live = board.querySelector("[data-live]");
let heardAt = performance.now();

setNow(Number(board.dataset.now));

async function ask() {
  const answer = await fetch(`${board.dataset.state}?have=${encodeURIComponent(board.dataset.stamp)}`, {
    headers: { "HX-Request": "true" },
    cache: "no-store",
    signal: AbortSignal.timeout(GIVE_UP_MS),
  });
  const stamp = answer.headers.get("X-Room-Stamp");
  if (!answer.ok || !stamp) throw new Error("not the board");
  const fresh = answer.status === 200 ? await answer.text() : null;
  heardAt = performance.now();
  setNow(Number(answer.headers.get("X-Room-Now")));
  if (fresh !== null) show(fresh, stamp);
}

/** Put the new inside in place of the old one, and the focus back to where it was. */
function show(html, stamp) {
  const focused = inside.contains(document.activeElement) ? describe(document.activeElement) : null;
  inside.innerHTML = html;
  board.dataset.stamp = stamp;
  if (focused) find(focused)?.focus();
}

function describe(element) {
  return { seat: element.closest("[id]")?.id, name: element.name, value: element.value, href: element.getAttribute("href") };
}

function find({ seat, name, value, href }) {
  const root = (seat && document.getElementById(seat)) || inside;
  return [...root.querySelectorAll("a, button")].find((each) => (href ? each.getAttribute("href") === href : each.name === name && each.value === value));
}

function tick() {
  showClocks(board);
  const silence = performance.now() - heardAt;
  const isStale = silence > STALE_AFTER_MS;
  board.classList.toggle("is-stale", isStale);
  stale.hidden = !isStale;
  live.hidden = isStale;
  if (isStale) board.querySelector("[data-stale-seconds]").textContent = String(Math.round(silence / 1000));
}

async function goOn() {
  try {
    await ask();
  } catch {
    // Silence speaks for itself: see `tick`.
  }
  setTimeout(goOn, ASK_EVERY_MS);
}

tick();
setInterval(tick, TICK_MS);
document.addEventListener("visibilitychange", tick);
goOn();
