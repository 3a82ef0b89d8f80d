// A second tap on a chosen answer takes it back. A browser alone can't: once a radio is chosen, one of its group stays so.
// Only in groups where no answer at all is fine (data-optional).

let wasChosen = null;

function radioOf(event) {
  const group = event.target.closest?.("fieldset[data-optional]");
  const chip = event.target.closest?.("label.chip") ?? event.target;
  return group ? (chip.querySelector("input[type=radio]") ?? null) : null;
}

function onPress(event) {
  const radio = radioOf(event);
  wasChosen = radio?.checked ? radio : null;
}

function takeBack(radio) {
  radio.checked = false;
  radio.dispatchEvent(new Event("change", { bubbles: true }));
  wasChosen = null;
}

function onClick(event) {
  if (wasChosen && event.target === wasChosen) takeBack(wasChosen);
}

/** The space bar does not click a radio that is chosen already. */
function onKeyUp(event) {
  if (event.key !== " " || event.target !== wasChosen) return;
  event.preventDefault();
  takeBack(wasChosen);
}

export function startChips(root) {
  root.addEventListener("pointerdown", onPress);
  root.addEventListener("click", onClick);
  root.addEventListener("keydown", (event) => {
    if (event.key === " ") onPress(event);
  });
  root.addEventListener("keyup", onKeyUp);
}
