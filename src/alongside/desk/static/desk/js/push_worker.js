// Shows what an alarm's message says, tells the server that it has arrived, and opens its link when it is touched.
self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("push", (event) => {
  const said = event.data?.json() ?? {};
  event.waitUntil(Promise.all([show(said), tellArrived(said)]));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  if (event.notification.data) {
    event.waitUntil(self.clients.openWindow(event.notification.data));
  }
});

function show({ words, link, message }) {
  return self.registration.showNotification(words || "Alongside", {
    tag: message,
    data: link,
    requireInteraction: true,
    vibrate: [400, 200, 400, 200, 400],
  });
}

// That it has arrived is not that somebody has seen it: only their answer is.
async function tellArrived({ link }) {
  if (link) {
    await fetch(`${link}arrived/`, { method: "POST", credentials: "omit" }).catch(() => undefined);
  }
}
