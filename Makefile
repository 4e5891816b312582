# One screen of commands. Needs Python 3.11 or later and nothing else; everything goes into .venv.
PYTHON ?= python3

BIN := .venv/bin
UV_VERSION := 0.13.9
COMPILE := $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --no-emit-find-links
PIP := bin/pip install -qq --disable-pip-version-check

# Tests wait for threads and processes about half of their time: two at a time for each core.
TESTS := $(shell expr 2 '*' $$(nproc))

.DEFAULT_GOAL := help
.PHONY: help run test test-long coverage services check format bench year lock clean

help: ## what there is
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

run: .venv/installed ## start the bus with sandbox partners and sample traffic on http://127.0.0.1:8080
	@BUS_HOME=$${BUS_HOME:-.run} exec $(BIN)/bus run --demo

test: services check .node/installed ## what CI runs
	$(BIN)/pytest -n $(TESTS) -m "not long"

test-long: services check .node/installed ## everything, the long ring too
	$(BIN)/pytest -n $(TESTS)

coverage: services .venv/installed ## the first ring with branch coverage
	$(BIN)/pytest -n $(TESTS) -m "not long" --cov --cov-report=term:skip-covered

services: ## start PostgreSQL and RabbitMQ for the tests (installs them, PHP and Node on Debian, as root)
	@scripts/services

check: .venv/installed ## format, lint, types, import contracts
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/installed ## put the code in shape
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: services .venv/installed .venv-peer/installed ## measure the bus beside a stack written by hand (ALL=1: and all by itself)
	$(BIN)/python -m bench.peer
	$(if $(ALL),$(BIN)/python -m bench)

year: .venv/installed ## play two reporting years of a province on a real bus, and account for every report
	@$(BIN)/python -m tests.year

lock: .venv/installed ## write requirements/*.txt anew from pyproject.toml (UPGRADE=1: newest versions)
	.venv/$(PIP) uv==$(UV_VERSION)
	$(COMPILE) pyproject.toml $(if $(UPGRADE),--upgrade) -o requirements/runtime.txt
	$(COMPILE) pyproject.toml $(if $(UPGRADE),--upgrade) --extra sdmx -c requirements/runtime.txt -o requirements/sdmx.txt
	$(COMPILE) pyproject.toml $(if $(UPGRADE),--upgrade) --group dev -c requirements/runtime.txt -o requirements/dev.txt
	$(COMPILE) $(if $(UPGRADE),--upgrade) --group peer -c requirements/runtime.txt -o requirements/peer.txt

clean: ## remove what make made, BUS_HOME excepted
	rm -rf .venv .venv-peer .node .coverage .coverage.* htmlcov .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

.node/installed: tests/data/node/package.json tests/data/node/package-lock.json
	@scripts/services >/dev/null
	@mkdir -p .node && cp $^ .node/
	@# Node trusts what this machine trusts, not only what it brings along.
	NODE_OPTIONS=--use-openssl-ca npm ci --prefix .node --ignore-scripts --silent --no-audit --no-fund
	@touch $@

.venv/installed: requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=...")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	.venv/$(PIP) --require-hashes -r requirements/dev.txt
	.venv/$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

.venv-peer/installed: requirements/peer.txt
	test -x .venv-peer/bin/python || $(PYTHON) -m venv .venv-peer
	.venv-peer/$(PIP) --require-hashes -r $<
	@touch $@
