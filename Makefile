# Needs Python 3.11 or newer (with venv), make and git; everything else is fetched, pinned with hashes.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.made
# Tests of whole runs wait half of their time, for disks and for devices: one more than the machines have cores.
WORKERS ?= 3

# Tests start this program many hundred times: without kept byte code each start compiles it anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo check bench blame man screenshots venv requirements format

# On a terminal in the console; elsewhere headless, with a simulated technician who answers.
demo: venv
	@if [ -t 0 ] && [ -t 1 ]; then set -x; $(BIN)/bringup demo --profile hgx-h100; \
	else set -x; $(BIN)/bringup demo --profile hgx-h100 --headless; fi

check: venv
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n $(WORKERS) --dist worksteal

bench: venv
	$(BIN)/python benchmarks/run.py

# A hundred faulted links of a fabric of 200 at once: is the first cause of each named right? SEED picks which.
SEED ?= 0
blame: venv
	$(BIN)/python benchmarks/blame_links.py --seed $(SEED)

# The manual page from the commands, and what each platform can do from the drivers; tests tell what is out of date.
man: venv
	$(BIN)/python -m bringup.cli._man > docs/bringup.1
	$(BIN)/python -m bringup.cli._platforms > docs/platforms.md

# The pictures of the console, from the records of lab runs; the same each time.
screenshots: venv
	$(BIN)/python screenshots/make.py

format: venv
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

venv: $(STAMP)

$(STAMP): requirements/dev.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	touch $(STAMP)

# Pins anew what requirements/*.in name; existing pins stay unless UPGRADE=--upgrade is given.
COMPILE = $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host $(UPGRADE)
requirements: venv
	$(COMPILE) -o requirements/dev.txt requirements/dev.in
	$(COMPILE) -c requirements/dev.txt -o requirements/core.txt requirements/core.in
