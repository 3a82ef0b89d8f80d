// A menu is a <details>. It closes on Escape, on a press elsewhere, and when focus leaves it.

function close(menu, { focus = false } = {}) {
  menu.open = false;
  if (focus) menu.querySelector("summary").focus();
}

function openMenus(root) {
  return root.querySelectorAll("details.menu[open]");
}

export function startMenus(root) {
  root.addEventListener("pointerdown", (event) => {
    for (const menu of openMenus(root)) {
      if (!menu.contains(event.target)) close(menu);
    }
  });
  root.addEventListener("focusin", (event) => {
    for (const menu of openMenus(root)) {
      if (!menu.contains(event.target)) close(menu);
    }
  });
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of openMenus(root)) close(menu, { focus: true });
  });
}
