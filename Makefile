# Two commands matter: `make run` and `make test`. Both need only Python 3.11+, git and make.

SHELL := /bin/sh
BIN := .venv/bin

# Where a shell says that nothing compiled is to be kept, every start would compile the whole program again.
unexport PYTHONDONTWRITEBYTECODE

# The newest Python that runs here; asked for only when an environment has to be made.
PYTHON = $(shell for name in python3.14 python3.13 python3.12 python3.11 python3 python; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && command -v "$$name" && break; done)

INSTALL = test -n "$(PYTHON)" || { echo "Alongside needs Python 3.11 or newer and found none here. \
	Install one, then run make again."; exit 1; }; "$(PYTHON)" tools/environment.py

# Bring the translations up to date with the sentences in the source.
messages: .venv/dev.stamp
	@$(BIN)/python tools/messages.py

.PHONY: messages run test test-spark lint faults mutations bench docs wheel lock clean assets

run: .venv/run.stamp assets
	@exec $(BIN)/alongside run --demo

test: .venv/dev.stamp assets
	@sh tools/run_tests.sh

# Every figure in DuckDB and in Apache Spark. Needs Java 17 or newer; brings Spark (760 MB) the first time.
test-spark: .venv/spark.stamp assets
	@sh tools/find_java.sh >/dev/null && ALONGSIDE_TEST_SPARK=1 $(BIN)/python -m pytest tests/spark

lint: .venv/dev.stamp assets
	@sh tools/run_lint.sh

# Much more of what the tests do every day, on both databases: 200 kills over 2,000 check-ins, 10,000 races.
faults: .venv/dev.stamp assets
	@for database in sqlite postgres; do \
		ALARM_KILLS=200 ALARM_RACES=10000 FIGURES=1 $(BIN)/python -m pytest --database=$$database \
			tests/faults tests/alarms/test_kills.py tests/alarms/test_races.py tests/alarms/test_any_order.py || exit 1; done

# Break each property of the alarm once, in a copy, and see that a test notices.
mutations: .venv/dev.stamp assets
	@$(BIN)/python -m tests.faults.mutations $(ONLY)

bench: .venv/dev.stamp assets
	@$(BIN)/python benchmarks/all.py $(ONLY)

docs: .venv/dev.stamp
	@$(BIN)/python tools/build_docs.py

wheel: .venv/dev.stamp assets
	@$(BIN)/python -m hatchling build -t wheel

# Write the locks again after a change of bounds in pyproject.toml or package.json.
lock: .venv/dev.stamp
	@sh tools/lock.sh

clean:
	rm -rf .venv build dist src/alongside/desk/static/desk/vendor src/alongside/field/static/field/icons
	find src -name '*.mo' -delete

assets:
	@$(BIN)/python tools/build_assets.py

.venv/run.stamp: pyproject.toml requirements/install.txt requirements/run.txt
	@$(INSTALL) run
	@touch $@

.venv/dev.stamp: pyproject.toml requirements/install.txt requirements/dev.txt
	@$(INSTALL) dev
	@touch .venv/run.stamp $@

.venv/spark.stamp: .venv/dev.stamp requirements/spark.txt
	@sh tools/find_java.sh >/dev/null
	@$(INSTALL) spark
	@touch $@
