// The last digit of a PIN sends it. Tapping a name moves on to the PIN.
for (const form of document.querySelectorAll("form[data-pin-length]")) {
  const pin = form.elements.namedItem("pin");
  const length = Number(form.dataset.pinLength);
  const hasName = () => form.querySelector("input[name=worker]:checked") !== null;

  form.addEventListener("change", (event) => {
    if (event.target.name === "worker") {
      pin.focus();
    }
  });
  pin.addEventListener("input", () => {
    if (pin.value.length === length && hasName()) {
      form.requestSubmit();
    }
  });
  if (hasName()) {
    pin.focus();
  }
}
