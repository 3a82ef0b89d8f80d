// The idle lock over a page: what is entered stays where it is. The server locks by itself; this only says so in time.
const TELL_EVERY_MS = 60_000;
const LOOK_EVERY_MS = 5_000;

export function startIdleLock(root) {
  const lock = root.querySelector("#lock");
  if (!lock) {
    return;
  }
  const idle = Number(lock.dataset.minutes) * 60_000;
  let used = Date.now();
  let told = used;

  const close = () => {
    if (!lock.open) {
      document.documentElement.classList.add("is-locked");
      lock.showModal();
    }
  };
  const look = () => {
    if (Date.now() - used > idle) {
      close();
    }
  };
  const use = () => {
    look();
    used = lock.open ? used : Date.now();
    if (!lock.open && used - told > Math.min(TELL_EVERY_MS, idle / 3)) {
      told = used;
      tell(lock).then((isLocked) => isLocked && close());
    }
  };

  for (const sign of ["pointerdown", "keydown", "input"]) {
    addEventListener(sign, use, { passive: true, capture: true });
  }
  addEventListener("visibilitychange", look);
  setInterval(look, LOOK_EVERY_MS);
  const secret = lock.querySelector("#lock-secret");
  secret.addEventListener("input", () => {
    if (secret.value.length === Number(secret.dataset.length)) {
      secret.form.requestSubmit();
    }
  });
  lock.addEventListener("cancel", (event) => event.preventDefault());
  lock.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    if (await unlock(lock, event.target)) {
      used = told = Date.now();
      document.documentElement.classList.remove("is-locked");
      lock.close();
    }
  });
}

async function tell(lock) {
  try {
    const answer = await fetch(lock.dataset.here, { method: "POST", headers: { "X-CSRFToken": token(lock) } });
    return answer.status === 423;
  } catch {
    return false;
  }
}

async function unlock(lock, form) {
  const said = await ask(lock, form);
  const trouble = lock.querySelector("[role=alert]");
  trouble.hidden = said === "";
  trouble.querySelector("span").textContent = said;
  form.querySelector("#lock-secret").value = "";
  return said === "";
}

async function ask(lock, form) {
  try {
    const headers = { Accept: "application/json" };
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers });
    return answer.ok ? "" : (await answer.json()).error;
  } catch {
    return lock.dataset.trouble;
  }
}

function token(lock) {
  return lock.querySelector("[name=csrfmiddlewaretoken]").value;
}
