# make app opens the dashboard, make test runs the tests; both set everything up first.
.PHONY: app setup ear test test-slow test-browser check bench clean

# The first Python of 3.11 to 3.13 that really runs (a version manager's shim may not).
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	"$$p" -c 'import sys; sys.exit(not (3,11) <= sys.version_info[:2] <= (3,13))' \
	>/dev/null 2>&1 && echo "$$p" && break; done)
BIN := .venv/bin
RUN := $(BIN)/python

app: setup ear
	@$(BIN)/genrefit app

setup: .venv/.ready

.venv/.ready: requirements.txt pyproject.toml tools/setup.py
	@test -n "$(PYTHON)" || { echo "genrefit: no Python 3.11 to 3.13 found: install one and run make again" >&2; exit 1; }
	@$(PYTHON) tools/setup.py

# The pretrained ear: fetched once, 29 MB; everything else works without it.
ear: setup
	@$(RUN) -m genrefit.features.musicnn || true

test: setup ear
	@$(RUN) -m pytest -n 2 --dist loadfile -m "not slow and not browser"

test-slow: setup ear
	@$(RUN) -m pytest -m "slow and not browser"

test-browser: setup ear
	@$(RUN) -m pytest -m browser $(PYTEST_FLAGS)

check: setup
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy

bench: setup ear
	@for b in speed ear_speed accuracy find waits pages; do b=benchmarks/$$b.py; echo "== $$b"; $(RUN) $$b || exit 1; done

clean:
	rm -rf .venv .mypy_cache .ruff_cache .hypothesis shots
