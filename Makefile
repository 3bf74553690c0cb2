# make alone lists the commands. Everything is installed into .venv, at the versions of constraints.txt.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
PIP := $(BIN)/python -m pip --disable-pip-version-check
TORCH := $(shell grep '^torch==' constraints.txt)
N ?= 10
export NO_MKDOCS_2_WARNING = true

# The site's own address and repository, where the environment knows them; without them there are no links to them.
ifneq ($(GITHUB_REPOSITORY),)
export REPOSITORY_URL ?= $(or $(GITHUB_SERVER_URL),https://github.com)/$(GITHUB_REPOSITORY)
export SITE_URL ?= https://$(firstword $(subst /, ,$(GITHUB_REPOSITORY))).github.io/$(lastword $(subst /, ,$(GITHUB_REPOSITORY)))/
endif

.DEFAULT_GOAL := help
.PHONY: help site test serve reseed audit bench new-question lint lock clean

help: ## list these commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/make \1\t\2/' | expand -t 20

# PyTorch first and from its index of CPU builds, where there is one for this platform: elsewhere the ordinary index serves.
$(VENV)/installed: pyproject.toml constraints.txt tests/package-lock.json
	test -d $(VENV) || $(PYTHON) -m venv $(VENV)
	$(PIP) install -q --no-deps --retries 0 --timeout 15 --index-url https://download.pytorch.org/whl/cpu '$(TORCH)' \
	  || $(PIP) install -q '$(TORCH)' -c constraints.txt
	$(PIP) install -q -c constraints.txt -e '.[test]'
	if command -v npm >/dev/null; then npm ci --prefix tests --silent --no-audit --no-fund; \
	  else echo "Node.js is not here: the tests that need it are skipped"; fi
	touch $@

site: $(VENV)/installed ## run what has no fresh record, and build site/
	$(BIN)/python -m pytest docs -q -s --progress --no-header
	$(BIN)/mkdocs build --strict --quiet
	$(BIN)/python -m evidence publish

test: $(VENV)/installed ## run everything afresh: snippets, machinery, built site, browser (Q=word: only what matches)
	$(BIN)/python -m pytest --fresh --durations=10 $(if $(Q),docs tests/test_site.py tests/test_snippets.py -q -k '$(Q)')

serve: $(VENV)/installed ## the site at http://127.0.0.1:8000, reloaded as you write
	$(BIN)/python -m evidence serve $(if $(ADDRESS),--address $(ADDRESS))

reseed: $(VENV)/installed ## run every claim with all seeds shifted by 1 to N (N=10)
	$(BIN)/python -m pytest docs -q -s --progress --no-header --reseed $(N)

audit: $(VENV)/installed ## Lighthouse on each kind of page of site/, as make site left it
	$(BIN)/python tools/audit.py

bench: $(VENV)/installed ## what the machinery costs, as ratios (SHORT=1: the build alone, in a minute)
	$(BIN)/python tools/bench.py $(if $(SHORT),--short)

new-question: $(VENV)/installed ## write a question's skeleton: PAGE=training/dropout ID=my-question ASK="Why … ?"
	@$(BIN)/python -m evidence new-question '$(PAGE)' '$(ID)' '$(ASK)'

lint: $(VENV)/installed ## ruff and mypy
	$(BIN)/ruff check . && $(BIN)/ruff format --check evidence tests tools && $(BIN)/mypy

lock: $(VENV)/installed ## write constraints.txt anew from pyproject.toml
	$(PIP) install -q uv
	$(BIN)/uv pip compile --universal --python-version 3.11 --all-extras --no-annotate --no-header -q --upgrade pyproject.toml \
	  | grep -vE '^(nvidia|cuda|triton)' > constraints.txt  # what only the CUDA builds of PyTorch need

clean: ## remove records, site and environment
	rm -rf .evidence .cache site $(VENV) tests/node_modules
