// A second tap on a chosen answer takes it back. A browser alone can't: once a radio is chosen, one of its group stays so.
// Only in groups where no answer at all is fine (data-optional).

let wasChosen = null;

function radioOf(event) {
  const chip = event.target.closest("fieldset[data-optional] label.chip");
  const radio = chip?.querySelector("input[type=radio]") ?? event.target.closest?.("fieldset[data-optional] input[type=radio]");
  return radio ?? null;
}

function onPress(event) {
  const radio = radioOf(event);
  wasChosen = radio?.checked ? radio : null;
}

function onClick(event) {
  if (!event.target.matches("input[type=radio]") || event.target !== wasChosen) return;
  wasChosen.checked = false;
  wasChosen.dispatchEvent(new Event("change", { bubbles: true }));
  wasChosen = null;
}

export function startChips(root) {
  root.addEventListener("pointerdown", onPress);
  root.addEventListener("keydown", (event) => {
    if (event.key === " ") onPress(event);
  });
  root.addEventListener("click", onClick);
}
