// Sentences that the server translated and put into the page.

const words = JSON.parse(document.getElementById("phone-words")?.textContent ?? "{}");
const rules = new Intl.PluralRules(document.documentElement.lang);

/** The sentence called `key`, with {names} filled in. */
export function say(key, values = {}) {
  const filled = Object.entries(values);
  return filled.reduce((text, [name, value]) => text.replaceAll(`{${name}}`, String(value)), words[key] ?? "");
}

/** The sentence for this many, by the rules of the page's language. */
export function sayCount(key, count) {
  const chosen = `${key}_${rules.select(count)}`;
  return say(chosen in words ? chosen : `${key}_other`, { count });
}

export function timeOf(moment) {
  return new Intl.DateTimeFormat(document.documentElement.lang, { timeStyle: "short" }).format(moment);
}

export function whenOf(moment) {
  const isToday = new Date(moment).toDateString() === new Date().toDateString();
  const style = isToday ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" };
  return new Intl.DateTimeFormat(document.documentElement.lang, style).format(moment);
}

/** A copy of a <template>, with text put where data-text="name" says. */
export function made(template, texts = {}) {
  const part = document.getElementById(template).content.cloneNode(true).firstElementChild;
  for (const [name, text] of Object.entries(texts)) {
    for (const place of part.querySelectorAll(`[data-text="${name}"]`)) place.textContent = text;
  }
  return part;
}
