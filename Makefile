# Every word sets up what it needs: Python 3.11 or later, git and make are enough to start.
SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready

# What shows that an installed wheel works, in about a minute; the whole suite runs on the sources.
PACKAGED := tests/package tests/end_to_end tests/commands tests/auth tests/api tests/test_help.py \
  tests/test_schemas.py tests/test_startup.py

# $(call install,FOLDER,WHAT): a new environment with something in it, by uv where it exists
# (seconds), by the standard library's venv and pip everywhere else.
define install
@if command -v uv >/dev/null 2>&1; then \
  uv venv --quiet --allow-existing --python $(PYTHON) $(1) && \
  uv pip install --quiet --python $(1)/bin/python $(2); \
else \
  $(PYTHON) -m venv $(1) && \
  $(1)/bin/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1' && \
  $(1)/bin/python -m pip install --quiet --disable-pip-version-check $(2); \
fi
endef

.PHONY: demo test check lint suite package fix bench docs clean

# Ctrl-C is how a demo ends (130): the shell waits for it, and make has no error to tell.
demo: $(READY)
	@trap : INT; $(BIN)/rensei demo || test $$? -eq 130

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

# Both archives, and what a user gets from them: the wheel alone with the newest dependencies, and
# the wheel with the oldest ones that are allowed, which the tests of the source archive run against.
package: $(READY)
	rm -rf dist build
	mkdir -p build/source
	$(BIN)/python -m build
	$(BIN)/twine check --strict dist/*
	tar -xzf dist/*.tar.gz -C build/source --strip-components 1
	$(BIN)/python tests/package/lowest.py > build/lowest.txt
	$(call install,build/alone,dist/*.whl)
	$(call install,build/lowest,"$$(echo dist/*.whl)[server]" --group test -c build/lowest.txt)
	cd build/source && PACKAGE=$(CURDIR) ../lowest/bin/python -m pytest $(PACKAGED)

fix: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# What a user installs is measured, in about six minutes: `make bench PARTS='start idle'` measures
# less, `make bench PARTS=--quick` more roughly, and `PARTS=--keep` makes the run the baseline.
bench: $(READY)
	rm -rf build/bench
	$(BIN)/python -m build --wheel --outdir build/bench/wheel >/dev/null
	$(call install,build/bench,build/bench/wheel/*.whl)
	$(BIN)/python benchmarks/run.py --bin build/bench/bin $(PARTS)

docs: $(READY)
	$(BIN)/python docs/build.py

clean:
	rm -rf .venv .coverage .coverage.* .hypothesis .*_cache dist build

$(READY): pyproject.toml
	$(call install,.venv,-e '.[server]' --group dev)
	@touch $@
