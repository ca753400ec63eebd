# Everything needs only Python 3.11 or later with pip, make and git. `make` lists what there is.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
UV := .tools/bin/uv
RUN := $(UV) run --frozen --no-sync

export UV_PYTHON_DOWNLOADS := never
export UV_PYTHON := $(PYTHON)
export UV_SYSTEM_CERTS := 1
export PYTHONPATH :=

.PHONY: help demo test lint quality robust bench docs clean

help:
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile

$(UV):
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-warn-script-location --target .tools "uv>=0.9,<1"

.tools/demo: $(UV) uv.lock pyproject.toml
	$(UV) sync --quiet --frozen --no-default-groups --inexact
	@touch $@

.tools/test: $(UV) uv.lock pyproject.toml
	$(UV) sync --quiet --frozen --all-extras
	@touch $@ .tools/demo

.tools/bench: $(UV) uv.lock pyproject.toml
	$(UV) sync --quiet --frozen --all-extras --group bench
	@touch $@ .tools/test .tools/demo

demo: .tools/demo  ## set up, make a marketplace with abuse in it, scan it, open the report
	$(RUN) floorwalker demo

lint: .tools/test  ## format, style, types, architecture
	$(RUN) ruff check
	$(RUN) ruff format --check
	$(RUN) mypy
	$(RUN) lint-imports

test: lint  ## set up; lint and all tests
	$(RUN) pytest -n auto

quality: .tools/test  ## precision and recall on worlds with known abuse, what past decisions add (quarter of an hour)
	$(RUN) python -m benchmarks.quality
	$(RUN) python -m benchmarks.learned

robust: .tools/test  ## kill -9 at random moments, 2,000 changed inputs, DuckDB against Spark (half an hour)
	$(RUN) python -m benchmarks.robust kills --times 20
	$(RUN) python -m benchmarks.robust mutate --times 2000
	$(RUN) python -m benchmarks.robust engines --scale 0.1

bench: .tools/bench  ## speed and memory: dense blocks, a hundred million edges, whole scans (an hour)
	$(RUN) python -m benchmarks.speed rings
	$(RUN) python -m benchmarks.speed edges
	$(RUN) python -m benchmarks.speed scan
	$(RUN) python -m benchmarks.speed family

clean:  ## remove what was set up and made
	rm -rf .venv .tools floorwalker-demo

docs: .tools/test  ## write the detectors' pages anew
	$(RUN) python docs/generate.py
