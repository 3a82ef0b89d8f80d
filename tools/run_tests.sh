#!/bin/sh
# The whole suite: everything on the embedded database, then what touches a database again on PostgreSQL.
# Four at a time keep two processors busy: whoever drives a browser or a server waits for it much of the time.
# Arguments go to both runs, for example: sh tools/run_tests.sh -k ingest
cd "$(dirname "$0")/.." || exit 1
CHROMIUM=$(sh tools/find_chromium.sh)
export CHROMIUM
status=0
.venv/bin/python -m pytest --database=sqlite -n 4 "$@" || status=1
.venv/bin/python -m pytest --database=postgres -n 4 -m "not once" "$@" || status=1
exit $status
