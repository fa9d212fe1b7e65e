# Every command of the course. `make help` lists them; each is thin over a Python module.

PYTHON ?= python3
ARGS ?=
WORKERS ?= 2
TORCH ?= auto

export TORCH
export CHROMIUM
export PATH := $(CURDIR)/.venv/bin:$(PATH)

JUPYTER_LAB := ../.venv/bin/python -m jupyter lab $(if $(filter 0,$(shell id -u)),--allow-root)

.DEFAULT_GOAL := help
.PHONY: help lab teach install install-test build check lint test test-all bench clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo
	@echo '  PYTHON=python3.12     another Python than python3 (3.11 or newer)'
	@echo '  TORCH=cpu|cuda        another build of PyTorch than the one that fits this machine'
	@echo '  ARGS="..."            passed on, e.g. make lab ARGS="--no-browser --port 9999"'

lab: install ## open the course in JupyterLab (the first time it installs itself)
	@cd notebooks && $(JUPYTER_LAB) --LabApp.app_settings_dir="$(CURDIR)/tools/lab_settings" \
		--LabApp.default_url=/lab/tree/README.md $(ARGS)

teach: install ## open JupyterLab for an instructor: Formgrader and Create Assignment on
	@cd autograde && $(JUPYTER_LAB) $(ARGS)

install: ## make .venv with everything a reader needs; no work where it is there
	@command -v $(PYTHON) >/dev/null || { echo 'The course needs Python 3.11 or newer, and $(PYTHON) is not on the PATH.' >&2; exit 1; }
	@$(PYTHON) tools/install.py

install-test: ## the same and what the tests need, Chromium included
	@command -v $(PYTHON) >/dev/null || { echo 'The tests need Python 3.11 or newer, and $(PYTHON) is not on the PATH.' >&2; exit 1; }
	@$(PYTHON) tools/install.py test

build: install ## build notebooks/ from solutions/
	.venv/bin/python -m autograde build

check: install-test lint ## what a commit must pass: lint, types, notebooks up to date
	.venv/bin/python -m autograde build --check

lint: install-test ## ruff and mypy
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

test: check ## set up, then run every check and every test but the slow ones
	.venv/bin/python -m pytest -n $(WORKERS) -m "not slow" $(ARGS)

test-all: check ## the slow ones too: every notebook run, networks trained to their accuracy
	.venv/bin/python -m pytest -n $(WORKERS) $(ARGS)

bench: install-test ## measure what docs/results.md states
	@for file in benchmarks/*.py; do echo "--> $$file"; .venv/bin/python $$file || exit 1; done

clean: ## remove what was built or cached; .venv and your work stay
	rm -rf build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
