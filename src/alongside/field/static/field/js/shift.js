// "My shift": how much went out from this phone. Only sums are kept, never one contact's, so that they say nothing
// about what a sealed contact holds.
import { announce, kept, transaction, watch } from "./store.js";
import { made, sayCount, whenOf } from "./words.js";

const A_SHIFT_LATER_MS = 8 * 3600 * 1000;

function fresh() {
  return { since: Date.now(), last: Date.now(), contacts: 0, entries: 0, reached: 0, sums: {} };
}

function isOver(shift) {
  return Date.now() - shift.last > A_SHIFT_LATER_MS;
}

function changed(shift, counts, sign) {
  const sums = { ...shift.sums };
  for (const [key, { label, amount, isTimes }] of Object.entries(counts.sums)) {
    const before = sums[key] ?? { amount: 0 };
    sums[key] = { label, isTimes, amount: before.amount + sign * (isTimes ? 1 : amount) };
  }
  const [contacts, entries] = [shift.contacts + sign * counts.contacts, shift.entries + sign * counts.entries];
  return { ...shift, contacts, entries, reached: shift.reached + sign * counts.reached, sums };
}

async function change(counts, sign) {
  const writing = await transaction("kept");
  const before = await writing.store.get("shift");
  const shift = !before || isOver(before) ? fresh() : before;
  writing.store.put({ ...changed(shift, counts, sign), last: Date.now() }, "shift");
  await writing.done;
  announce();
}

export async function addToShift(counts) {
  await change(counts, 1);
}

export async function takeFromShift(counts) {
  await change(counts, -1);
}

async function startAgain() {
  const writing = await transaction("kept");
  writing.store.put(fresh(), "shift");
  await writing.done;
  announce();
}

function line({ label, amount, isTimes }) {
  const number = new Intl.NumberFormat(document.documentElement.lang).format(amount);
  return made("shift-line", { label, amount: isTimes ? sayCount("times", amount) : number });
}

async function draw(page) {
  const shift = (await kept("shift")) ?? fresh();
  for (const name of ["contacts", "entries", "reached"]) {
    page.querySelector(`[data-figure="${name}"]`).textContent = String(shift[name]);
  }
  page.querySelector("[data-since]").textContent = whenOf(shift.since);
  const lines = Object.values(shift.sums).filter((sum) => sum.amount > 0);
  page.querySelector("[data-lines]").replaceChildren(...lines.map(line));
  page.querySelector("[data-no-lines]").hidden = lines.length > 0;
}

export function startShift(page) {
  page.querySelector("[data-start-again]").addEventListener("click", startAgain);
  watch(() => draw(page));
}
