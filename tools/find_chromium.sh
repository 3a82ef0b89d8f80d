#!/bin/sh
# Print where Chromium is: $CHROMIUM, else one on the PATH, else Debian's package, installed if we may. With it comes its
# build without windows, which shows the same pages with half of the work and has neither notifications nor Background
# Sync: tests/plugins/browser.py takes that one where it will do. Asked of fresh lists: an old Chromium has old faults
# (150 believes after each page that it has a network, whatever a test said).
# Prints nothing on standard output when there is none; then browser tests are skipped with that reason.
place_of() {
    for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome-stable google-chrome; do
        [ -n "$name" ] && command -v "$name" && return
    done
    return 1
}

if [ "$(id -u)" = 0 ]; then
    as_root=""
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    as_root="sudo -n"
else
    as_root="none"
fi
get() {
    DEBIAN_FRONTEND=noninteractive $as_root apt-get "$@" -qq -o Acquire::Retries=0 -o Acquire::http::Timeout=30 >/dev/null 2>&1
}
wanted=""
place_of >/dev/null || wanted="chromium"
command -v chromium-headless-shell >/dev/null || wanted="$wanted chromium-headless-shell"
if [ -n "$wanted" ] && [ "$as_root" != none ] && command -v apt-get >/dev/null; then
    echo "Installing for the browser tests: $wanted." >&2
    # shellcheck disable=SC2086  # one word a package
    { get update; get install -y $wanted; } ||
        { [ "$wanted" != "${wanted#chromium }" ] && get install -y chromium; }
fi
place_of || echo "No Chromium here, and this account may not install it: browser tests are skipped. Install the package chromium, or set CHROMIUM to its place." >&2
