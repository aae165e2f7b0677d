# make demo   a company with ninety days behind it, served on 127.0.0.1:8000   (FRESH=1 starts over)
# make test   all tests, those in a real browser too
# make check  format, lint, types, import contract, tests: read-only; make fix repairs

PYTHON ?= python3
BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help demo test check fix lint bench model browser constraints migration

help:
	@sed -n 's/^# //p' Makefile

demo: .venv/runtime
	@$(BIN)/python -m demo

test: .venv/dev browser
	$(BIN)/pytest -n 2 --dist loadfile

lint: .venv/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test

fix: .venv/dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .venv/dev
	$(BIN)/python -m bench

# Trains the model of English anew: the same comments and lexicons give the same file.
model: .venv/dev
	$(BIN)/python -m training

browser: .venv/dev
	@$(BIN)/python tests/live/install_browser.py

# Writes the constraint files anew: names, versions and hashes, and no address.
constraints: .venv/dev
	echo 'setuptools>=82,<84' | $(BIN)/uv pip compile pyproject.toml - $(LOCK) -o constraints.txt
	echo 'setuptools>=82,<84' | $(BIN)/uv pip compile pyproject.toml - --extra dev -c constraints.txt $(LOCK) -o constraints-dev.txt
LOCK := --generate-hashes --universal --python-version 3.11 --no-header --no-annotate --no-emit-index-url --quiet --upgrade

# make migration ROOM=surveys   writes the migration that brings the tables up to date
migration: .venv/dev
	$(BIN)/piccolo migrations new $(ROOM) --auto

.venv/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "kept: there is no $(PYTHON); install Python 3.11 or newer, or say which: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "kept: $$($(PYTHON) --version) is too old; Kept needs 3.11 or newer, say which: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "kept: can't make .venv here; the folder must be writable, and Python's venv module installed (Debian: apt install python3-venv)"; exit 1; }

# dkimpy is published as source only: pure Python, built on the spot.
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: --no-binary dkimpy -r
KEPT = $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .

.venv/runtime: constraints.txt pyproject.toml | .venv/bin/python
	@echo "Installing Kept ..."
	@$(INSTALL) constraints.txt && $(KEPT) && touch $@

.venv/dev: constraints-dev.txt pyproject.toml | .venv/bin/python
	@echo "Installing Kept and what its tests need ..."
	@$(INSTALL) constraints-dev.txt && $(KEPT) && touch $@ .venv/runtime
