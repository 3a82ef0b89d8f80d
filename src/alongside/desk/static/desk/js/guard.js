// A form is sent once. A second tap on the same button does nothing until the answer is there.
// The button is not disabled: a disabled button would not send its own name and value.
import { begin, stopAll } from "./busy.js";

const SENT = "sent";

function isGuarded(form) {
  return form.dataset.guard !== "off" && form.method !== "dialog";
}

function markSent(form, isSent) {
  if (isSent) form.dataset[SENT] = "";
  else delete form.dataset[SENT];
  for (const button of form.querySelectorAll("button:not([type=button])")) {
    if (isSent) button.setAttribute("aria-disabled", "true");
    else button.removeAttribute("aria-disabled");
  }
}

/** Runs first, before htmx or anybody else sees a second tap. */
function stopRepeat(event) {
  if (!(SENT in event.target.dataset)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

function onSubmit(event) {
  const form = event.target;
  if (event.defaultPrevented || !isGuarded(form)) return;
  if (form.method === "post") hold(form);
  begin();
}

function leavesThisPage(link, event) {
  const isPlainClick = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  const goesElsewhere = link.origin === location.origin && link.pathname + link.search !== location.pathname + location.search;
  return isPlainClick && goesElsewhere && !link.target && !link.hasAttribute("download");
}

function onClick(event) {
  const link = event.target.closest("a[href]");
  if (link && !event.defaultPrevented && leavesThisPage(link, event)) begin();
}

function onChange(event) {
  if (event.target.matches("[data-autosubmit], [data-autosubmit] input")) event.target.form.requestSubmit();
}

/** From now on a form can't be sent. */
export function hold(form) {
  markSent(form, true);
}

/** Let a form be sent again: its answer arrived and the page is still here. */
export function release(form) {
  markSent(form, false);
}

export function startGuard(root) {
  root.addEventListener("submit", stopRepeat, { capture: true });
  root.addEventListener("submit", onSubmit);
  root.addEventListener("click", onClick);
  root.addEventListener("change", onChange);
  window.addEventListener("pageshow", () => {
    stopAll();
    root.querySelectorAll(`form[data-${SENT}]`).forEach(release);
  });
}
