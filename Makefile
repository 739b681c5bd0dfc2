# make app opens the dashboard, make test runs the tests; both set everything up first.
.PHONY: soak app setup setup-dev update ear test test-slow test-browser coverage check audit bench clean

# The first Python of 3.11 to 3.13 that really runs (a version manager's shim may not).
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	"$$p" -c 'import sys; sys.exit(not (3,11) <= sys.version_info[:2] <= (3,13))' \
	>/dev/null 2>&1 && echo "$$p" && break; done)
BIN := .venv/bin
RUN := $(BIN)/python
FAST := not slow and not browser

app: setup ear
	@$(BIN)/genrefit app

# What the program needs; setup-dev adds what tests and tools need.
setup: .venv/.ready

setup-dev: .venv/.ready-dev

.venv/.ready: requirements.txt pyproject.toml tools/setup.py
	@test -n "$(PYTHON)" || { echo "genrefit: no Python 3.11 to 3.13 found: install one and run make again" >&2; exit 1; }
	@$(PYTHON) tools/setup.py app

.venv/.ready-dev: .venv/.ready requirements-dev.txt
	@$(RUN) tools/setup.py dev

# Renew every pin in requirements.txt and requirements-dev.txt, then install them.
update: setup-dev
	@$(RUN) tools/pins.py --upgrade
	@$(MAKE) --no-print-directory setup-dev

# The pretrained ears: fetched once, 29 and 7 MB; everything else works without them.
ear: setup
	@$(RUN) -m genrefit.features.weights || true

test: setup-dev ear
	@$(RUN) -m pytest -n 2 --dist loadfile -m "$(FAST)" $(PYTEST_FLAGS)

test-slow: setup-dev ear
	@$(RUN) -m pytest -m "slow and not browser" $(PYTEST_FLAGS)

test-browser: setup-dev ear
	@$(RUN) -m pytest -m browser $(PYTEST_FLAGS)

# The fast tests once more, with the share of lines that they run.
coverage:
	@$(MAKE) --no-print-directory test PYTEST_FLAGS="--cov --cov-report=term:skip-covered"

check: setup-dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@PYTHONPATH=. $(BIN)/lint-imports
	@$(RUN) tools/sizes.py
	@$(BIN)/bandit --quiet --configfile pyproject.toml --severity-level medium --recursive genrefit pages app.py tools

# Known weaknesses of the pinned packages; a machine that cannot ask for them says so and goes on.
audit: setup-dev
	@$(RUN) tools/audit.py

# Kills, mutated files, fuzzed texts, failing songs, sessions: an hour; SOAK=--short takes a minute.
soak: setup-dev ear
	@$(RUN) -m tests.soak $(SOAK)

bench: setup-dev ear
	@for b in speed others ear_speed collecting accuracy names judgement find waits pages same_recording; do b=benchmarks/$$b.py; echo "== $$b"; $(RUN) $$b || exit 1; done

clean:
	rm -rf .venv .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage shots
