// A link or button with data-dialog="id" opens that dialog. Without JavaScript the link leads to a page that asks.

function open(dialog, opener) {
  dialog.showModal();
  dialog.addEventListener("close", () => opener.focus(), { once: true });
}

function isOnVeil(dialog, event) {
  const box = dialog.getBoundingClientRect();
  const across = event.clientX < box.left || event.clientX > box.right;
  return across || event.clientY < box.top || event.clientY > box.bottom;
}

export function startDialogs(root) {
  root.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    const dialog = opener && document.getElementById(opener.dataset.dialog);
    if (dialog) {
      event.preventDefault();
      open(dialog, opener);
    } else if (event.target.closest("dialog [data-close]")) {
      event.target.closest("dialog").close();
    } else if (event.target.matches("dialog[open]") && isOnVeil(event.target, event)) {
      event.target.close();
    }
  });
}
