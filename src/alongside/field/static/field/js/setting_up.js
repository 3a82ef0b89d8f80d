// Setting a phone up, its lock, and taking it out of use. Runs on the page /field/.
import { removeLock, setLock } from "./copies.js";
import { canHavePasskey, newPasskey } from "./passkeys.js";
import { canSeal } from "./sealing.js";
import { forgetEverything, keep, kept, waitingCount, watch } from "./store.js";
import { say } from "./words.js";

const COOKIE = "alongside_phone";
const FIVE_YEARS_SECONDS = 5 * 365 * 24 * 3600;
const SHORTEST = 8;

function setCookie(value, seconds) {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `${COOKIE}=${value}; path=/; max-age=${seconds}; samesite=lax${secure}`;
}

/** The sentence that says why not, or nothing. */
async function whyNot() {
  if (!isSecureContext || !navigator.serviceWorker) return say("needs_https");
  if (!(await canSeal()) || !navigator.locks) return say("too_old");
  const stores = await kept("setup").then(() => true, () => false);
  return stores ? "" : say("no_room");
}

function isWorking(worker) {
  return new Promise((resolve, reject) => {
    worker.addEventListener("statechange", () => {
      if (worker.state === "activated") resolve();
      if (worker.state === "redundant") reject(new Error("The pages could not be kept."));
    });
    if (worker.state === "activated") resolve();
  });
}

async function setUp(page) {
  const enrolment = JSON.parse(document.getElementById("field-setup").textContent);
  await keep("setup", enrolment);
  setCookie("1", FIVE_YEARS_SECONDS);
  const registration = await navigator.serviceWorker.register(page.dataset.worker, { scope: "/", type: "module" });
  await isWorking(registration.installing ?? registration.waiting ?? registration.active);
  await navigator.storage?.persist?.();
}

async function takeOut() {
  for (const registration of await navigator.serviceWorker.getRegistrations()) await registration.unregister();
  for (const name of await caches.keys()) await caches.delete(name);
  await forgetEverything();
  setCookie("", 0);
}

function tell(page, sentence, { isTrouble = true } = {}) {
  const place = page.querySelector(isTrouble ? "[data-trouble]" : "[data-done]");
  place.hidden = !sentence;
  place.querySelector("p").textContent = sentence;
}

function onSetUp(page) {
  const button = page.querySelector("[data-set-up]");
  button?.addEventListener("click", async () => {
    const busy = page.querySelector("[data-busy]");
    const reason = await whyNot();
    tell(page, reason);
    if (reason) return;
    [button.disabled, busy.hidden] = [true, false];
    try {
      await setUp(page);
      location.assign(page.dataset.record);
    } catch {
      setCookie("", 0);
      tell(page, say("set_up_failed"));
    }
    [button.disabled, busy.hidden] = [false, true];
  });
}

function onLock(page) {
  page.querySelector("[data-choose-lock]")?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const field = event.target.querySelector("input");
    const isLong = field.value.length >= SHORTEST;
    tell(page, isLong ? "" : say("too_short"));
    if (isLong) await setLock(new TextEncoder().encode(field.value));
    field.value = "";
  });
  page.querySelector("[data-choose-passkey]")?.addEventListener("click", async () => {
    const made = await newPasskey((await kept("setup")).name);
    if (made) await setLock(made.secret, made.lock);
  });
  page.querySelector("[data-remove-lock]")?.addEventListener("click", removeLock);
}

function onTakeOut(page) {
  page.querySelector("[data-take-out]")?.addEventListener("click", async () => {
    const count = await waitingCount();
    tell(page, count ? say("remove_waiting", { count }) : "");
    if (count) return;
    await takeOut();
    location.assign(page.dataset.record);
  });
}

async function draw(page) {
  const lock = await kept("lock");
  page.querySelector("[data-lock-state]").textContent = say(lock ? "lock_on" : "lock_off");
  page.querySelector("[data-lock-on]").hidden = !lock;
  page.querySelector("[data-lock-off]").hidden = Boolean(lock);
  page.querySelector("[data-choose-passkey]").hidden = !(await canHavePasskey());
  page.querySelector("[data-worker-name]").textContent = (await kept("setup"))?.name ?? "";
}

export function startSettingUp(page) {
  onSetUp(page);
  onLock(page);
  onTakeOut(page);
  if (page.querySelector("[data-lock-state]")) watch(() => draw(page));
}
