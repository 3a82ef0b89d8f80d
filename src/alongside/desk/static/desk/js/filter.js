// Search as you type, over a list that is already on the page. Every word must be found; accents don't matter.

function plain(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

function holdsCount(row) {
  return [...row.querySelectorAll("input[type=number]")].some((input) => Number(input.value) > 0);
}

function isFound(row, words) {
  const text = plain(`${row.textContent} ${row.dataset.words ?? ""}`);
  return words.every((word) => text.includes(word));
}

function filter(finder) {
  const input = finder.querySelector("input");
  const rows = [...document.getElementById(finder.dataset.finder).children];
  const words = plain(input.value).split(/\s+/).filter(Boolean);
  for (const row of rows) row.hidden = !(isFound(row, words) || holdsCount(row));
  say(finder, words.length ? rows.filter((row) => isFound(row, words)).length : null);
}

function say(finder, count) {
  const output = finder.querySelector("output");
  const { none, one, many } = output.dataset;
  if (count === null) output.textContent = "";
  else output.textContent = count === 0 ? none : count === 1 ? one : many.replace("0", String(count));
}

/** Show the search boxes inside `root`; without JavaScript they stay hidden and the whole list is there. */
export function wakeFilters(root) {
  for (const finder of root.querySelectorAll("[data-finder]")) finder.hidden = false;
}

export function startFilters(root) {
  wakeFilters(root);
  root.addEventListener("input", (event) => {
    const finder = event.target.closest("[data-finder]");
    if (finder) filter(finder);
  });
  root.addEventListener("keydown", (event) => {
    const finder = event.target.closest("[data-finder]");
    if (finder && event.key === "Enter") event.preventDefault();
  });
}
