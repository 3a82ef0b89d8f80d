// The page works without this. This counts the time down, gets loud when it is up, says when it has lost the service,
// and makes "I am OK" a press of one second, so that a pocket does not answer.
const ASK_EVERY_MS = 3000;
const LOST_AFTER_MS = 10_000;
const HOLD_MS = 900;

const box = document.querySelector("#check-in");
const plan = document.querySelector("#plan");
if (box) {
  watch(box);
}
if (plan) {
  plan.addEventListener("submit", (event) => startOrCountAlone(event, plan));
}

function watch(box) {
  const clock = box.querySelector(".clock");
  const heard = box.querySelector(".heard");
  const again = box.querySelector(".again");
  let dueAt = Date.now() + Number(box.dataset.left) * 1000;
  let heardAt = Date.now();
  for (const form of box.querySelectorAll(".hold")) {
    hold(form, box.dataset.hold);
  }

  const show = () => {
    const agoSeconds = Math.round((Date.now() - heardAt) / 1000);
    const isLost = Date.now() - heardAt > LOST_AFTER_MS;
    heard.textContent = isLost ? box.dataset.lost : box.dataset.heard.replace("%s", agoSeconds);
    if (clock) {
      clock.textContent = asClock(dueAt - Date.now());
      getLoud(Date.now() >= dueAt);
    }
  };
  const ask = async () => {
    try {
      const answer = await fetch(box.dataset.state, {
        method: "POST",
        body: new FormData(again),
        cache: "no-store",
        signal: AbortSignal.timeout(ASK_EVERY_MS),
      });
      const said = await answer.json();
      heardAt = Date.now();
      dueAt = heardAt + said.left_ms;
      if (said.mark !== box.dataset.mark) {
        again.requestSubmit();
      }
    } catch {
      // Said by `show` after a while. The service goes on without this phone.
    }
  };
  setInterval(show, 500);
  setInterval(ask, ASK_EVERY_MS);
  ask().then(show);
}

function asClock(leftMs) {
  const seconds = Math.max(0, Math.ceil(leftMs / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function hold(form, sentence) {
  const button = form.querySelector("button");
  let timer;
  const begin = () => {
    button.classList.add("is-held");
    timer = setTimeout(() => {
      form.dataset.isHeld = "1";
      form.requestSubmit(button);
    }, HOLD_MS);
  };
  const end = () => {
    button.classList.remove("is-held");
    clearTimeout(timer);
  };
  button.addEventListener("pointerdown", begin);
  for (const sign of ["pointerup", "pointerleave", "pointercancel"]) {
    button.addEventListener(sign, end);
  }
  // A keyboard or a screen reader presses without a pointer: that is no pocket.
  button.addEventListener("click", (event) => {
    if (event.pointerType && !form.dataset.isHeld) {
      event.preventDefault();
      button.nextElementSibling?.remove();
      button.insertAdjacentElement("afterend", asNote(sentence));
    }
  });
}

function asNote(sentence) {
  const note = document.createElement("p");
  note.setAttribute("role", "alert");
  note.textContent = sentence;
  return note;
}

let context;
let beeping;

// Browsers allow sound once somebody has pressed something on this page; vibration helps where they do not.
function getLoud(isLoud) {
  document.body.classList.toggle("is-loud", isLoud);
  if (isLoud && !beeping && navigator.userActivation?.hasBeenActive !== false) {
    context ??= new AudioContext();
    context.resume().catch(() => undefined);
    const tone = context.createOscillator();
    tone.frequency.value = 880;
    tone.connect(context.destination);
    tone.start();
    const shaking = setInterval(() => navigator.vibrate?.([400, 200]), 700);
    beeping = () => {
      tone.stop();
      clearInterval(shaking);
    };
  } else if (!isLoud && beeping) {
    beeping();
    beeping = undefined;
  }
}

// No connection: count here, loudly, and say in so many words that nobody will be told.
async function startOrCountAlone(event, plan) {
  event.preventDefault();
  try {
    await fetch(location.href, { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(5000) });
    plan.submit();
  } catch {
    countAlone(plan);
  }
}

function countAlone(plan) {
  const chosen = plan.querySelector("[name=protocol]:checked");
  const [, count, unit] = chosen?.closest("label").textContent.match(/(\d+)\s*(min|s)/) ?? [undefined, 2, "min"];
  const endsAt = Date.now() + Number(count) * (unit === "min" ? 60_000 : 1000);
  const main = document.querySelector("main");
  const says = document.createElement("h1");
  says.textContent = plan.dataset.alone;
  says.setAttribute("role", "alert");
  const clock = document.createElement("p");
  clock.className = "clock";
  const stop = document.createElement("button");
  stop.className = "big";
  stop.textContent = plan.dataset.stop;
  stop.addEventListener("click", () => {
    clearInterval(timer);
    getLoud(false);
    main.replaceChildren(plan);
  });
  main.replaceChildren(says, clock, stop);
  main.dataset.alone = "1";
  const timer = setInterval(() => {
    clock.textContent = asClock(endsAt - Date.now());
    getLoud(Date.now() >= endsAt);
  }, 250);
}
