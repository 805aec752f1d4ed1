# make demo   one spec, compiled, scanned, applied to an embedded AWS, destroyed
# make test   every test                    make lint     formatters, linters, types
# make golden rewrite what tests compare    make catalog  rebuild the packaged catalog
# make bench  print figures                 make lock     resolve the locks anew (needs uv)
# make fuzz   a million broken specs        make sbom     the bill of materials

PYTHON ?= python3
# Files begin in the order that tests/conftest.py says.
PYTEST ?= .venv/bin/pytest -n 3 --dist loadfile --no-loadscope-reorder
DEMO := specs/training-platform.yaml
MAKEFLAGS += --no-print-directory --no-builtin-rules
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help
help:
	@sed -n '/^$$/q; s/^# //p' Makefile

# --- what everything stands on

.PHONY: python terraform setup environments
python:
	@$(PYTHON) -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "landform needs Python 3.11 or later with venv; '$(PYTHON)' is not." >&2; \
	  echo "Install it (on Debian: apt-get install python3 python3-venv), or name one: make PYTHON=python3.12" >&2; \
	  exit 3; }

terraform:
	@terraform version -json 2>/dev/null \
	  | sed -n 's/.*"terraform_version": *"\([0-9.]*\).*/\1/p' \
	  | awk -F. '{ fine = $$1 * 1000 + $$2 >= 1010 } END { exit !fine }' || { \
	  echo "landform needs Terraform 1.10 or later on the PATH." >&2; \
	  echo "Install it: https://developer.hashicorp.com/terraform/install" >&2; \
	  exit 3; }

# pip compiles what it installs, not what lies here: without that, each start would parse it all anew where Python is
# told to write no bytecode (PYTHONDONTWRITEBYTECODE), and the first one anywhere.
setup:
	@$(MAKE) --jobs 2 environments
	@.venv/bin/python -m compileall -q compiler agent

environments: .venv/.ready .venv-scan/.ready
	@:

# Build isolation would fetch a builder that no lock holds: hatchling comes from the lock instead.
.venv/.ready: requirements/dev.lock pyproject.toml | python
	$(PYTHON) -m venv .venv
	.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	.venv/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# checkov pins much of what others need: an environment of its own.
.venv-scan/.ready: requirements/scan.lock | python
	$(PYTHON) -m venv .venv-scan
	.venv-scan/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/scan.lock
	@touch $@

# --- what people call

.PHONY: demo test lint golden catalog bench bench-agent bench-drift lock fuzz sbom audit

demo: terraform setup
	@echo "About five minutes on two cores, without an AWS account."
	@echo "== 1/3  compile: $(DEMO) becomes Terraform"
	@.venv/bin/landform compile $(DEMO)
	@echo
	@echo "== 2/3  scan: checkov on plan and source, and a proof of least privilege"
	@.venv/bin/landform scan $(DEMO)
	@echo
	@echo "== 3/3  rehearse: applied, planned again, changed and destroyed on an AWS inside this machine"
	@.venv/bin/landform rehearse $(DEMO)
	@echo
	@echo "Demo passed. The Terraform lies in generated/."
	@echo "Go on: source .venv/bin/activate && landform init my-system && landform check my-system/specs/*.yaml"

test: terraform setup
	@$(PYTEST)

lint: terraform setup
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/shellcheck .ci/run
	terraform fmt -check -recursive modules

golden: terraform setup
	.venv/bin/landform compile --force specs/*.yaml
	for each in development production; do \
	  .venv/bin/landform compile --force specs/forecast/base.yaml --with specs/forecast/$$each.yaml || exit 1; done
	$(PYTEST) --rewrite-golden

catalog: setup
	.venv/bin/python -m landform.catalog.build

# For the night: about an hour on one core.
fuzz: setup
	@.venv/bin/python -m tests.adversarial.fuzz --count 1000000 --seed $$(date +%Y%m%d)

bench: terraform setup
	@for file in $(filter-out benchmarks/agent%,$(wildcard benchmarks/*.py)); do echo "== $$file"; .venv/bin/python "$$file" || exit 1; done

bench-agent: setup
	@for file in $(wildcard benchmarks/agent*.py); do echo "== $$file"; .venv/bin/python "$$file" || exit 1; done

bench-drift: setup
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 .venv/bin/python -m benchmarks.drift

# Tools of their own environment: what checks the locks is not in them. `--strict`, since a package whose data cannot be
# had is else passed over as if it were sound.
AUDIT := .venv-audit/.ready
$(AUDIT): | python
	$(PYTHON) -m venv .venv-audit
	.venv-audit/bin/pip install --quiet --disable-pip-version-check 'pip-audit>=2.9,<3' 'cyclonedx-bom>=7,<8'
	@touch $@

audit: $(AUDIT)
	@for lock in dev scan; do \
	  .venv-audit/bin/pip-audit --strict --require-hashes --disable-pip -r requirements/$$lock.lock || { \
	  echo "requirements/$$lock.lock was not found sound: either a finding is above, or the data could not be had." >&2; exit 1; }; done

# The same bytes for the same locks.
sbom: $(AUDIT)
	@mkdir -p dist
	@for lock in dev scan; do .venv-audit/bin/cyclonedx-py requirements requirements/$$lock.lock \
	  --pyproject pyproject.toml --output-reproducible --of JSON -o dist/landform-$$lock.cdx.json || exit 1; done
	@ls dist/*.cdx.json

# Every wheel of every platform by its hash; no address of an index.
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-annotate --custom-compile-command 'make lock'
lock:
	$(LOCK) --upgrade --extra terrain --extra sandbox --extra agent --extra dev pyproject.toml -o requirements/dev.lock
	$(PYTHON) agent/landform_agent/deploy/needs.py pyproject.toml | $(LOCK) --python-version 3.12 \
	  --constraints requirements/dev.lock - -o agent/landform_agent/deploy/agent.lock
	$(PYTHON) -c 'import tomllib; f = open("pyproject.toml", "rb"); \
	  print(*tomllib.load(f)["project"]["optional-dependencies"]["scan"], sep="\n")' \
	  | $(LOCK) --upgrade - -o requirements/scan.lock
