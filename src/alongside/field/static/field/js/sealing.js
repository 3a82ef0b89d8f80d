// Sealing to a public key: X25519, HKDF-SHA256, AES-256-GCM. Whoever holds the phone can't open what it sealed.
// The server opens it in src/alongside/encounters/outbox/sealing.py; docs/reference/sync.md describes the format.

const CURVE = { name: "X25519" };
const INFO = new TextEncoder().encode("alongside outbox 1");

export function toText(bytes) {
  const characters = Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join("");
  return btoa(characters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

export function toBytes(text) {
  const characters = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(characters, (character) => character.charCodeAt(0));
}

async function sharedKey({ privateKey, publicKey, ephemeral, recipient, use }) {
  const secret = await crypto.subtle.deriveBits({ ...CURVE, public: publicKey }, privateKey, 256);
  const material = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  const salt = new Uint8Array([...ephemeral, ...recipient]);
  const way = { name: "HKDF", hash: "SHA-256", salt, info: INFO };
  return crypto.subtle.deriveKey(way, material, { name: "AES-GCM", length: 256 }, false, [use]);
}

function cipher({ id, kid }, iv) {
  return { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(`${id}.${kid}`) };
}

/** Seal `content` (any JSON value) so that only the holder of the private key can read it. */
export async function seal(content, { id, kid, publicKey }) {
  const recipient = toBytes(publicKey);
  const imported = await crypto.subtle.importKey("raw", recipient, CURVE, false, []);
  const pair = await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
  const ephemeral = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const key = await sharedKey({ privateKey: pair.privateKey, publicKey: imported, ephemeral, recipient, use: "encrypt" });
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const plain = new TextEncoder().encode(JSON.stringify(content));
  const sealed = await crypto.subtle.encrypt(cipher({ id, kid }, iv), key, plain);
  return { id, v: 1, kid, epk: toText(ephemeral), iv: toText(iv), ct: toText(sealed) };
}

/** Open what was sealed to a key of this phone's own. */
export async function unseal(envelope, { privateKey, publicKey }) {
  const ephemeral = toBytes(envelope.epk);
  const sender = await crypto.subtle.importKey("raw", ephemeral, CURVE, false, []);
  const recipient = toBytes(publicKey);
  const key = await sharedKey({ privateKey, publicKey: sender, ephemeral, recipient, use: "decrypt" });
  const plain = await crypto.subtle.decrypt(cipher(envelope, toBytes(envelope.iv)), key, toBytes(envelope.ct));
  return JSON.parse(new TextDecoder().decode(plain));
}

export async function canSeal() {
  try {
    await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
    return true;
  } catch {
    return false;
  }
}
