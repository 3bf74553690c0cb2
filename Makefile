# make alone lists the commands. Everything is installed into .venv, at the versions of constraints.txt.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
PIP := $(BIN)/python -m pip --disable-pip-version-check
TORCH := $(shell grep '^torch==' constraints.txt)
N ?= 10
export NO_MKDOCS_2_WARNING = true

# A question may hold any sign ('s, $$x$$, `…`): it goes through the environment, where neither make nor the shell reads it.
override ASK := $(value ASK)
export TOPIC ID ASK

# The site's own address and repository, where the environment knows them; without them there are no links to them.
ifneq ($(GITHUB_REPOSITORY),)
export REPOSITORY_URL ?= $(or $(GITHUB_SERVER_URL),https://github.com)/$(GITHUB_REPOSITORY)
export SITE_URL ?= https://$(firstword $(subst /, ,$(GITHUB_REPOSITORY))).github.io/$(lastword $(subst /, ,$(GITHUB_REPOSITORY)))/
endif

.DEFAULT_GOAL := help
.PHONY: help site test serve reseed elsewhere versions data audit bench new-question lint format lock clean

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

site: $(VENV)/installed ## run what has no fresh record, build site/ without what does not stand, and say what that is
	@$(BIN)/python -m evidence site

# The rooms are tested on small books of their own, beside what runs long: snippets, and the site that is made of them.
TEST = $(BIN)/python -m pytest
OF_THE_SITE = tests/content tests/export tests/site tests/fronts/test_contributing.py
test: $(VENV)/installed ## run everything afresh: snippets, machinery, built site, browser (Q=word: only what matches)
ifdef Q
	$(BIN)/python -m pytest --fresh docs -q -k '$(Q)'
else
	@told=$$(mktemp); $(TEST) --durations=10 tests $(OF_THE_SITE:%=--ignore %) > $$told 2>&1 & rooms=$$!; \
	$(TEST) --fresh --durations=10 docs $(OF_THE_SITE); site=$$?; \
	wait $$rooms; rooms=$$?; cat $$told; rm $$told; exit $$((site || rooms))
endif

serve: $(VENV)/installed ## the site at http://127.0.0.1:8000, reloaded as you write
	$(BIN)/python -m evidence serve $(if $(ADDRESS),--address $(ADDRESS))

reseed: $(VENV)/installed ## run every claim with all seeds shifted by 1 to N (N=10)
	$(BIN)/python -m pytest docs -q -s --progress --no-header --reseed $(N)

# Other versions run in environments of their own, where `make versions` has made them.
ELSEWHERE = -m pytest docs -q -s --progress --no-header $(if $(Q),-k '$(Q)') $(if $(SINCE),--since '$(SINCE)') --elsewhere
elsewhere: $(VENV)/installed ## run every claim elsewhere: seeds, arithmetic, versions, data (AXIS=one, Q=word, SINCE=commit)
	@failed=0; \
	$(if $(filter versions,$(AXIS)),,$(BIN)/python $(ELSEWHERE) $(or $(AXIS),all) || failed=1;) \
	$(if $(filter-out all versions,$(AXIS)),,for at in $(OTHERS); do \
	  if test -e $$at/installed; then $$at/bin/python $(ELSEWHERE) versions || failed=1; \
	  else echo "versions: $$at is not here; make versions makes it"; fi; done;) \
	exit $$failed

OTHERS := .venv-oldest .venv-newest
.venv-oldest/installed: WHICH = $(shell sed -nE 's/^ *"(torch|numpy)>=([0-9.]+).*/\1==\2.*/p' pyproject.toml)
.venv-newest/installed: WHICH = torch numpy
versions: $(OTHERS:%=%/installed) ## environments with the oldest and the newest PyTorch and NumPy that are admitted

.venv-oldest/installed .venv-newest/installed: pyproject.toml constraints.txt
	test -d $(@D) || $(PYTHON) -m venv $(@D)
	grep -vE '^(torch|numpy)==' constraints.txt > $(@D)/constraints.txt
	$(@D)/bin/python -m pip install -q --upgrade --only-binary torch,numpy -c $(@D)/constraints.txt \
	  --extra-index-url https://download.pytorch.org/whl/cpu $(WHICH:%='%') -e .
	touch $@

data: $(VENV)/installed ## fetch Fashion-MNIST into data/, where no package of the distribution brings it
	$(BIN)/python -m evidence data

audit: $(VENV)/installed ## Lighthouse on each kind of page of site/, as make site left it
	$(BIN)/python tools/audit.py

bench: $(VENV)/installed ## what the machinery costs, as ratios (SHORT=1: the build alone, in a minute)
	$(BIN)/python tools/bench.py $(if $(SHORT),--short)

new-question: $(VENV)/installed ## write a question's skeleton: TOPIC=training/dropout ID=my-question ASK="Why … ?"
	@$(BIN)/python -m evidence new-question

# JavaScript, CSS, JSON and YAML are Biome's, which comes with Node.js.
BIOME := tests/node_modules/.bin/biome
lint: $(VENV)/installed ## form and faults of Python, JavaScript, CSS, JSON and YAML, types, links between Markdown files
	$(BIN)/ruff check . && $(BIN)/ruff format --check evidence tests tools && $(BIN)/mypy && $(BIN)/python tools/formatted.py
	$(BIN)/python tools/links_within.py
	@if test -x $(BIOME) || test -n "$$CI"; then echo "$(BIOME) check --error-on-warnings"; $(BIOME) check --error-on-warnings; \
	  else echo "Node.js is not here: JavaScript, CSS, JSON and YAML are not checked"; fi

format: $(VENV)/installed ## mend the form of what make lint checks
	$(BIN)/ruff format evidence tests tools && $(BIN)/ruff check --fix .
	test ! -x $(BIOME) || $(BIOME) check --write

lock: $(VENV)/installed ## write constraints.txt anew from pyproject.toml
	$(PIP) install -q uv
	$(BIN)/uv pip compile --universal --python-version 3.11 --all-extras --no-annotate --no-header -q --upgrade pyproject.toml \
	  | grep -vE '^(nvidia|cuda|triton)' > constraints.txt  # what only the CUDA builds of PyTorch need

clean: ## remove records, site and environment
	rm -rf .evidence .cache site $(VENV) $(OTHERS) tests/node_modules
