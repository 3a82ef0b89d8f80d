// Sends what waits. Used by the pages and by the service worker; one of them at a time. Nothing leaves the outbox before
// the server has answered for that very contact.
import { announce, keep, kept, transaction, waitingCount } from "./store.js";

const MOST = 250;
const PATIENCE_MS = 60_000;
const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 15 * 60_000;
const DONE = new Set(["accepted", "duplicate"]);
const FOR_A_PERSON = new Set(["held", "refused", "conflict"]);
const OTHERS = { status: "others" };
const TROUBLES = { others: "others", 401: "sign_in", 403: "no_role", 423: "unlock" };

/** Send everything. Without `force` it keeps to the pause that the last failure asked for. */
export async function sync({ force = false } = {}) {
  return navigator.locks.request("alongside-sync", () => sendAll(force));
}

async function sendAll(force) {
  const [setup, state] = [await kept("setup"), (await kept("state")) ?? {}];
  if (!setup || (!force && Date.now() < (state.next ?? 0))) return state;
  if (navigator.onLine === false) return failed(null);
  let [size, isReached] = [MOST, false];
  for (;;) {
    const batch = await take(size);
    if (!batch.length) return isReached || !(force || state.trouble) ? kept("state") : greet(setup);
    const answer = await send(setup, batch);
    if (answer?.status === 413 && batch.length > 1) size = Math.ceil(batch.length / 2);
    else if (!answer?.said?.answers) return failed(answer);
    else if (!(await settle(batch, answer.said))) return failed(OTHERS);
    else isReached = await succeeded(answer.said);
  }
}

/** Nothing waits: is the server there, and is anybody signed in? */
async function greet(setup) {
  const answer = await ask(setup.sync, { method: "GET" });
  return answer?.said?.at ? succeeded(answer.said) : failed(answer);
}

/** The next ones, marked as "may have left this phone" before any byte of them does. */
async function take(size) {
  if (!(await waitingCount())) return [];
  const writing = await transaction("outbox");
  const rows = await writing.store.getAll(null, size);
  for (const row of rows) writing.store.put({ ...row, tries: row.tries + 1 });
  await writing.done;
  return rows;
}

function bodyOf(batch) {
  return JSON.stringify({ sent_at: new Date().toISOString(), contacts: batch.map((row) => row.envelope) });
}

/** The answer with what it said as JSON; null if there was none, or if somebody else answered (a hotel's sign-in page). */
async function ask(url, { method, body }) {
  const headers = { Accept: "application/json" };
  if (body) Object.assign(headers, { "Content-Type": "application/json", "X-CSRFToken": await token() });
  const signal = AbortSignal.timeout(PATIENCE_MS);
  try {
    const answer = await fetch(url, { method, body, headers, signal, redirect: "error", cache: "no-store" });
    const [said, after] = [await answer.json().catch(() => null), Number(answer.headers.get("Retry-After"))];
    return { status: answer.status, said, afterMs: after > 0 ? after * 1000 : 0 };
  } catch {
    return null;
  }
}

/** A cookie may be gone while the session is there: asking brings a new one. */
async function send(setup, batch) {
  const request = { method: "POST", body: bodyOf(batch) };
  const answer = await ask(setup.sync, request);
  if (answer?.said?.reason !== "csrf") return answer;
  await ask(setup.sync, { method: "GET" });
  return ask(setup.sync, request);
}

async function token() {
  const name = "alongside_csrf";
  if (globalThis.cookieStore) return (await cookieStore.get(name))?.value ?? "";
  const found = globalThis.document?.cookie.split("; ").find((each) => each.startsWith(`${name}=`));
  return found?.slice(name.length + 1) ?? "";
}

/** Take each contact that was answered out of the outbox. False if all belong to a program that this worker is not of. */
async function settle(batch, said) {
  const sent = new Set(batch.map((row) => row.id));
  const answered = said.answers.filter(({ id, word }) => sent.has(id) && (DONE.has(word) || FOR_A_PERSON.has(word)));
  const writing = await transaction(["outbox", "answers"]);
  for (const { id, word, sentence } of answered) {
    writing.objectStore("outbox").delete(id);
    if (FOR_A_PERSON.has(word)) writing.objectStore("answers").put({ id, word, sentence, at: Date.now() });
  }
  await writing.done;
  return answered.length > 0;
}

async function succeeded(said) {
  const setup = await kept("setup");
  const news = said.public_key ? { kid: said.kid, public_key: said.public_key } : {};
  await keep("setup", { ...setup, ...news, form: said.form ?? setup.form });
  return note({ reached: Date.now(), trouble: "", failures: 0, next: 0, app: said.app });
}

/** A failure waits longer each time, by chance a little more or less, so that phones don't all come back at once; and
 * never shorter than a busy server asks for. */
async function failed(answer) {
  const before = (await kept("state")) ?? {};
  const failures = (before.failures ?? 0) + 1;
  const pause = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1)) * (0.5 + Math.random());
  const next = Date.now() + Math.max(pause, Math.min(answer?.afterMs ?? 0, LONGEST_WAIT_MS));
  const trouble = TROUBLES[answer?.status] ?? "away";
  return note({ ...before, trouble, failures, next, sentence: answer?.said?.sentence ?? "" });
}

async function note(state) {
  await keep("state", state);
  announce();
  return state;
}
