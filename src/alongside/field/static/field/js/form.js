// The recording form on a phone: what it says goes into the outbox as it stands, whichever services wrote it.
import { addToShift, takeFromShift } from "./shift.js";
import { add, undo } from "./outbox.js";
import { showSite } from "./site.js";
import { syncOrBeWoken } from "./waking.js";
import { made, say } from "./words.js";

const LAST = "alongside-last";
const LONGEST = 120;
/** What a contact that is being changed had added to "My shift". */
let changed = null;

const OWN = /^(items\.|[a-z_]+\.[a-z_]+\.)/;

/** The form-encoded body: every answer as the form holds it. Blank answers are "not asked", and stay out. */
function bodyOf(form) {
  const said = [...new FormData(form)].filter(([name, value]) => value !== "" && name !== "csrfmiddlewaretoken");
  return new URLSearchParams(said);
}

function isEmpty(body) {
  return !body.has("visit") && ![...body.keys()].some((name) => OWN.test(name));
}

/** What the browser itself can see is wrong, by what the form's own fields allow. Hidden parts are opened first. */
function isValid(form) {
  const wrong = form.querySelector(":is(input, select, textarea):invalid");
  if (!wrong) return true;
  for (let part = wrong.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
  wrong.closest("li[data-empty]")?.removeAttribute("data-empty");
  wrong.reportValidity();
  return false;
}

function itemsOf(body) {
  const given = [...body].filter(([name, value]) => name.startsWith("items.") && Number(value) > 0);
  return Object.fromEntries(given.map(([name, value]) => [name.slice("items.".length), Number(value)]));
}

function notes(form) {
  return form.parentElement.querySelector("#phone-notes");
}

function show(form, note) {
  notes(form).replaceChildren(note);
  notes(form).scrollIntoView({ block: "nearest" });
}

function showSaved(form, { id, words, counts }) {
  const note = made("phone-saved", { what: say("saved", { what: words }) });
  note.querySelector("[data-undo]").addEventListener("click", async () => {
    const outcome = await undo(id);
    await takeFromShift(counts);
    show(form, made("phone-note", { what: say(outcome === "removed" ? "undone" : "undone_sent") }));
    syncOrBeWoken();
  });
  show(form, note);
}

function showTrouble(form, sentence) {
  show(form, made("phone-trouble", { what: sentence }));
}

/** A fresh form: the site stays, everything else is as the page came. */
function clear(form) {
  form.reset();
  delete form.dataset.changes;
  changed = null;
  for (const part of form.querySelectorAll("details")) part.open = false;
  showSite(form);
  for (const place of ["[data-finder] input", ".item-list input"]) {
    form.querySelector(place)?.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function rememberItems(items, words) {
  if (!Object.keys(items).length) return;
  sessionStorage.setItem(LAST, JSON.stringify({ items, words }));
}

/** "Same as last", from what this window gave last. Gone when the window closes or the worker locks. */
export function showRepeat(form) {
  form.querySelector("[data-phone-repeat]")?.remove();
  const last = JSON.parse(sessionStorage.getItem(LAST) ?? "null");
  if (!last) return;
  const button = made("phone-repeat", { what: last.words });
  button.dataset.items = JSON.stringify(last.items);
  form.querySelector(".bags").prepend(button);
}

export function forgetLast(form) {
  sessionStorage.removeItem(LAST);
  if (form) showRepeat(form);
}

function inWords(form) {
  const chosen = form.querySelector("[data-chosen]").textContent;
  return chosen.length > LONGEST ? `${chosen.slice(0, LONGEST)}…` : chosen || say("a_contact");
}

async function save(form) {
  const body = bodyOf(form);
  if (isEmpty(body)) return showTrouble(form, say("nothing"));
  if (!isValid(form)) return;
  const words = inWords(form);
  const [items, counts] = [itemsOf(body), countsOf(form, body)];
  const id = await add(body, { words, changes: form.dataset.changes ?? "" });
  if (changed) await takeFromShift(changed);
  await addToShift(counts);
  rememberItems(items, words);
  clear(form);
  showRepeat(form);
  showSaved(form, { id, words, counts });
  syncOrBeWoken({ force: true });
}

/** What this contact adds to "My shift": numbers by label, never who. */
function countsOf(form, body) {
  const people = Number(body.get("people") ?? 1);
  const times = body.has("each") ? people : 1;
  const sums = {};
  for (const [name, value] of body) {
    const field = form.elements[name];
    if (!OWN.test(name) || !field) continue;
    const isNumber = field.type === "number";
    const [key, label] = isNumber ? [name, labelOf(field)] : [partOf(form, name), partOf(form, name)];
    const amount = isNumber ? Number(value) * (name.startsWith("items.") ? times : 1) : 0;
    sums[key] = { label, amount: (sums[key]?.amount ?? 0) + amount, isTimes: !isNumber };
  }
  return { contacts: people, entries: 1, reached: Number(body.get("reached") ?? 0), sums };
}

function labelOf(field) {
  const label = field.labels?.[0];
  const own = (label?.firstChild?.textContent ?? field.name).trim();
  const part = field.closest(".item-list") ? "" : headingOf(field);
  return part ? `${part}: ${own}` : own;
}

function partOf(form, name) {
  const fields = form.elements[name];
  return headingOf(fields instanceof RadioNodeList ? fields[0] : fields);
}

/** The heading of the service's part that a field stands in. */
function headingOf(field) {
  const part = field.closest("section.card, details.card");
  return part?.querySelector("h2, summary")?.textContent.trim() ?? "";
}

/** Put what a contact said back into the form, to say it again differently. */
export function fill(form, { id, said }) {
  clear(form);
  const answers = new URLSearchParams(said);
  for (const name of new Set(answers.keys())) {
    const fields = form.elements[name];
    const all = fields instanceof RadioNodeList ? [...fields] : [fields].filter(Boolean);
    for (const field of all) putAnswer(field, answers.getAll(name));
  }
  form.dataset.changes = id;
  changed = countsOf(form, bodyOf(form));
}

function putAnswer(field, values) {
  if (field.name === "id") return;
  if (["checkbox", "radio"].includes(field.type)) field.checked = values.includes(field.value);
  else field.value = values[0];
  for (let part = field.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

export function startForm(form) {
  let isSaving = false;
  showRepeat(form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isSaving) return;
    isSaving = true;
    try {
      await save(form);
    } catch {
      showTrouble(form, say("not_kept"));
    } finally {
      isSaving = false;
    }
  });
}
