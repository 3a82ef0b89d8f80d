// htmx is loaded as a plain script and configured by a <meta> in the shell: no eval, no styles of its own.
import { begin, end } from "./busy.js";
import { wakeFilters } from "./filter.js";
import { hold, release } from "./guard.js";
import { wakeSteppers } from "./stepper.js";

function csrfToken() {
  return document.querySelector("meta[name=csrf-token]")?.content;
}

function addToken(event) {
  const request = event.detail.ctx.request;
  if (request.method !== "GET" && csrfToken()) request.headers["X-CSRFToken"] = csrfToken();
}

function onRequest(event) {
  begin();
  const { form, method } = event.detail.ctx.request;
  if (form && method !== "GET") hold(form);
}

function onAnswer(event) {
  end();
  const { form } = event.detail.ctx.request;
  if (form) release(form);
}

export function startHtmx(root) {
  root.addEventListener("htmx:config:request", addToken);
  root.addEventListener("htmx:before:request", onRequest);
  root.addEventListener("htmx:finally:request", onAnswer);
  root.addEventListener("htmx:after:swap", () => {
    wakeSteppers(root);
    wakeFilters(root);
  });
}
