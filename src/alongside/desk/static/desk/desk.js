// Everything here makes a page quicker; nothing here is needed for it to work.
import { startChips } from "./js/chips.js";
import { startDialogs } from "./js/dialog.js";
import { startFileDrops } from "./js/file_drop.js";
import { startFilters } from "./js/filter.js";
import { startGuard } from "./js/guard.js";
import { startHtmx } from "./js/htmx_setup.js";
import { startIdleLock } from "./js/idle.js";
import { startMenus } from "./js/menu.js";
import { startPasskeys } from "./js/passkey.js";
import { startSteppers } from "./js/stepper.js";
import { startTabs } from "./js/tabs.js";
import { startThemeChoice } from "./js/theme.js";
import { startToasts } from "./js/toast.js";

document.documentElement.classList.add("js");

for (const start of [
  startTabs,
  startThemeChoice,
  startMenus,
  startSteppers,
  startFilters,
  startChips,
  startDialogs,
  startFileDrops,
  startGuard,
  startPasskeys,
  startToasts,
  startHtmx,
  startIdleLock,
]) {
  start(document);
}
