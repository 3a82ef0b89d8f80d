// What just happened, with the way back. A toast with an Undo stays until it is used or put away.

const STAYS_MS = 8000;

function put(toast) {
  const hasChoice = toast.querySelector("form, a");
  if (!hasChoice) setTimeout(() => putAway(toast), STAYS_MS);
}

function putAway(toast) {
  if (toast.matches(":hover, :focus-within")) setTimeout(() => putAway(toast), STAYS_MS);
  else toast.remove();
}

/** Show a sentence that the server already translated. */
export function toast(sentence) {
  const made = document.getElementById("toast-template").content.cloneNode(true);
  made.querySelector("p").textContent = sentence;
  const shown = made.firstElementChild;
  document.getElementById("toasts").append(shown);
  put(shown);
}

export function startToasts(root) {
  root.querySelectorAll(".toast").forEach(put);
  root.addEventListener("click", (event) => {
    if (event.target.closest(".toast [data-put-away]")) event.target.closest(".toast").remove();
  });
  root.addEventListener("toast", (event) => toast(event.detail.value ?? event.detail));
}
