// The strip that says how many wait, when the server was last reached, and what needs a person. Never hidden.
import { answers } from "./outbox.js";
import { kept, waitingCount, watch } from "./store.js";
import { say, sayCount, whenOf } from "./words.js";

const ASKS = { sign_in: "sign_in", unlock: "unlock" };

function firstSentence(count, trouble) {
  if (!count) return say("waiting_none");
  return sayCount(ASKS[trouble] ?? "waiting", count);
}

function secondSentence(state, open) {
  if (open) return sayCount("attention", open);
  if (["no_role", "others"].includes(state.trouble)) return state.sentence || say(state.trouble);
  return state.reached ? say("reached", { when: whenOf(state.reached) }) : say("reached_never");
}

async function draw(bar) {
  const [count, open, state] = [await waitingCount(), (await answers()).length, (await kept("state")) ?? {}];
  const link = bar.querySelector("[data-bar-link]");
  bar.querySelector("[data-waiting]").textContent = firstSentence(count, state.trouble);
  bar.querySelector("[data-reached]").textContent = secondSentence(state, open);
  bar.dataset.mood = open ? "attention" : ASKS[state.trouble] && count ? "ask" : count ? "waiting" : "sent";
  link.href = ASKS[state.trouble] && count ? link.dataset[ASKS[state.trouble] === "sign_in" ? "signIn" : "unlock"] : link.dataset.here;
}

export function startBar(bar) {
  watch(() => draw(bar));
}
