# Everything runs in a virtual environment of its own; nothing but Python 3.11+ and make has to be there.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test lint rehearse bench pins clean

$(VENV)/.installed: requirements.txt requirements-dev.txt
	@deploy/ensure-venv $(PYTHON) $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

pins: ## Write the pins of both requirements files anew from pyproject.toml.
	$(PYTHON) -m venv $(VENV)/pins && $(VENV)/pins/bin/pip install --quiet uv
	$(VENV)/pins/bin/uv pip compile $(PIN) --upgrade pyproject.toml -o requirements.txt
	$(VENV)/pins/bin/uv pip compile $(PIN) --upgrade -c requirements.txt --extra dev pyproject.toml -o $(VENV)/pins/all.txt
	(echo '-r requirements.txt'; grep -vxFf requirements.txt $(VENV)/pins/all.txt) > requirements-dev.txt
PIN := --quiet --universal --python-version 3.11 --no-header --no-annotate --no-emit-index-url --no-emit-find-links
