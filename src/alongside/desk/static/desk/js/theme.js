// The choice lives in a cookie, so that the server draws the right theme at once and no page flashes.

const YEAR_SECONDS = 365 * 24 * 3600;

function show(theme) {
  const root = document.documentElement;
  if (theme === "auto") delete root.dataset.theme;
  else root.dataset.theme = theme;
}

function keep(theme) {
  const seconds = theme === "auto" ? 0 : YEAR_SECONDS;
  document.cookie = `alongside_theme=${theme}; path=/; max-age=${seconds}; samesite=lax`;
}

function mark(form, chosen) {
  for (const button of form.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button === chosen));
  }
}

export function startThemeChoice(root) {
  root.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-theme-choice]");
    const button = event.submitter;
    if (!form || !button) return;
    event.preventDefault();
    show(button.value);
    keep(button.value);
    mark(form, button);
  });
}
