// Makes the recording form quick: bags fill in at a tap, only chosen items are shown, the bar says what is chosen.
// Without it the same form posts and the server does all of this.

import { startTiming } from "./timing.js";

function quantityInputs(form) {
  return [...form.querySelectorAll(".item-list input[type=number]")];
}

function addBag(form, items) {
  for (const [key, quantity] of Object.entries(items)) {
    const input = form.querySelector(`#${CSS.escape(`items.${key}`)}`);
    if (!input) continue;
    input.value = String((Number(input.value) || 0) + Number(quantity));
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

// What is suggested for one person stands beside each choice, worked out by the server.
function suggest(form, button) {
  const chosen = form.querySelector("[data-for-one]:checked");
  if (!chosen) {
    form.querySelector("[data-for-one]").focus();
    return;
  }
  const input = form.querySelector(`#${CSS.escape(`items.${button.dataset.suggest}`)}`);
  const people = Number(form.elements[button.dataset.people]?.value) || 1;
  input.value = String(Math.max(Number(input.value) || 0, Number(chosen.dataset.forOne) * people));
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

function showChosen(form) {
  const list = form.querySelector(".item-list");
  const chosen = [];
  for (const row of list.children) {
    const count = Number(row.querySelector("input").value) || 0;
    row.toggleAttribute("data-empty", count <= 0);
    if (count > 0) chosen.push(`${count} × ${row.querySelector("label").firstChild.textContent.trim()}`);
  }
  form.querySelector("[data-chosen]").textContent = chosen.join(", ");
  form.querySelector("[data-nothing-chosen]").hidden = chosen.length > 0;
  form.querySelector("[data-clear]").hidden = chosen.length === 0;
}

function clear(form) {
  for (const input of quantityInputs(form)) {
    input.value = "";
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function startRecording(form) {
  startTiming(form);
  const list = form.querySelector(".item-list");
  form.addEventListener("click", (event) => {
    const bag = event.target.closest("button[data-items]");
    if (bag) {
      event.preventDefault();
      addBag(form, JSON.parse(bag.dataset.items));
    }
    const suggestion = event.target.closest("button[data-suggest]");
    if (suggestion) {
      event.preventDefault();
      suggest(form, suggestion);
    }
    if (event.target.closest("[data-clear]")) clear(form);
    const all = event.target.closest("[data-show-all]");
    if (all) {
      list.classList.remove("only-chosen");
      all.hidden = true;
    }
  });
  form.addEventListener("input", (event) => {
    if (event.target.matches("[data-finder] input")) list.classList.toggle("searching", event.target.value !== "");
    else showChosen(form);
  });
  showChosen(form);
}

for (const form of document.querySelectorAll("[data-recording]")) startRecording(form);
