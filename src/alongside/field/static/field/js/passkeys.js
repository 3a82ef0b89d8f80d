// A passkey instead of a passphrase, where the browser lets a passkey give a secret of its own (the PRF extension).
// The server never hears of it: it only guards copies on this phone.
import { toBytes, toText } from "./sealing.js";

const chance = (length) => crypto.getRandomValues(new Uint8Array(length));

export async function canHavePasskey() {
  const known = await globalThis.PublicKeyCredential?.getClientCapabilities?.();
  return Boolean(known?.["extension:prf"] && known.userVerifyingPlatformAuthenticator);
}

/** A new passkey of this phone: what to keep of it, and its secret. Null if it was put off or can't give a secret. */
export async function newPasskey(name) {
  const salt = chance(32);
  const publicKey = {
    rp: { name: "Alongside" },
    user: { id: chance(16), name, displayName: name },
    challenge: chance(32),
    pubKeyCredParams: [{ type: "public-key", alg: -7 }, { type: "public-key", alg: -257 }],
    authenticatorSelection: { authenticatorAttachment: "platform", userVerification: "required" },
    extensions: { prf: {} },
  };
  const made = await navigator.credentials.create({ publicKey }).catch(() => null);
  if (!made?.getClientExtensionResults().prf?.enabled) return null;
  const lock = { passkey: toText(made.rawId), passkey_salt: toText(salt) };
  const secret = await passkeySecret(lock);
  return secret && { lock, secret };
}

export async function passkeySecret(lock) {
  const publicKey = {
    challenge: chance(32),
    allowCredentials: [{ type: "public-key", id: toBytes(lock.passkey) }],
    userVerification: "required",
    extensions: { prf: { eval: { first: toBytes(lock.passkey_salt) } } },
  };
  const given = await navigator.credentials.get({ publicKey }).catch(() => null);
  const secret = given?.getClientExtensionResults().prf?.results?.first;
  return secret ? new Uint8Array(secret) : null;
}
