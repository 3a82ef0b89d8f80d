// A screen that sounds while somebody has not answered, and by itself when it has not reached the server for 5 seconds.
// It believes nothing it was told earlier: silence of the server is an alarm.
const ASK_EVERY_MS = 1000;
const LOST_AFTER_MS = 5000;
const GIVE_UP_MS = 3000;

const box = document.querySelector("#sounder");
if (box) {
  start(box);
}

function start(box) {
  const says = box.querySelector(".sounder-says");
  const list = box.querySelector(".sounder-list");
  const clock = box.querySelector(".sounder-clock");
  const button = box.querySelector(".sounder-start");
  const siren = makeSiren();
  let heardAt = Date.now();
  let sounding = [];

  const show = () => {
    const isLost = Date.now() - heardAt > LOST_AFTER_MS;
    const isLoud = isLost || sounding.length > 0;
    box.classList.toggle("is-loud", isLoud);
    box.dataset.now = isLost ? "lost" : isLoud ? "loud" : "quiet";
    const sentence = isLost ? box.dataset.lost : isLoud ? sounding[0] : box.dataset.quiet;
    if (says.textContent !== sentence) {
      says.textContent = sentence;
      list.replaceChildren(...sounding.slice(1).map(asItem));
    }
    button.hidden = siren.isReady();
    clock.textContent = siren.isReady() ? new Date().toLocaleTimeString() : box.dataset.mute;
    siren.set(isLoud);
  };
  const ask = async () => {
    try {
      const headers = { "X-Alongside-Screen": box.dataset.screen };
      const signal = AbortSignal.timeout(GIVE_UP_MS);
      const answer = await fetch(box.dataset.state, { cache: "no-store", headers, signal });
      if (answer.ok) {
        sounding = (await answer.json()).sounding;
        heardAt = Date.now();
      }
    } catch {
      // Said by the clock: after five seconds without an answer it sounds.
    }
    show();
  };

  button.addEventListener("click", () => siren.allow().then(show));
  keepAwake();
  setInterval(ask, ASK_EVERY_MS);
  setInterval(show, ASK_EVERY_MS);
  ask();
}

function asItem(words) {
  const item = document.createElement("li");
  item.textContent = words;
  return item;
}

// Two tones in turn. Browsers allow sound only after somebody has pressed something.
function makeSiren() {
  let context;
  let tone;
  const begin = () => {
    tone = context.createOscillator();
    tone.type = "square";
    for (let second = 0; second < 3600; second += 1) {
      tone.frequency.setValueAtTime(second % 2 ? 660 : 880, context.currentTime + second / 2);
    }
    tone.connect(context.destination);
    tone.start();
    tone.onended = () => (tone = undefined);
  };
  return {
    isReady: () => context?.state === "running",
    allow: async () => {
      context ??= new AudioContext();
      await context.resume();
    },
    set: (isLoud) => {
      if (isLoud && context && !tone) {
        begin();
      } else if (!isLoud && tone) {
        tone.stop();
      }
    },
  };
}

async function keepAwake() {
  const hold = () => navigator.wakeLock?.request("screen").catch(() => undefined);
  await hold();
  document.addEventListener("visibilitychange", hold);
}
