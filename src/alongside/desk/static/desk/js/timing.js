// How long each question takes, for the question ledger: seconds from the last answer on the form to this one, rounded
// up to a step. Nothing says who answered what. The steps are those of encounters/timing.py.

const STEPS = [1, 2, 3, 5, 8, 13, 20, 30, 45, 60];
const NOT_ASKED = new Set(["", "id", "seconds", "csrfmiddlewaretoken", "corrects", "participant", "precision"]);

function questionOf(field) {
  return field.startsWith("items.") ? "items" : field.split(".").slice(0, 3).join(".");
}

function inSteps(milliseconds) {
  return STEPS.find((step) => milliseconds <= step * 1000);
}

function resultOf(form) {
  const input = document.createElement("input");
  input.type = "hidden";
  input.name = "seconds";
  form.append(input);
  return input;
}

/** A longer pause is no answer: somebody talked, or put the phone down. */
export function startTiming(form) {
  const result = resultOf(form);
  const spent = new Map();
  let last = performance.now();
  form.addEventListener("input", (event) => {
    const name = event.target.name ?? "";
    const passed = performance.now() - last;
    last += passed;
    if (NOT_ASKED.has(name) || !inSteps(passed)) return;
    const question = questionOf(name);
    spent.set(question, (spent.get(question) ?? 0) + passed);
    const measured = [...spent].filter(([, each]) => inSteps(each));
    result.value = measured.map(([each, time]) => `${each}:${inSteps(time)}`).join(" ");
  });
  form.addEventListener("reset", () => {
    spent.clear();
    result.value = "";
    last = performance.now();
  });
}
