// Sending from a page. What can't be sent now is also left to Background Sync, where the browser has it: the browser then
// wakes the service worker when there is a network again, also if no page is open. Where it does not, opening the app and
// a timer do the same.
import { kept } from "./store.js";
import { sync } from "./sync.js";

async function askToBeWoken() {
  const registration = await navigator.serviceWorker.ready;
  await registration.sync?.register("outbox");
}

export async function syncOrBeWoken(options) {
  await sync(options);
  if ((await kept("state"))?.trouble) askToBeWoken().catch(() => undefined);
}
