# 公开 Gongkai. `make run` and `make test` are all a newcomer needs; `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
PORT ?= 8000
DATA ?= ./data
BIN := .venv/bin
UV_VERSION := 0.13.9

# A stamp holds the hash of what it installed: an unchanged lock is never installed twice.
RUN_HASH := $(shell cat requirements/run.txt | sha256sum | cut -c1-16)
TEST_HASH := $(shell cat requirements/test.txt | sha256sum | cut -c1-16)
MODEL_HASH := $(shell cat training_data/* classifier/*.py 2>/dev/null | sha256sum | cut -c1-16)
RUN_STAMP := .venv/.run-$(RUN_HASH)
TEST_STAMP := .venv/.test-$(TEST_HASH)
MODEL_STAMP := build/.model-$(MODEL_HASH)

.PHONY: help setup run test lint bench lock clean

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/'

setup: $(TEST_STAMP) $(MODEL_STAMP) ## set up runtime, model and test tools, start nothing

run: $(RUN_STAMP) $(MODEL_STAMP) ## set up what is missing and serve the demo on http://127.0.0.1:8000 (PORT=, DATA=)
	@exec $(BIN)/gongkai serve --demo --port $(PORT) --data "$(DATA)"

test: $(TEST_STAMP) $(MODEL_STAMP) lint ## lint, types, import contracts, all tests
	@scripts/ensure-test-tools
	@$(BIN)/pytest -n 2 --dist loadfile

lint: $(TEST_STAMP) ## ruff, mypy --strict, import contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

bench: $(RUN_STAMP) $(MODEL_STAMP) ## the project's own benchmark, one JSON object
	@$(BIN)/gongkai bench

lock: $(TEST_STAMP) ## resolve the dependencies anew into requirements/
	@$(BIN)/uv pip compile -q --universal --upgrade --generate-hashes --no-header --no-annotate --extra postgres --extra redis -o requirements/run.txt pyproject.toml
	@$(BIN)/uv pip compile -q --universal --upgrade --generate-hashes --no-header --no-annotate --extra postgres --extra redis --extra test --extra dev -c requirements/run.txt -o requirements/test.txt pyproject.toml

clean: ## remove the environment and everything built; ./data stays
	@rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .hypothesis test-results

$(BIN)/uv:
	@echo "set-up: virtual environment"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed (PYTHON=python3.12 make run)"; exit 2; }
	@$(PYTHON) -m venv .venv || { echo "python3 -m venv does not work here; on Debian: apt-get install python3-venv"; exit 2; }
	@$(BIN)/python -m pip install -q --disable-pip-version-check uv==$(UV_VERSION) 2> >(grep -v 'is ignored' >&2)

$(RUN_STAMP): | $(BIN)/uv
	@echo "set-up: packages (hash-locked)"
	@$(BIN)/uv pip sync -q --compile-bytecode --require-hashes requirements/run.txt
	@$(BIN)/uv pip install -q --no-deps -e .
	@rm -f .venv/.run-* .venv/.test-*; touch $@

$(TEST_STAMP): | $(BIN)/uv
	@echo "set-up: packages for running and testing (hash-locked)"
	@$(BIN)/uv pip sync -q --compile-bytecode --require-hashes requirements/test.txt
	@$(BIN)/uv pip install -q --no-deps -e .
	@rm -f .venv/.run-* .venv/.test-*; touch $@ $(RUN_STAMP)

# Order-only: the stamp's name already carries the hash; an upgraded lock alone does not retrain.
$(MODEL_STAMP): | $(RUN_STAMP)
	@echo "set-up: first model from training_data/"
	@mkdir -p build && rm -f build/.model-*
	@$(BIN)/gongkai train --shipped > /dev/null && touch $@
