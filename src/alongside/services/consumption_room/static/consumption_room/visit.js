// The clocks of one visit. The page itself stays as it was loaded: somebody may be typing.
import { setNow, showClocks } from "./clocks.js";

const page = document.querySelector("[data-visit]");
setNow(Number(page.dataset.now));
showClocks(page);
setInterval(() => showClocks(page), 250);
