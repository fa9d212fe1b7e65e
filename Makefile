# Every command of the course. `make help` lists them; each is thin over a Python module.

PYTHON ?= python3
ARGS ?=
WORKERS ?= 2
TORCH ?= auto

export TORCH
export CHROMIUM

# nbgrader and pytest call tools by name; the installer must not see .venv as "the" Python.
IN_VENV := PATH="$(CURDIR)/.venv/bin:$$PATH"
JUPYTER_LAB := $(IN_VENV) python -m jupyter lab $(if $(filter 0,$(shell id -u)),--allow-root)

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
	@$(call need_python)
	@$(PYTHON) tools/install.py

install-test: ## the same and what the tests need, Chromium included
	@$(call need_python)
	@$(PYTHON) tools/install.py test

# tools/install.py says the rest; Pythons before 3.7 cannot even read it.
define need_python
$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 7))' 2>/dev/null || { \
	echo 'The course needs Python 3.11 or newer; $(PYTHON) is older or not on the PATH.' >&2; \
	echo 'Install a newer one and name it:  make lab PYTHON=/path/to/python3.12' >&2; exit 1; }
endef

build: install ## build notebooks/ from solutions/
	$(IN_VENV) python -m autograde build

check: install-test lint ## what a commit must pass: lint, types, notebooks up to date
	$(IN_VENV) python -m autograde build --check

lint: install-test ## ruff and mypy
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

test: check ## set up, then run every check and every test but the slow ones
	$(IN_VENV) python -m pytest -n $(WORKERS) -m "not slow" $(ARGS)

test-all: check ## the slow ones too: notebooks run in full, networks trained, attacks on stock nbgrader
	$(IN_VENV) python -m pytest -n $(WORKERS) $(ARGS)
	$(IN_VENV) $(READ_ONLY) python -m tests.attacks.compare --grader stock --jobs $(WORKERS)

# Nothing keeps attacks on stock nbgrader from doing harm: they see this machine, and can change /tmp.
READ_ONLY := bwrap --unshare-all --die-with-parent --ro-bind / / --dev /dev --proc /proc --tmpfs /tmp

bench: install-test ## measure what docs/results.md states
	@for file in benchmarks/[a-z]*.py; do \
		echo "--> $$file"; $(IN_VENV) python -m benchmarks.$$(basename $$file .py) || exit 1; done

clean: ## remove what was built or cached; .venv and your work stay
	rm -rf build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
