# The only door, for people and for CI. `make help` explains itself.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PORT ?= 8080
SPINOUT_HOME ?= var
export PORT SPINOUT_HOME
# Hundreds of processes are started here: none of them shall compile the others' modules anew.
unexport PYTHONDONTWRITEBYTECODE

RUN := .venv/.ready-to-run
DEVELOP := .venv/.ready-to-develop
BIN := .venv/bin

.PHONY: help
help: ## Show this
	@echo "make <target> [NAME=value …]"
	@echo
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1\t\2/' | expand -t 12 | sed 's/^/  /'
	@echo
	@echo "  PORT (8080) is the address of \`make run\`, SPINOUT_HOME (var) the folder of all it keeps."

.PHONY: run
run: $(RUN) ## Run the whole system here, until Ctrl-C (deploy/README.md has its settings)
	@exec $(BIN)/spinout run

.PHONY: token
token: $(RUN) ## Print a bearer token for the running system: ROLE=adviser
	@$(BIN)/spinout token --role $(or $(ROLE),$(error say whose: make token ROLE=adviser))

.PHONY: demo
demo: $(RUN) ## Send a day's enquiries to the running system and show what became of them
	@exec $(BIN)/spinout demo

.PHONY: test
test: $(DEVELOP) ## Run all tests, on real servers: ONLY=tests/unit for some of them, WORKERS=4 at a time
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n $(or $(WORKERS),4) --dist loadfile --no-loadscope-reorder $(ONLY)
	$(if $(ONLY),,$(BIN)/coverage combine -q && $(BIN)/coverage report --fail-under=90)
	$(if $(ONLY),,$(BIN)/coverage report --fail-under=100 --include='chassis/*,services/*/domain.py,services/*/domain/*')

.PHONY: check
check: $(DEVELOP) ## Check style, types, layers, dead code and sizes
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	@$(MAKE) --jobs=2 --output-sync check-types check-structure

.PHONY: check-types check-structure
check-types: $(DEVELOP)
	$(BIN)/mypy
check-structure: $(DEVELOP)
	$(BIN)/lint-imports
	$(BIN)/vulture
	$(BIN)/pytest tests/architecture

.PHONY: format
format: $(DEVELOP) ## Put the code into the agreed style
	$(BIN)/ruff check --fix --quiet .
	$(BIN)/ruff format --quiet .

.PHONY: bench
bench: $(DEVELOP) ## Measure: prints a table, writes JSON
	@exec $(BIN)/python -m tests.bench

.PHONY: chaos
chaos: $(DEVELOP) ## Kill processes for minutes while enquiries flow, and check that nothing is lost or done twice
	$(BIN)/pytest tests/chaos

.PHONY: contracts
contracts: $(DEVELOP) ## Write contracts/rpc anew from the services' schemas
	$(BIN)/spinout contracts

.PHONY: lock
lock: ## Lock all packages with their hashes, at the versions they have where those fit: UPGRADE=1 for the newest
	deploy/lock

.PHONY: clean
clean: ## Stop kept test servers, remove what tests and tools left; not the system's folder
	if [ -x $(BIN)/python ]; then $(BIN)/python -m tests.fixtures.servers; fi
	rm -rf var/test .coverage .coverage.* htmlcov .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .schemathesis
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

$(RUN): requirements/run.lock pyproject.toml deploy/environment
	@if [ ! -e $(DEVELOP) ] || [ -n "$$(find $? -newer $(DEVELOP))" ]; then deploy/environment run; fi
	@touch $@

$(DEVELOP): requirements/develop.lock pyproject.toml deploy/environment
	@deploy/environment develop
	@touch $@
