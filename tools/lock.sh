#!/bin/sh
# Write every lock again, keeping the versions it holds where they still fit: sh tools/lock.sh
# The newest within the bounds: sh tools/lock.sh --upgrade
# No line names where a package is downloaded from.
set -eu
cd "$(dirname "$0")/.."
upgrade=${1:-}
compile() {
    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-header --no-annotate --no-emit-index-url $upgrade "$@"
}
compile pyproject.toml --extra privacy --output-file requirements/run.txt
compile pyproject.toml --extra privacy --group dev --constraint requirements/run.txt --output-file requirements/dev.txt
compile pyproject.toml --extra privacy --extra spark --group dev --constraint requirements/dev.txt \
    --output-file requirements/spark.txt
compile --group pyproject.toml:install --output-file requirements/install.txt
compile --group pyproject.toml:node --output-file requirements/node.txt
if [ -n "$upgrade" ]; then npm update --package-lock-only; else npm install --package-lock-only; fi
