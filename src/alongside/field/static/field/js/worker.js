// The service worker: keeps the pages and files of one version, answers from them at once, and sends what waits.
// `start` is called by the script that field/worker.py writes, which knows the version and everything it consists of.
import { sealOld } from "./ageing.js";
import { waitingCount } from "./store.js";
import { sync } from "./sync.js";

const PATIENCE_MS = 20_000;
const FRESH_MS = 60_000;
const PREFIX = "alongside-";
const HASHED = /\.[0-9a-f]{12}\.\w+$/;

let app;

async function keptFiles() {
  return caches.open(PREFIX + app.version);
}

/** A file whose name carries its hash is the same in every version. */
async function addFile(cache, address) {
  const known = HASHED.test(address) && (await caches.match(address));
  if (known) await cache.put(address, known);
  else await cache.add(address);
}

/** Only what this version of the server made: a page names files, and they have to be here. */
async function addPage(cache, address) {
  const answer = await fetch(address, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
  const isOurs = answer.ok && !answer.redirected && (await answer.clone().text()).includes(`data-version="${app.version}"`);
  if (isOurs) await cache.put(address, answer);
  return isOurs;
}

async function install() {
  const cache = await keptFiles();
  await Promise.all(app.files.map((address) => addFile(cache, address)));
  const pages = await Promise.all(app.pages.map((address) => addPage(cache, address)));
  if (!pages.every(Boolean)) throw new Error("A page could not be kept. The version before this one stays.");
  self.skipWaiting(); // not awaited: it is done when this worker is active, which waits for this very function
}

/** A page that is open keeps what it was made with; the next one that opens is of this version. */
async function activate() {
  const ours = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== PREFIX + app.version);
  for (const name of ours.slice(0, -1)) await caches.delete(name);
  await self.clients.claim();
}

function isFresh(page) {
  return Date.now() - new Date(page.headers.get("Date")).getTime() < FRESH_MS;
}

/** Fetch pages again. One that another version of the server made is left alone: that version comes as a whole. */
async function refresh(addresses) {
  if (!navigator.onLine) return;
  const cache = await keptFiles();
  const kept = await Promise.allSettled(addresses.map((address) => addPage(cache, address)));
  // Not awaited: the newer worker waits for this one to finish what it is doing.
  if (kept.some(({ value }) => value === false)) self.registration.update().catch(() => undefined);
}

async function fromKept(address) {
  return (await keptFiles()).match(address, { ignoreSearch: true });
}

async function fileAnswer(request) {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}

async function pageAnswer(event, address) {
  const page = await fromKept(address);
  if (!page) return fetch(event.request);
  if (!isFresh(page)) event.waitUntil(refresh([address]).catch(() => undefined));
  return page;
}

/** Any other page needs the network; without it, a page that says so and leads back. */
async function otherAnswer(request, path) {
  try {
    return await fetch(request);
  } catch {
    return fromKept(path === "/" ? app.record : app.away);
  }
}

/** Language, site and colours are chosen at the server, so the kept pages are fetched again. */
async function changeAnswer(event) {
  const answer = await fetch(event.request);
  await refresh(app.pages).catch(() => undefined);
  return answer;
}

function answer(event) {
  const { origin, pathname } = new URL(event.request.url);
  const { method, mode } = event.request;
  if (origin !== self.location.origin) return;
  if (method === "POST" && app.changes.includes(pathname)) event.respondWith(changeAnswer(event));
  else if (method !== "GET") return;
  else if (pathname.startsWith(app.static)) event.respondWith(fileAnswer(event.request));
  else if (mode === "navigate" && app.pages.includes(pathname)) event.respondWith(pageAnswer(event, pathname));
  else if (mode === "navigate") event.respondWith(otherAnswer(event.request, pathname));
}

/** The browser found the network again, maybe with no page open. Throwing asks it to try later. */
async function sendLater() {
  await sealOld();
  const state = await sync({ force: true });
  if (state?.trouble === "away" && (await waitingCount())) throw new Error("The server does not answer yet.");
}

export function start(kept) {
  app = kept;
  self.addEventListener("install", (event) => event.waitUntil(install()));
  self.addEventListener("activate", (event) => event.waitUntil(activate()));
  self.addEventListener("fetch", answer);
  self.addEventListener("sync", (event) => event.waitUntil(sendLater()));
}
