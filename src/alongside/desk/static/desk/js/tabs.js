// A row of tabs scrolls sideways on a phone: the chosen one is in sight from the start.

export function startTabs(root) {
  for (const chosen of root.querySelectorAll(".tabs [aria-current]")) {
    chosen.parentElement.scrollLeft = chosen.offsetLeft - chosen.parentElement.clientWidth / 3;
  }
}
