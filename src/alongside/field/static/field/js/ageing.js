// Copies that could be changed for five minutes. The service worker puts them away too, if no page is open.
import { announce, transaction } from "./store.js";

export async function sealOld() {
  const writing = await transaction("copies");
  const old = (await writing.store.getAll()).filter((copy) => copy.until <= Date.now());
  for (const copy of old) writing.store.delete(copy.id);
  await writing.done;
  if (old.length) announce();
}
