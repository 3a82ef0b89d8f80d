// What waits on this phone, newest first. Undo always works; looking and changing only for five minutes, unlocked.
import { isUnlocked, read, readableUntil, sealAll, unlock } from "./copies.js";
import { fill, forgetLast } from "./form.js";
import { answers, putAway, undo, waiting } from "./outbox.js";
import { passkeySecret } from "./passkeys.js";
import { kept, watch } from "./store.js";
import { syncOrBeWoken } from "./waking.js";
import { made, say, timeOf, whenOf } from "./words.js";

async function rows() {
  const [queue, readable] = [await waiting(), await readableUntil()];
  const ids = new Set([...queue.map((row) => row.id), ...readable.keys()]);
  return [...ids].sort().reverse().map((id) => ({ id, at: madeAt(id), until: readable.get(id) }));
}

/** A UUIDv7 begins with its moment. */
function madeAt(id) {
  return Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16);
}

async function line(row, form, close) {
  const said = await read(row.id);
  const state = row.until ? say("readable", { when: timeOf(row.until) }) : say("sealed");
  const part = made("queue-line", { when: whenOf(row.at), what: said?.words ?? "", state });
  part.querySelector("[data-undo]").addEventListener("click", async () => {
    await undo(row.id);
    syncOrBeWoken();
  });
  const change = part.querySelector("[data-change]");
  change.hidden = !said || !form;
  change.addEventListener("click", () => {
    fill(form, { id: row.id, said: said.form });
    close();
  });
  return part;
}

function answerLine(answer) {
  const texts = { when: whenOf(madeAt(answer.id)), word: say(`word_${answer.word}`), sentence: answer.sentence };
  const part = made("answer-line", texts);
  part.querySelector("[data-put-away]").addEventListener("click", () => putAway(answer.id));
  return part;
}

async function draw(queue, form) {
  const [found, lock, open] = [await rows(), await kept("lock"), await answers()];
  const lines = await Promise.all(found.map((row) => line(row, form, () => queue.closest("dialog")?.close())));
  queue.querySelector("[data-lines]").replaceChildren(...lines);
  queue.querySelector("[data-no-lines]").hidden = lines.length > 0;
  queue.querySelector("[data-answers]").replaceChildren(...open.map(answerLine));
  queue.querySelector("[data-answers-part]").hidden = !open.length;
  const isReadable = found.some((row) => row.until);
  queue.querySelector("[data-unlock]").hidden = !lock || !isReadable || isUnlocked();
  queue.querySelector("[data-lock]").hidden = !isReadable;
  queue.querySelector("[data-passphrase]").hidden = Boolean(lock?.passkey);
  queue.querySelector("[data-sealing]").textContent = say(lock ? "lock_on" : "lock_off");
}

async function tryUnlock(queue, form) {
  const lock = await kept("lock");
  const field = queue.querySelector("[data-passphrase] input");
  const secret = lock.passkey ? await passkeySecret(lock) : new TextEncoder().encode(field.value);
  field.value = "";
  const isRight = secret !== null && (await unlock(secret));
  queue.querySelector("[data-wrong]").textContent = isRight ? "" : say("wrong_words");
  await draw(queue, form);
}

export function startQueue(queue, form) {
  queue.querySelector("[data-unlock]").addEventListener("submit", (event) => {
    event.preventDefault();
    tryUnlock(queue, form);
  });
  queue.querySelector("[data-lock]").addEventListener("click", async () => {
    forgetLast(form);
    await sealAll();
  });
  queue.querySelector("[data-send]").addEventListener("click", () => syncOrBeWoken({ force: true }));
  watch(() => draw(queue, form));
}
