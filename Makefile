# Each target sets itself up; nothing else needs to be installed but Python 3.11 or newer.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test lint browser bench validate clean

demo: $(VENV)/.installed
	$(BIN)/clientela run iraq-2021

test: $(VENV)/.installed-dev lint
	$(BIN)/python -m pytest -n auto --dist loadgroup

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright --pythonpath $(BIN)/python

# The tests of the workbench in a real browser; `make test` leaves them out where there is none.
browser: $(VENV)/.installed-dev
	command -v chromedriver >/dev/null || { apt-get update && apt-get install -y chromium chromium-driver; }
	$(BIN)/python -m pytest tests/app

bench: $(VENV)/.installed-dev
	$(BIN)/python benchmarks/speed.py
	$(BIN)/python benchmarks/startup.py
	$(BIN)/python benchmarks/explaining.py
	$(BIN)/python benchmarks/power.py
	$(BIN)/python benchmarks/coalitions.py
	$(BIN)/python benchmarks/comparing.py
	$(BIN)/python benchmarks/reading.py

validate: $(VENV)/.installed-dev
	$(BIN)/python -m validation.coalitions
	$(BIN)/python -m validation.events

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/.installed-dev: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) build dist
