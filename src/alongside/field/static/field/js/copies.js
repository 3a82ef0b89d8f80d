// Copies of fresh contacts that can still be looked at and changed, for five minutes, behind a passphrase or a passkey.
// They are sealed to a key pair of this phone. Its private half is wrapped by what the worker knows or carries, and
// is only ever in memory, so that saving needs no passphrase and a seized phone shows nothing.
import { seal, toBytes, toText, unseal } from "./sealing.js";
import { announce, database, keep, kept, transaction } from "./store.js";

export const READABLE_MS = 5 * 60 * 1000;
const KID = "phone";
const ROUNDS = 600_000;
const CURVE = { name: "X25519" };

let privateKey = null;

/** The copy to keep beside a sealed contact; null without a lock, because then nobody could be asked who they are. */
export async function copyOf(id, content) {
  const lock = await kept("lock");
  if (!lock) return null;
  const envelope = await seal(content, { id, kid: KID, publicKey: lock.public_key });
  return { id, until: Date.now() + READABLE_MS, envelope };
}

async function wrappingKey(secret, salt) {
  const material = await crypto.subtle.importKey("raw", secret, "PBKDF2", false, ["deriveKey"]);
  const way = { name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS };
  return crypto.subtle.deriveKey(way, material, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

/** Guard copies by `secret`: the bytes of a passphrase, or what a passkey gave. */
export async function setLock(secret, more = {}) {
  const pair = await crypto.subtle.generateKey(CURVE, true, ["deriveBits"]);
  const [salt, iv] = [crypto.getRandomValues(new Uint8Array(16)), crypto.getRandomValues(new Uint8Array(12))];
  const plain = await crypto.subtle.exportKey("pkcs8", pair.privateKey);
  const wrapped = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await wrappingKey(secret, salt), plain);
  const publicKey = toText(await crypto.subtle.exportKey("raw", pair.publicKey));
  await sealAll();
  await keep("lock", { ...more, public_key: publicKey, salt: toText(salt), iv: toText(iv), wrapped: toText(wrapped) });
  announce();
}

/** True if `secret` is the right one; then copies can be read until the page is left or `lockNow` is called. */
export async function unlock(secret) {
  const lock = await kept("lock");
  try {
    const key = await wrappingKey(secret, toBytes(lock.salt));
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: toBytes(lock.iv) }, key, toBytes(lock.wrapped));
    privateKey = await crypto.subtle.importKey("pkcs8", plain, CURVE, false, ["deriveBits"]);
    return true;
  } catch {
    return false;
  }
}

export function isUnlocked() {
  return privateKey !== null;
}

export async function removeLock() {
  await sealAll();
  await keep("lock", undefined);
  announce();
}

/** From now on nothing on this phone can be read here, not even by the worker who wrote it. */
export async function sealAll() {
  privateKey = null;
  const writing = await transaction("copies");
  await Promise.all([writing.store.clear(), writing.done]);
  announce();
}

/** What can be changed still, by id: when it will be sealed. */
export async function readableUntil() {
  const copies = await (await database()).getAll("copies");
  return new Map(copies.filter((copy) => copy.until > Date.now()).map((copy) => [copy.id, copy.until]));
}

/** What a contact said; null if it is sealed or nobody has unlocked. */
export async function read(id) {
  const [copy, lock] = [await (await database()).get("copies", id), await kept("lock")];
  if (!copy || !privateKey || copy.until <= Date.now()) return null;
  return unseal(copy.envelope, { privateKey, publicKey: lock.public_key });
}
