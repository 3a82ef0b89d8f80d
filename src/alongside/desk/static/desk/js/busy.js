// A bar over the page when an answer takes more than a second. It counts what is under way, and gives up at last.

const PATIENCE_MS = 1000;
const LONGEST_MS = 60000;

let underWay = 0;
let showTimer = 0;
let hideTimer = 0;

function bar() {
  return document.getElementById("busy");
}

function show() {
  if (bar()) bar().hidden = false;
  hideTimer = setTimeout(stopAll, LONGEST_MS);
}

export function begin() {
  underWay += 1;
  if (underWay === 1) showTimer = setTimeout(show, PATIENCE_MS);
}

export function end() {
  underWay = Math.max(0, underWay - 1);
  if (underWay === 0) stopAll();
}

export function stopAll() {
  underWay = 0;
  clearTimeout(showTimer);
  clearTimeout(hideTimer);
  if (bar()) bar().hidden = true;
}
