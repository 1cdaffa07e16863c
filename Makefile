# 公开 Gongkai. `make run` and `make test` are all a newcomer needs; `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
UV_VERSION := 0.13.9

# A stamp holds the hash of what it installed: an unchanged lock is never installed twice.
RUN_HASH := $(shell cat requirements/run.txt | sha256sum | cut -c1-16)
TEST_HASH := $(shell cat requirements/test.txt | sha256sum | cut -c1-16)
MODEL_HASH := $(shell cat training_data/* classifier/*.py classifier/*/*.py 2>/dev/null | sha256sum | cut -c1-16)
RUN_STAMP := .venv/.run-$(RUN_HASH)
TEST_STAMP := .venv/.test-$(TEST_HASH)
MODEL_STAMP := build/.model-$(MODEL_HASH)

# A home that is missing or read-only (a service account, a container) keeps no caches: they fall back into the project.
ifneq ($(shell test -d "$$HOME" && test -w "$$HOME" && echo writable),writable)
export XDG_CACHE_HOME := $(CURDIR)/.cache
endif

.PHONY: help setup run test test-tools lint bench lock clean

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/'

setup: $(TEST_STAMP) $(MODEL_STAMP) ## set up runtime, model and test tools, start nothing

run: $(RUN_STAMP) $(MODEL_STAMP) ## set up what is missing and serve the demo on http://127.0.0.1:8000 (PORT=, DATA=)
	@exec $(BIN)/gongkai serve --demo $(if $(PORT),--port $(PORT)) $(if $(DATA),--data "$(DATA)")

# what the system lacks is said before anything is downloaded or checked
test: test-tools $(TEST_STAMP) $(MODEL_STAMP) lint ## lint, types, import contracts, all tests
	@$(BIN)/pytest -n 2 --dist loadfile

test-tools:
	@scripts/ensure-test-tools

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
	@rm -rf .venv build .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis test-results

$(BIN)/python:
	@echo "set-up: virtual environment"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed (PYTHON=python3.12 make run)"; exit 2; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "python3 -m venv does not work here; on Debian: apt-get install python3-venv"; exit 2; }
	@$(BIN)/python -m pip install -q --disable-pip-version-check uv==$(UV_VERSION) 2> >(grep -v 'is ignored' >&2) || true

$(RUN_STAMP): | $(BIN)/python
	@echo "set-up: packages (hash-locked)"
	@scripts/install requirements/run.txt
	@rm -f .venv/.run-* .venv/.test-*; touch $@

$(TEST_STAMP): | $(BIN)/python
	@echo "set-up: packages for running and testing (hash-locked)"
	@scripts/install requirements/test.txt
	@rm -f .venv/.run-* .venv/.test-*; touch $@ $(RUN_STAMP)

# Order-only: the stamp's name already carries the hash; an upgraded lock alone does not retrain.
$(MODEL_STAMP): | $(RUN_STAMP)
	@echo "set-up: first model from training_data/"
	@mkdir -p build && rm -f build/.model-*
	@$(BIN)/gongkai train --shipped > /dev/null && touch $@
