# Every target makes what it needs: only git, make and Python 3.11-3.13 with venv must be there.
#   make demo [PHOTOS=folder] [NAME="Maya Chen"] [GENDER=female|male|non_binary] [PRESET=full|compact]
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
READY := .venv/.installed-$(shell cksum < requirements/dev.txt | tr -d ' ')
PYTHON_M := PYTHONPATH=.:layers/core:layers/pictures:layers/vision:functions:tests $(BIN)/python -m
LOCKS := core pictures vision dev ministack stepfunctions lambda sam
PRESET ?= full
GENDER ?= female
NAME ?= Maya Chen
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help setup demo up down test check format bench build deploy openapi lock
.DEFAULT_GOAL := help

help: ## show this
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

demo: $(READY) ## start everything here, train a model from photos, show progress, end with pictures
	@$(PYTHON_M) sandbox demo $(if $(PHOTOS),--photos "$(PHOTOS)") --name "$(NAME)" --gender $(GENDER) --preset $(PRESET)

up: $(READY) ## start everything on this machine and show one log; Ctrl-C stops it
	@$(PYTHON_M) sandbox up

down: $(READY) ## stop what runs and forget its data
	@$(PYTHON_M) sandbox down

test: $(READY) ## run all tests
	@$(BIN)/python -m pytest

check: $(READY) ## lint, types, template, state machines, stale contracts
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/pyright
	$(BIN)/cfn-lint template.yaml infra/alarms.yaml
	$(PYTHON_M) sandbox.laptop.sam validate --lint
	$(PYTHON_M) contracts.openapi --check

format: $(READY) ## put the code in the house's layout
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(READY) ## measure speed, memory and verdicts; prints a table and writes bench.json
	@$(PYTHON_M) bench

build: $(READY) ## build for Lambda (arm64, Python 3.13) and check the layers' size
	$(PYTHON_M) sandbox.laptop.sam build --cached
	@$(BIN)/python layers/sizes.py .aws-sam/build

deploy: build ## deploy to the AWS account of your profile; see docs/deploy.md
	$(PYTHON_M) sandbox.laptop.sam deploy

openapi: $(READY) ## write infra/openapi.json from the code
	$(PYTHON_M) contracts.openapi

lock: $(READY) ## resolve the dependencies again, with hashes and without addresses
	@for name in $(LOCKS); do echo "requirements/$$name.txt"; \
	    $(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-emit-index-url \
	        --no-annotate --no-header --upgrade $$([ $$name != vision ] || echo --no-deps) \
	        requirements/$$name.in -o requirements/$$name.txt || exit 1; done
	cp requirements/core.txt layers/core/requirements.txt
	cp requirements/pictures.txt layers/pictures/requirements.txt
	cp requirements/vision.txt layers/vision/requirements.txt

setup: $(READY) ## make .venv

$(READY): requirements/dev.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed; set PYTHON=/path/to/python."; exit 1; }
	@echo "making .venv with $(PYTHON)"
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements/uv.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.txt
	@touch $(READY)
