// − and + beside a number input. Holding a button keeps counting, and 40 syringes are not 40 taps.

const HOLD_MS = 400;
const REPEAT_MS = 70;

function limit(input, number) {
  const low = input.min === "" ? -Infinity : Number(input.min);
  const high = input.max === "" ? Infinity : Number(input.max);
  return Math.min(high, Math.max(low, number));
}

function change(stepper, direction) {
  const input = stepper.querySelector("input");
  const size = Number(input.step) || 1;
  input.value = String(limit(input, (Number(input.value) || 0) + direction * size));
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

function hold(stepper, button) {
  const direction = Number(button.dataset.step);
  let timer = setTimeout(function again() {
    change(stepper, direction);
    timer = setTimeout(again, REPEAT_MS);
  }, HOLD_MS);
  const stop = () => clearTimeout(timer);
  for (const name of ["pointerup", "pointercancel", "pointerleave"]) {
    button.addEventListener(name, stop, { once: true });
  }
}

function showCount(stepper) {
  stepper.classList.toggle("has-count", Number(stepper.querySelector("input").value) > 0);
}

/** Bring the steppers inside `root` to life. Call it again for content that was added later. */
export function wakeSteppers(root) {
  for (const stepper of root.querySelectorAll(".stepper")) {
    for (const button of stepper.querySelectorAll("[data-step]")) button.hidden = false;
    showCount(stepper);
  }
}

export function startSteppers(root) {
  wakeSteppers(root);
  root.addEventListener("click", (event) => {
    const button = event.target.closest(".stepper [data-step]");
    if (button) change(button.closest(".stepper"), Number(button.dataset.step));
  });
  root.addEventListener("pointerdown", (event) => {
    const button = event.target.closest(".stepper [data-step]");
    if (button) hold(button.closest(".stepper"), button);
  });
  root.addEventListener("contextmenu", (event) => {
    if (event.target.closest(".stepper [data-step]")) event.preventDefault();
  });
  for (const name of ["input", "reset"]) {
    root.addEventListener(name, (event) => {
      const scope = event.target.closest?.(".stepper")?.parentElement ?? event.target;
      queueMicrotask(() => scope.querySelectorAll?.(".stepper").forEach(showCount));
    });
  }
}
