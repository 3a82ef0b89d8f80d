#!/bin/sh
# Everything that can be said about the code without running it. Goes on after a fault, so that one run names them all.
cd "$(dirname "$0")/.." || exit 1
bin=.venv/bin
status=0
step() {
    title=$1
    shift
    echo "== $title"
    "$@" || { echo "-- $title: not yet right"; status=1; }
}
ALONGSIDE_HOME=$(mktemp -d)
export ALONGSIDE_HOME
trap 'rm -rf "$ALONGSIDE_HOME"' EXIT

step "style" $bin/ruff check --output-format concise
step "format" $bin/ruff format --check --output-format concise
step "types" $bin/mypy
step "who may import whom" $bin/lint-imports --no-logo
step "words" $bin/python tools/words.py
step "migrations" env DJANGO_SETTINGS_MODULE=alongside.config.settings $bin/django-admin makemigrations --check --dry-run
step "docs" $bin/python tools/build_docs.py
exit $status
