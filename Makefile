# The only commands to remember. Each sets up what it needs in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNS ?= runs
EXPORTS ?= exports
export TF_CPP_MIN_LOG_LEVEL ?= 2

.PHONY: help quickstart test lint format docs bench notebooks clean

help:
	@echo "make quickstart  train, evaluate, export and serve a model on the embedded default"
	@echo "make test        run the tests"
	@echo "make lint        check style and imports"
	@echo "make notebooks   execute the notebooks"
	@echo "make docs        write docs/architectures.md with its pictures, and docs/balancing.md"
	@echo "make bench       measure, write benchmarks/results and its pictures"

$(VENV)/.installed: setup.cfg setup.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "mtlkeras needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.11 $(MAKECMDGOALS)" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[dev,examples,notebooks,test]'
	@touch $@

quickstart: $(VENV)/.installed
	@$(BIN)/mtlkeras quickstart data_specs/complete_journey.yaml \
		--run $(RUNS)/quickstart --export $(EXPORTS)/quickstart --overwrite

test: $(VENV)/.installed
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile

lint: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(VENV)/.installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

notebooks: $(VENV)/.installed
	$(BIN)/python notebooks/run.py

docs: $(VENV)/.installed
	$(BIN)/python -m docs.architectures
	$(BIN)/python -m docs.balancing

bench: $(VENV)/.installed
	$(BIN)/python -m benchmarks all

clean:
	rm -rf build *.egg-info .pytest_cache .ruff_cache
