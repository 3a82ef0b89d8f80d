// allauth's passkey script reports what went wrong as an event; the sentence for it is already on the page.

export function startPasskeys(root) {
  root.addEventListener("allauth.error", (event) => {
    const sentence = root.querySelector("[data-passkey-error]");
    if (!sentence) return;
    event.preventDefault();
    sentence.hidden = false;
    sentence.scrollIntoView({ block: "nearest" });
  });
}
