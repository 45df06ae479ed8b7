# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Every command works with Python 3.11 or newer, git and make, in a folder of any name. `make help` lists them.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
PROPAGATION ?= 0
API_DATE ?=
TENANT ?= emulator
# Another ansible-core for .venv than that of requirements-core.txt, such as ~=2.16.0.
CORE ?=
ALTERED ?=
ARGS ?=
export PROPAGATION API_DATE TENANT CORE ALTERED

ENVIRONMENT := . scripts/environment.sh
REQUIREMENTS := requirements-core.txt requirements-dev.txt roles/emulator/files/requirements.txt
STAMP := .venv/.made-$(shell (echo '$(CORE)'; cat $(REQUIREMENTS)) | cksum | cut -d' ' -f1)

.PHONY: help
help: ## List the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 22

.PHONY: venv
venv: $(STAMP) ## Make .venv with what the commands need

$(STAMP): $(REQUIREMENTS)
	@echo "Making .venv (once; mostly downloads)"
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv .venv
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt \
	  $(if $(CORE),'ansible-core$(CORE)',-r requirements-core.txt)
	@rm -f .venv/.made-*
	@touch $@

.PHONY: quickstart
quickstart: venv ## Bootstrap two environments on the emulator, twice (PROPAGATION=2, API_DATE=2026-04, TENANT=real)
	@bash scripts/quickstart.sh

.PHONY: quickstart-teardown
quickstart-teardown: venv ## Remove what TENANT=real made, with the credentials
	@TENANT=real bash scripts/quickstart.sh teardown

.PHONY: conformance
conformance: venv ## Hold the emulator against a tenant (TENANT=real), or another emulator (ALTERED=1; ARGS=...)
	@bash scripts/conformance.sh $(ARGS)

.PHONY: test
test: venv ## Everything that must pass (CORE='~=2.16.0' takes another ansible-core)
	@.venv/bin/python scripts/run_tests.py

.PHONY: test-all
test-all: venv ## The same, and what takes longer: every core, every fault, ansible-test, the canary on two cores
	@.venv/bin/python scripts/run_tests.py --all

.PHONY: unit
unit: venv ## Unit tests of the collection and of the emulator
	@$(ENVIRONMENT); python -m pytest -q -p no:cacheprovider -m 'not long' tests/unit

.PHONY: coverage
coverage: venv ## Say how much of plugins/ its unit tests reach; tracing makes them a third slower
	@# Nothing else reaches plugins/ in the same process.
	@$(ENVIRONMENT); coverage erase --rcfile=.coveragerc; \
	coverage run --rcfile=.coveragerc -m pytest -q -p no:cacheprovider tests/unit/plugins; \
	coverage report --rcfile=.coveragerc --format=total | sed 's/$$/ % of plugins\/ is covered/'

.PHONY: integration
integration: targets playbooks ## Everything against an emulator: the next two (PROPAGATION=2)

.PHONY: targets
targets: venv ## Every integration target through both doors, compared (PROPAGATION=2, API_DATE=2026-04)
	@$(ENVIRONMENT); python tests/integration/run.py --propagation $(PROPAGATION) $(if $(API_DATE),--api-date $(API_DATE))

.PHONY: targets-sample
targets-sample: venv ## Every integration target, a sample of them through both doors
	@$(ENVIRONMENT); python tests/integration/run.py --sample

.PHONY: cores
cores: venv ## Every integration target with each supported ansible-core: 2.16, 2.19, 2.21, 2.22
	@$(ENVIRONMENT); python scripts/cores.py python tests/integration/run.py --ansible-playbook

.PHONY: faults
faults: venv ## Every request of a walk disturbed in every way, the task killed there too; the next run puts it right
	@$(ENVIRONMENT); python tests/integration/faults.py

.PHONY: rotation-faults
rotation-faults: venv ## Rotations of a secret disturbed, 50 times in each way; no client is ever without a working one
	@$(ENVIRONMENT); python tests/integration/rotation_faults.py

.PHONY: changes
changes: venv ## Each change that users make to the list of the role bootstrap, in a dry run and then for real
	@$(ENVIRONMENT); python tests/integration/each_change.py

.PHONY: playbooks
playbooks: venv ## The playbooks and roles, as users run them
	@$(ENVIRONMENT); python -m pytest -q -p no:cacheprovider -m 'not long' tests/integration

.PHONY: long
long: venv ## The unit tests and playbooks that take long and show little that others do not
	@$(ENVIRONMENT); python -m pytest -q -p no:cacheprovider -m long tests

.PHONY: molecule
molecule: venv ## The scenarios of the roles (PROPAGATION=2)
	@bash scripts/molecule.sh

.PHONY: molecule-sample
molecule-sample: venv ## The scenario that makes environments, and the one that users copy
	@bash scripts/molecule.sh bootstrap_environment rehearsal

.PHONY: sanity
sanity: venv ## ansible-test sanity
	@bash scripts/ansible_test.sh sanity

.PHONY: sanity-shipped
sanity-shipped: venv ## The same without imports, which unit tests show too; pylint and pep8 pass over the tests
	@bash scripts/ansible_test.sh sanity --skip-test import --skip-test pylint --skip-test pep8
	@bash scripts/ansible_test.sh sanity --test pylint --test pep8 plugins/

.PHONY: ansible-test-units
ansible-test-units: venv ## ansible-test units, for the tests of the plugins
	@bash scripts/ansible_test.sh units --requirements tests/unit/plugins/

.PHONY: ansible-test-integration
ansible-test-integration: venv ## ansible-test integration, every target through each door
	@$(ENVIRONMENT); python tests/integration/ansible_test.py

.PHONY: lint
lint: venv ## ansible-lint, ruff, mypy, flake8, yamllint, antsibull, zizmor, REUSE
	@bash scripts/lint.sh

.PHONY: lint-shipped
lint-shipped: venv ## The same, but ansible-lint passes over the tests
	@bash scripts/lint.sh --exclude tests

.PHONY: canary
canary: venv ## Search everything printed for secrets, with ansible-core 2.16 and the newest
	@$(ENVIRONMENT); python scripts/cores.py --ends python tests/canary/run.py --all

.PHONY: canary-here
canary-here: venv ## The same with the installed ansible-core
	@$(ENVIRONMENT); python tests/canary/run.py

.PHONY: release-check
release-check: venv ## Build the artifact, import it as Galaxy does, install it, run the quickstart from it
	@$(ENVIRONMENT); python scripts/release_check.py

.PHONY: release
release: venv ## Publish what release-check built (RELEASE_TAG, GALAXY_TOKEN, GH_TOKEN)
	@bash scripts/release.sh

.PHONY: bench
bench: venv ## Measure; no timing ever passes or fails
	@$(ENVIRONMENT); python tests/benchmark/loop_of_unchanged_workers.py; \
	python tests/benchmark/many_environments.py; \
	python tests/benchmark/many_workers.py

.PHONY: mutants
mutants: venv ## Say how many changes to the code no test notices
	@bash scripts/mutants.sh

.PHONY: clean
clean: ## Remove what the commands made
	@rm -rf .cache .venv
