// The browser's own file input takes dropped files; this only shows that it would.

export function startFileDrops(root) {
  const mark = (event, isOver) => {
    if (event.target.matches?.(".file-drop input[type=file]")) event.target.classList.toggle("is-over", isOver);
  };
  root.addEventListener("dragenter", (event) => mark(event, true));
  root.addEventListener("dragleave", (event) => mark(event, false));
  root.addEventListener("drop", (event) => mark(event, false));
}
