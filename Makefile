# Two commands for a new user: `make demo` makes a film, `make test` proves the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PROMPT ?= a red fox runs through a snowy forest at night

.DEFAULT_GOAL := help
.PHONY: help demo test chaos fuzz lint lock clean

help:  ## List the targets
	@grep -hE '^[a-z][a-z-]*:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

$(VENV)/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11"; exit 2; }
	@echo "Making the environment in $(VENV) (first time only)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: $(VENV)/.ready  ## Turn a prompt into an MP4 through the whole stack (PROMPT="...")
	@$(BIN)/ttv demo "$(PROMPT)"

test: $(VENV)/.ready  ## Run all tests
	@$(BIN)/pytest

chaos: $(VENV)/.ready  ## Kill, freeze and wipe everything, hundreds of times
	@TTV_CHAOS=long $(BIN)/pytest tests/chaos

fuzz: $(VENV)/.ready  ## Make up some 35,000 requests to the API
	@TTV_FUZZ_EXAMPLES=500 $(BIN)/pytest tests/integration/api/test_fuzz.py

lint: $(VENV)/.ready  ## Check style, types and layers
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

lock: $(VENV)/.ready  ## Pin every dependency with its hashes
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header --python-version 3.11 --extra dev --extra gcs --extra s3 --extra c2pa pyproject.toml -o requirements.lock

clean:  ## Remove the environment and caches (never films)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
