# Everything is installed into .venv. Python 3.11 or newer and make are the only requirements.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN_READY := $(VENV)/.run-ready
TEST_READY := $(VENV)/.test-ready
# Tests often wait for processes, so there are two workers for each core.
PYTEST := $(BIN)/python -m pytest --numprocesses $$(( $$(nproc) * 2 )) --dist worksteal
INSTALL_OPTIONS := --require-hashes --only-binary :all:
PIP_INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check $(INSTALL_OPTIONS)
SHELL_SCRIPTS := deploy/*.sh deploy/shoebox deploy/install deploy/activate deploy/https \
	deploy/upgrade deploy/rollback tests/*.sh tests/boot/amazon/dnf .ci/run

# Tests start hundreds of processes. Without bytecode files each would compile all of its modules.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run run-aws test test-all test-ready test-programs test-bytecode test-exhaustive \
	test-faults test-abuse test-boot lint recovery-drill bench audit screenshots image translations \
	lock

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 18

run: $(RUN_READY) ## Start the site; photos are stored in ./data
	@$(BIN)/python -m app

run-aws: $(TEST_READY) ## Start the site on an AWS emulator; nothing is kept
	@$(BIN)/python -m tools.aws_emulator

test: test-ready ## Lint, check types, and run tests with a sample of the exhaustive ones
	$(PYTEST)

test-all: test-ready ## Lint, check types, and run every test
	@sh tests/ensure_containers.sh
	$(PYTEST) --exhaustive

# Debian's packages are installed while pip installs Python's and the linters run.
test-ready:
	@$(MAKE) --no-print-directory --jobs 2 lint test-programs test-bytecode

# In a new checkout each of the workers would compile all tests. Their errors are shown later.
test-bytecode: $(TEST_READY)
	@test -d tests/__pycache__ || $(BIN)/python -m pytest --collect-only -qq >/dev/null || true

test-programs: | $(VENV)/bin/pip
	@sh tests/ensure_chromium.sh
	@sh tests/ensure_firefox.sh
	@sh tests/ensure_servers.sh

test-exhaustive: $(TEST_READY) ## Run the exhaustive tests that `make test` leaves out
	@sh tests/ensure_containers.sh
	$(PYTEST) --remaining

test-faults: $(TEST_READY) ## Run every fault test and print the figures of docs/reliability.md
	@$(PYTEST) -q --exhaustive --fault-figures \
		tests/faults tests/abuse tests/server/test_concurrency.py \
		tests/services/histories/test_photo_histories.py tests/imaging/formats \
		tests/imaging/test_decode.py tests/imaging/test_fuzz.py tests/imaging/test_limits.py \
		tests/web/test_polyglots.py

test-abuse: $(TEST_READY) ## Replay attacks while a second client measures the site
	@$(BIN)/python -m tests.abuse.attacks

test-boot: $(TEST_READY) ## Boot Debian and an Amazon Linux look-alike with the user data (root)
	@$(BIN)/python -m tests.boot

lint: $(TEST_READY) ## Run ruff, mypy and shellcheck
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict app benchmarks tools
	$(BIN)/shellcheck $(SHELL_SCRIPTS)

recovery-drill: $(TEST_READY) ## Lose the instance, the tables and the bucket, and recover each
	@$(BIN)/python -m tools.recovery_drill

bench: $(TEST_READY) ## Measure uploads and pages, as ratios within one run
	@$(BIN)/python -m benchmarks

audit: $(TEST_READY) ## Measure pages: weight, loading, Lighthouse, axe-core; needs npm
	@sh tests/ensure_chromium.sh chromium
	@$(BIN)/python -m benchmarks.audit

screenshots: $(TEST_READY) ## Take the screenshots of the README
	@sh tests/ensure_chromium.sh chromium
	@$(BIN)/python -m tools.screenshots

# Podman's own format has no health check. PLATFORM=linux/arm64 builds for another processor.
BUILDER ?= $(firstword $(shell command -v docker podman))
image: ## Build the container image `shoebox` with docker or podman
	@test -n '$(BUILDER)' || { echo 'Install docker or podman first.' >&2; exit 1; }
	BUILDAH_FORMAT=docker $(BUILDER) build --tag shoebox $(if $(PLATFORM),--platform $(PLATFORM)) \
		--build-arg "RELEASE=$$(git describe --always --tags 2>/dev/null)" .

$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo 'Shoebox needs Python 3.11 or newer: make PYTHON=python3.12 …' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null \
		|| { test "$$(id -u)" = 0 && apt-get update -qq && apt-get install -qq -y python3-venv; } \
		|| { echo 'Python has no venv module: apt-get install python3-venv' >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(RUN_READY): requirements.txt | $(VENV)/bin/pip
	$(PIP_INSTALL) --requirement requirements.txt
	@touch $@

# pip installs uv from its lines in requirements-dev.txt, then uv installs everything.
$(TEST_READY): requirements-dev.txt | $(VENV)/bin/pip
	@sed -n '/^uv==/,/[^\\]$$/p' requirements-dev.txt > $(VENV)/uv.txt
	$(PIP_INSTALL) --requirement $(VENV)/uv.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python $(INSTALL_OPTIONS) \
		--requirement requirements-dev.txt || $(PIP_INSTALL) --requirement requirements-dev.txt
	@touch $(RUN_READY) $@

CATALOG_OPTIONS := -N --ignore-obsolete --ignore-pot-creation-date -w 120
translations: $(TEST_READY) ## Update the message catalogs; NEW=it starts one for Italian
	$(BIN)/pybabel -q extract -F pyproject.toml -k message -k plural_message:1,2 -k plurals:1,2 \
		--project Shoebox --add-location file --sort-by-file -w 120 -o $(VENV)/messages.pot .
	$(BIN)/pybabel -q update -i $(VENV)/messages.pot -d translations $(CATALOG_OPTIONS) \
		$(if $(NEW),--init-missing -l $(NEW))

COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links pyproject.toml
lock: $(TEST_READY) ## Update the pinned versions in the three requirements files
	$(COMPILE) --upgrade --output-file requirements.txt
	$(COMPILE) --constraint requirements.txt --extra https --output-file deploy/requirements.txt
	$(COMPILE) --constraint requirements.txt --extra dev --output-file requirements-dev.txt
