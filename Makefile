# The words a developer types. Each sets up what it needs, in build/; nothing goes into the system Python.
.POSIX:
.PHONY: help run test lint types generate test-engine prove bench clean

PY = build/venv/bin/python

help:
	@echo "make run     open the demo workspace in VS Code (or a VS Code workbench in the browser)"
	@echo "make test    everything: lint, types, tests, the client's tests, the workbench tests"
	@echo "make prove   run documents before and after their fixes in Debian systems (a quarter of an hour)"
	@echo "make bench   speed, as ratios beside other programs"
	@echo "make vsix    pack the extension into build/"

test: lint types lint-client test-client test-engine

lint:
	@scripts/setup.sh test lint
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

types:
	@scripts/setup.sh test lint
	$(PY) -m mypy

generate:
	@scripts/setup.sh test lint
	$(PY) scripts/index_languages.py
	$(PY) scripts/generate_docs.py

# The workbench drives one browser, and the real Debians share their roots: both are tested after the rest, which is
# shared among the processors.
# Browser, editor, server and pip share two processors on CI: what fails in the workbench is run once more, by itself.
# Both runs are shown, and what fails twice fails.
test-engine: test-setup
	$(PY) -m pytest -n auto --dist worksteal --ignore tests/workbench --ignore tests/real --ignore tests/prove $(PYTEST_ARGS)
	$(PY) -m pytest tests/real tests/prove
	$(PY) -m pytest tests/workbench || $(PY) -m pytest tests/workbench --last-failed --last-failed-no-failures none

test-setup: vsix workbench
	@scripts/setup.sh test lint
	@scripts/system_packages.sh python3-pip python3-venv debootstrap fish zsh tcsh pipx

# The table in docs/evaluation.md is of this run; the tests run a part of it.
prove:
	@scripts/setup.sh test lint
	@scripts/system_packages.sh debootstrap
	PYTHONPATH=server:tests $(PY) -m prove.run --write docs/evaluation.md

bench: client-vscode/node_modules/.package-lock.json
	@scripts/setup.sh test lint
	@scripts/system_packages.sh ripgrep
	$(PY) bench/run.py

clean:
	rm -rf build

include client-vscode/targets.mk
