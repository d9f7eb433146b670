# Every word sets up what it needs: Python 3.11 or later, git and make are enough to start.
SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready

.PHONY: demo test check lint suite fix bench docs clean

demo: $(READY)
	@$(BIN)/rensei demo

test: suite

check: lint suite
	$(BIN)/coverage report --skip-covered --sort=cover

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Once for `make check test`: both words need the same run.
suite: $(READY)
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest
	$(BIN)/coverage combine --quiet

fix: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY)
	$(BIN)/python benchmarks/run.py

docs: $(READY)
	$(BIN)/python docs/build.py

clean:
	rm -rf .venv .coverage .coverage.* dist build

# uv where it exists (seconds), the standard library's venv and pip everywhere else.
$(READY): pyproject.toml
	@if command -v uv >/dev/null 2>&1; then \
	  uv venv --quiet --allow-existing --python $(PYTHON) .venv && \
	  uv pip install --quiet --python $(BIN)/python -e '.[server]' --group dev; \
	else \
	  $(PYTHON) -m venv .venv && \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1' && \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[server]' --group dev; \
	fi
	@touch $@
