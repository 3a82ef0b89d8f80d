// What this phone keeps: its set-up, sealed contacts that wait, and what the server said about those that need a person.
import { openDB } from "../../desk/vendor/idb.js";

const NAME = "alongside-phone";
const CHANNEL = "alongside-phone";

let opened;

function upgrade(db) {
  db.createObjectStore("kept");
  for (const store of ["outbox", "copies", "answers", "tombstones"]) db.createObjectStore(store, { keyPath: "id" });
}

function letGo() {
  opened?.then((db) => db.close());
  opened = undefined;
}

export function database() {
  opened ??= openDB(NAME, 1, { upgrade, blocking: letGo, terminated: letGo });
  return opened;
}

/** On the disk when `done` resolves, also if the battery goes the next moment. */
export async function transaction(stores) {
  return (await database()).transaction(stores, "readwrite", { durability: "strict" });
}

export async function kept(key) {
  return (await database()).get("kept", key);
}

export async function keep(key, value) {
  const change = await transaction("kept");
  await Promise.all([change.store.put(value, key), change.done]);
}

export async function waitingCount() {
  return (await database()).count("outbox");
}

/** Tells every open page, and the service worker, that something changed. */
export function announce() {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage("changed");
  channel.close();
}

/** Calls `listener` now and whenever something changes, here or in another window. */
export function watch(listener) {
  new BroadcastChannel(CHANNEL).addEventListener("message", listener);
  listener();
}

export async function forgetEverything() {
  letGo();
  await new Promise((resolve, reject) => {
    const asked = indexedDB.deleteDatabase(NAME);
    asked.onsuccess = resolve;
    asked.onerror = () => reject(asked.error);
  });
}
