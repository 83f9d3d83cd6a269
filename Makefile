# Every command of the repository. CI calls these targets and nothing else (.ci/run).
.DEFAULT_GOAL := help
.PHONY: help setup demo sandbox test test-slow live lint format schema documents engine-parsers real-engine refresh-catalogue edit-table coverage bench bench-gateway clean
SHELL := /bin/bash

# Puts .venv and the engine first on PATH and names the engine's directory in HOMEPORT_PULUMI_DIR.
ACTIVATE := . .venv/engine.env
PYTHON := .venv/bin/python
# More for pytest, for example: make test ARGS="tests/unit -k names"
ARGS ?=
# Every script with a shell's first line; names are decided by the content, not by a suffix.
# user-data.sh is a template whose values are missing; tests check the rendered one.
SHELL_SCRIPTS = $$(git ls-files --cached --others --exclude-standard | xargs -d '\n' grep -lIE -m1 '^\#!/(usr/)?bin/(env )?(ba)?sh' 2>/dev/null | grep -v 'bootstrap/user-data.sh')

help:  ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup:  ## Set up .venv and the Pulumi engine (quick when there is nothing to do)
	@tools/setup.sh

demo: setup  ## A stack from plan to destroy, with the real engine on an emulated account
	@$(ACTIVATE) && $(PYTHON) -m sandbox.demo

sandbox: setup  ## Keep the emulated account running (ARGS="--time-scale 20": machines serve); prints what plain pulumi needs
	@$(ACTIVATE) && $(PYTHON) -m sandbox $(ARGS)

test: setup  ## All tests but the slow ones, one worker a core
	@$(ACTIVATE) && $(PYTHON) -m pytest -n auto -m "not slow and not live" $(ARGS)

test-slow: setup  ## The tests that take minutes
	@$(ACTIVATE) && $(PYTHON) -m pytest -n auto -m slow $(ARGS)

live: setup  ## Replicas under load: scale-in, rolling update, killed parts (minutes)
	@$(ACTIVATE) && $(PYTHON) -m pytest -s -m live tests/live $(ARGS)

lint: setup  ## Format, lint, types, import contracts, shell scripts
	@$(ACTIVATE) && ruff format --check .
	@$(ACTIVATE) && ruff check .
	@$(ACTIVATE) && lint-imports
	@$(ACTIVATE) && shellcheck $(SHELL_SCRIPTS)
	@$(ACTIVATE) && pyright

format: setup  ## Rewrite the format and what ruff can mend
	@$(ACTIVATE) && ruff check --fix-only --quiet . && ruff format .

schema: setup  ## Write schema/endpoint.json from the spec's models
	@$(ACTIVATE) && homeport schema > schema/.endpoint.json && mv schema/.endpoint.json schema/endpoint.json

documents: setup  ## Write docs/engines.md, examples.md and scaling.md from the data that they show
	@$(ACTIVATE) && $(PYTHON) tools/documents.py

engine-parsers: setup  ## Try our command lines on vLLM's and SGLang's own parsers (networked, 20 GB in the cache)
	@$(ACTIVATE) && $(PYTHON) tools/engine_parsers.py

real-engine: setup  ## A real llama.cpp behind the real gateway (networked, ten minutes the first time)
	@$(ACTIVATE) && $(PYTHON) -m tools.real_engine

refresh-catalogue: setup  ## Read AWS's price list into the catalogue: ARGS="eu-west-1" (networked, large)
	@$(ACTIVATE) && $(PYTHON) tools/refresh_catalogue.py $(ARGS)

edit-table: setup  ## Write docs/edit-table.md: what each edit touches, made by the engine (minutes)
	@$(ACTIVATE) && $(PYTHON) -m tests.engine.edit_table

coverage: setup  ## Branch coverage of homeport/
	@$(ACTIVATE) && $(PYTHON) -m pytest -n auto -m "not slow and not live" --cov --cov-report=term-missing:skip-covered $(ARGS)

bench: setup  ## Benchmarks; each prints a ratio measured in one run
	@$(ACTIVATE) && $(PYTHON) -m pytest -s --timeout=0 --ignore=tests/bench/bench_gateway.py tests/bench $(ARGS)

bench-gateway: setup  ## The gateway beside nginx and LiteLLM, which it gets into the cache (networked, minutes)
	@$(ACTIVATE) && { $(PYTHON) tools/gateway_peers.py || true; }
	@$(ACTIVATE) && $(PYTHON) -m pytest -s --timeout=0 tests/bench/bench_gateway.py $(ARGS)

clean:  ## Remove .venv and everything that tools left in the checkout (not the engine in the user's cache)
	rm -rf .venv .coverage .coverage.* htmlcov dist .hypothesis .import_linter_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
