# Every target makes .venv by itself from the locked, hashed requirements; nothing else has to be installed first.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
# More than a small machine has cores: tests mostly wait for other processes.
WORKERS ?= 3
# Bytecode is kept: without, each worker of the tests and each run of the demo compiles all anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test sweep check lint bench lock clean

help:  ## Show the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): requirements.lock requirements-pip.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	@echo "Installing into .venv (about a minute the first time)"
	@$(PYTHON) -m venv .venv
	@# The pip that comes with Python 3.11 does the same in twice the time.
	@$(BIN)/python -m pip install --quiet --no-deps --require-hashes --requirement requirements-pip.lock || echo "The pip of this Python is used, which takes longer"
	@$(BIN)/python -m pip install --quiet --no-compile --no-deps --require-hashes --requirement requirements.lock
	@$(BIN)/python -m compileall -qq -j 0 .venv/lib || true  # as pip would, but on all cores
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $(READY)

demo: $(READY)  ## The life of a campaign between a simulated DAM and Box, with a real database and Prefect
	@$(BIN)/content-scaling demo

test: $(READY)  ## The tests, but for those of `make sweep`
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

sweep: $(READY)  ## The tests that take long: kills at every step, random lives, further trouble
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m sweep

lint: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

check: lint test  ## Style, types, direction of imports, tests

bench: $(READY)  ## Speed and memory against baselines in the same run
	@$(BIN)/python -m benchmarks

LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	--custom-compile-command "make lock"
lock:  ## Renew requirements.lock and that of pip itself (needs uv)
	$(LOCK) --extra dev pyproject.toml --output-file requirements.lock
	echo pip | $(LOCK) - --output-file requirements-pip.lock

clean:  ## Remove what demo, tests and set-up made
	rm -rf .data .venv .mypy_cache .ruff_cache .pytest_cache *.egg-info
