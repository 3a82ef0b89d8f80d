// The page "This phone".
import { startSettingUp } from "./setting_up.js";

startSettingUp(document.getElementById("own-page"));
