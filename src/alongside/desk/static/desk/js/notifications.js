// Switches notifications on or off for this browser. The form is sent like any other; this fills in what the browser says.
const box = document.querySelector("#notifications");
if (box) {
  start(box);
}

async function start(box) {
  const say = (name) => {
    box.querySelector(".notifications-say").textContent = box.dataset[name];
    box.dataset.now = name;
  };
  const on = box.querySelector("form.notifications-on");
  const off = box.querySelector("form.notifications-off");
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) {
    say("none");
    return;
  }
  const registration = await navigator.serviceWorker.register(box.dataset.worker, { type: "module" });
  const subscription = await registration.pushManager.getSubscription();
  on.hidden = Boolean(subscription);
  off.hidden = !subscription;
  say(subscription ? "on" : Notification.permission === "denied" ? "denied" : "off");
  on.addEventListener("submit", (event) => {
    if (!on.elements.endpoint.value) {
      event.preventDefault();
      subscribe(registration, box.dataset.key)
        .then((found) => fill(on, found))
        .catch(() => say(Notification.permission === "denied" ? "denied" : "failed"));
    }
  });
  off.addEventListener("submit", (event) => {
    if (!off.elements.endpoint.value) {
      event.preventDefault();
      off.elements.endpoint.value = subscription.endpoint;
      subscription.unsubscribe().finally(() => sendLater(off));
    }
  });
}

async function subscribe(registration, key) {
  if ((await Notification.requestPermission()) !== "granted") {
    throw new Error("not allowed");
  }
  await navigator.serviceWorker.ready.catch(() => undefined);
  return registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

function fill(form, subscription) {
  const said = subscription.toJSON();
  form.elements.endpoint.value = said.endpoint;
  form.elements.p256dh.value = said.keys.p256dh;
  form.elements.auth.value = said.keys.auth;
  sendLater(form);
}

// A form is not sent from within its own submit event, and a promise may be kept before that has ended.
function sendLater(form) {
  setTimeout(() => form.requestSubmit());
}
