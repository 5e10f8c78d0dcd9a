# Everything runs in a virtual environment of its own: Python 3.11 or newer and make are all that has to be there.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: run test test-boot lint rehearse reliability drills bench audit screenshots translations pins

run: $(READY) ## Start the site, photos kept in ./data
	@$(BIN)/python -m app

test: $(READY) lint ## Lint, types and every test; the browser's and HTTPS's where their programs are
	@sh tests/ensure_chromium.sh
	@sh tests/ensure_servers.sh
	$(BIN)/pytest --numprocesses auto

test-boot: $(READY) ## Boot a Debian, and one that passes for Amazon Linux, with the user-data script: root, and it says what else
	@$(BIN)/python -m tests.boot

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict app
	$(BIN)/shellcheck deploy/*.sh deploy/shoebox deploy/install deploy/https tests/*.sh tests/boot/amazon/dnf .ci/run

rehearse: $(READY) ## Start the AWS home against a pretend AWS: nothing there is kept
	@$(BIN)/python -m tools.aws_emulator

RELIABILITY := tests/faults tests/server/test_concurrency.py tests/services/test_histories.py tests/imaging/test_decode.py \
	tests/imaging/test_fuzz.py tests/imaging/test_limits.py tests/web/test_polyglots.py tests/abuse
reliability: $(READY) ## Run every test that breaks something on purpose, and print the figures of docs/reliability.md
	@$(BIN)/python -m pytest -q --numprocesses auto -p tests.faults.report $(RELIABILITY)

drills: $(READY) ## Lose the instance, the tables and the bucket, and bring each back: a transcript with its times
	@$(BIN)/python -m tools.recovery_drill

bench: $(READY) ## Measure, as ratios within one run
	@$(BIN)/python -m benchmarks

audit: $(READY) ## Hold pages to their bars: weight, loading, Lighthouse, axe-core; needs npm, and fails where one is missed
	@sh tests/ensure_chromium.sh
	@$(BIN)/python -m benchmarks.audit

$(READY): requirements.txt requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'Shoebox needs Python 3.11 or newer: make PYTHON=python3.12 …' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { test "$$(id -u)" = 0 && apt-get update -qq && apt-get install -qq -y python3-venv; } \
		|| { echo 'Python cannot make virtual environments here: apt-get install python3-venv' >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --requirement requirements-dev.txt
	@touch $@

screenshots: $(READY) ## Take the screenshots for the README
	@sh tests/ensure_chromium.sh
	@$(BIN)/python -m tools.screenshots

translations: $(READY) ## Update the message catalogs from code and templates; NEW=ja starts one for Japanese
	$(BIN)/pybabel -q extract -F pyproject.toml -k message -k plural_message:1,2 -k plurals:1,2 --project Shoebox --add-location file --sort-by-file -w 120 -o $(VENV)/messages.pot .
	$(BIN)/pybabel -q update -i $(VENV)/messages.pot -d translations -N --ignore-obsolete --ignore-pot-creation-date -w 120 $(if $(NEW),--init-missing -l $(NEW))

PIN := --quiet --universal --upgrade --python-version 3.11 --no-header --no-annotate --no-emit-index-url --no-emit-find-links
pins: ## Write the three requirements files anew from pyproject.toml
	$(PYTHON) -m venv $(VENV)/pins && $(VENV)/pins/bin/pip install --quiet uv
	$(VENV)/pins/bin/uv pip compile $(PIN) pyproject.toml --output-file requirements.txt
	$(VENV)/pins/bin/uv pip compile $(PIN) pyproject.toml --extra https --constraint requirements.txt --output-file $(VENV)/pins/https.txt
	grep -vxFf requirements.txt $(VENV)/pins/https.txt > deploy/requirements.txt
	$(VENV)/pins/bin/uv pip compile $(PIN) pyproject.toml --extra dev --constraint requirements.txt --output-file $(VENV)/pins/all.txt
	{ echo '-r requirements.txt'; grep -vxFf requirements.txt $(VENV)/pins/all.txt; } > requirements-dev.txt
