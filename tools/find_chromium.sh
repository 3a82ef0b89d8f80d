#!/bin/sh
# Print where Chromium is: $CHROMIUM, else one on the PATH, else Debian's package, installed if we may.
# Prints nothing on standard output when there is none; then browser tests are skipped with that reason.
for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome-stable google-chrome; do
    if [ -n "$name" ] && found=$(command -v "$name"); then
        echo "$found"
        exit 0
    fi
done

if [ "$(id -u)" = 0 ]; then
    as_root=""
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    as_root="sudo -n"
else
    as_root="none"
fi
if [ "$as_root" != none ] && command -v apt-get >/dev/null; then
    echo "Installing Chromium for the browser tests." >&2
    { $as_root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq chromium; } >/dev/null 2>&1
    command -v chromium && exit 0
fi
echo "No Chromium here, and this account may not install it: browser tests are skipped. Install the package chromium, or set CHROMIUM to its place." >&2
