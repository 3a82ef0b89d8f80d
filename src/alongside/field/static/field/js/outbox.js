// Contacts that wait. Each is sealed before it touches the disk; a copy that can be changed lives five minutes, if the
// worker chose a passphrase, sealed to a key that the passphrase guards.
import { copyOf } from "./copies.js";
import { seal } from "./sealing.js";
import { announce, database, kept, transaction } from "./store.js";
import { uuid7 } from "./uuid7.js";

/** Keep what a form said. With `changes`, it takes the place of a contact that has not left the phone, or corrects it. */
export async function add(form, { words = "", changes = "" } = {}) {
  if (changes) return change(form, words, changes);
  const row = await sealedRow(form, uuid7());
  await put(row, await copyOf(row.id, { form: form.toString(), words }));
  return row.id;
}

async function change(form, words, id) {
  const row = await sealedRow(form, id);
  if (await put(row, await copyOf(id, { form: form.toString(), words }), { onlyInPlace: true })) return id;
  form.set("corrects", id);
  return add(form, { words });
}

async function sealedRow(form, id) {
  const setup = await kept("setup");
  form.set("id", id);
  const contact = {
    form: form.toString(),
    form_version: setup.form,
    app: setup.app,
    made_at: new Date().toISOString(),
    worker: setup.worker,
  };
  return { id, at: Date.now(), tries: 0, envelope: await seal(contact, { id, kid: setup.kid, publicKey: setup.public_key }) };
}

/** False if it should have taken the place of one that may be counted. One that was refused is not: it is sent again,
 * mended, under its own number, and is then off everybody's list. */
async function put(row, copy, { onlyInPlace = false } = {}) {
  const writing = await transaction(["outbox", "copies", "answers"]);
  const before = onlyInPlace && (await writing.objectStore("outbox").get(row.id));
  const answer = onlyInPlace && (await writing.objectStore("answers").get(row.id));
  const fits = !onlyInPlace || before?.tries === 0 || answer?.word === "refused";
  if (fits) {
    writing.objectStore("outbox").put(row);
    writing.objectStore("answers").delete(row.id);
    if (copy) writing.objectStore("copies").put(copy);
  }
  await writing.done;
  announce();
  return fits;
}

/** Take a contact back: "removed" if it never left this phone, "told" if the server has to be told. */
export async function undo(id) {
  const writing = await transaction(["outbox", "copies", "tombstones"]);
  const row = await writing.objectStore("outbox").get(id);
  const isUndone = await writing.objectStore("tombstones").get(id);
  writing.objectStore("copies").delete(id);
  writing.objectStore("tombstones").put({ id, at: Date.now() });
  const isHere = row?.tries === 0;
  if (isHere) writing.objectStore("outbox").delete(id);
  await writing.done;
  if (!isHere && !isUndone) await add(new URLSearchParams({ undo: id }));
  announce();
  return isHere ? "removed" : "told";
}

/** What waits, oldest first. */
export async function waiting() {
  return (await database()).getAll("outbox");
}

/** What the server answered that a person has to look at. */
export async function answers() {
  return (await database()).getAll("answers");
}

export async function putAway(id) {
  const writing = await transaction("answers");
  await Promise.all([writing.store.delete(id), writing.done]);
  announce();
}
