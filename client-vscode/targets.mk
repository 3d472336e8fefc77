# The VS Code client: included by the Makefile.
.PHONY: run vsix workbench lint-client test-client test-workbench

PYTHON ?= python3

run:
	@$(PYTHON) scripts/run_demo.py

vsix:
	@$(PYTHON) scripts/package_vsix.py

workbench:
	@$(PYTHON) scripts/vscode_workbench.py build --browser

client-vscode/node_modules/.package-lock.json: client-vscode/package-lock.json
	cd client-vscode && npm ci
	@touch $@

lint-client: client-vscode/node_modules/.package-lock.json
	cd client-vscode && npm run --silent check && npm run --silent lint

test-client: client-vscode/node_modules/.package-lock.json
	cd client-vscode && npm test --silent

test-workbench: test-setup
	$(PY) -m pytest tests/workbench $(PYTEST_ARGS)
