// Which site this phone records for. Chosen here and kept here, so that it works without a network.

const KEY = "alongside-site";

function fieldOf(form) {
  return form?.elements.site;
}

/** Put the chosen site into the form and into the page's header. */
export function showSite(form) {
  const chosen = localStorage.getItem(KEY);
  const field = fieldOf(form);
  if (field && [...field.options].some((option) => option.value === chosen)) field.value = chosen;
  const buttons = [...document.querySelectorAll(".site-menu button[name=site]")];
  const current = buttons.find((button) => button.value === chosen);
  if (!current) return;
  for (const button of buttons) button.toggleAttribute("aria-current", button === current);
  document.querySelector(".site-menu summary .visually-hidden").nextSibling.textContent = current.textContent.trim();
}

function choose(value, form) {
  localStorage.setItem(KEY, value);
  showSite(form);
}

export function startSite(form) {
  showSite(form);
  fieldOf(form)?.addEventListener("change", (event) => choose(event.target.value, form));
  document.querySelector(".site-menu form")?.addEventListener("submit", (event) => {
    event.preventDefault();
    choose(event.submitter.value, form);
    event.target.closest("details").open = false;
  });
}
