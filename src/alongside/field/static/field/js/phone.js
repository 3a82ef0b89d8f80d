// On every page of a phone that is set up, and on the page that sets it up.
import { sealOld } from "./ageing.js";
import { startBar } from "./bar.js";
import { isUnlocked, sealAll } from "./copies.js";
import { forgetLast, startForm } from "./form.js";
import { startQueue } from "./queue.js";
import { startSite } from "./site.js";
import { startSettingUp } from "./setting_up.js";
import { startShift } from "./shift.js";
import { announce, keep } from "./store.js";
import { sync } from "./sync.js";
import { syncOrBeWoken } from "./waking.js";

const LOOK_EVERY_MS = 15_000;
const HIDDEN_FOR_MS = 60_000;

const bar = document.getElementById("phone");
const form = document.querySelector("form[data-recording]:not(:has([name=corrects]))");

function cookie(name) {
  return document.cookie.split("; ").find((each) => each.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** The page may be older than the session and the chosen colours: it takes what is valid now. */
function freshen() {
  const [token, theme] = [cookie("alongside_csrf"), cookie("alongside_theme")];
  for (const field of token ? document.querySelectorAll("[name=csrfmiddlewaretoken]") : []) field.value = token;
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}

/** Another worker may have signed in, and keys may have changed. */
async function renew() {
  const answer = await fetch(bar.dataset.renew, { headers: { Accept: "application/json" }, redirect: "error" });
  if (answer.ok) await keep("setup", await answer.json());
}

/** A browser may have put the service worker away. A newer version is the worker's own affair. */
async function stayRegistered() {
  await navigator.serviceWorker.register(bar.dataset.worker, { scope: "/", type: "module" });
}

async function comeOnline() {
  await Promise.allSettled([renew(), stayRegistered()]);
  await syncOrBeWoken({ force: true });
}

/** A phone that lies face down for a minute is locked; what can be read there is sealed. */
function sealWhenHidden() {
  let timer = 0;
  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(lock, HIDDEN_FOR_MS);
    else if (navigator.onLine) comeOnline();
  });
  addEventListener("pagehide", () => isUnlocked() && lock());
}

/** The strip leads to #queue: on the page that records this opens a dialog. */
function startQueueDialog(dialog) {
  const open = () => location.hash === "#queue" && dialog.showModal();
  if (!dialog) return;
  addEventListener("hashchange", open);
  dialog.addEventListener("close", () => history.replaceState(null, "", location.pathname));
  open();
}

function lock() {
  forgetLast(form);
  sealAll();
}

async function look() {
  await sealOld();
  await sync();
}

const page = document.getElementById("own-page");
if (page) startSettingUp(page);
if (bar) {
  freshen();
  startBar(bar);
  const [queue, shift] = [document.getElementById("queue"), document.getElementById("shift")];
  startSite(form);
  if (form) startForm(form);
  if (queue) startQueue(queue, form);
  if (shift) startShift(shift);
  startQueueDialog(queue?.closest("dialog"));
  sealWhenHidden();
  addEventListener("online", comeOnline);
  addEventListener("offline", announce);
  setInterval(look, LOOK_EVERY_MS);
  sealOld().then(() => navigator.onLine && comeOnline());
}
