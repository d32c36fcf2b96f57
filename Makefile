# Every target makes what it needs: only git, make and Python 3.11-3.13 with venv must be there.
#   make demo [PHOTOS=folder] [NAME="Maya Chen"] [GENDER=female|male|non_binary] [PRESET=full|compact|identity]
#     [LOOKBOOK=1]
#   make deploy STAGE=dev [ANSWERS=file] [SECRETS=folder]
#   make doctor [STAGE=dev]
#   make bench [BENCH=learning|doors|weights|webhook|growth|check|dataset|photos|likeness] [PHOTOS=folder]
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
READY := .venv/.installed-$(shell cksum < requirements/dev.txt | tr -d ' ')
# the command line, which finds its code where it is
CLI := $(BIN)/croquis
# what must not share our environment, because its pins clash: made once from its lock, by uv
ENVIRONMENT = .croquis/envs/$(1)-$(firstword $(shell cksum < requirements/$(1).txt))
CHECK_ENV := $(call ENVIRONMENT,check)
AUDIT_ENV := $(call ENVIRONMENT,audit)
SAM_ENV := $(call ENVIRONMENT,sam)
MINISTACK_ENV := $(call ENVIRONMENT,ministack)
LAMBDA_ENV := $(call ENVIRONMENT,lambda)
FUZZ_ENV := $(call ENVIRONMENT,fuzz)
SAM = SAM_CLI_TELEMETRY=0 __SAM_CLI_APP_DIR="$(CURDIR)/.croquis/sam-home" \
	AWS_DEFAULT_REGION="$${AWS_DEFAULT_REGION:-us-east-1}" $(SAM_ENV)/bin/python -m samcli
REHEARSAL := $(CURDIR)/.croquis/rehearsal
PYTHON_M := PYTHONPATH=.:layers/core:layers/pictures:layers/vision:layers/marks:layers/faces:functions:cli:tests $(BIN)/python -m
# each writes its committed files, and with --check only says whether they are stale
GENERATORS := contracts.openapi
GENERATORS += contracts.api_page
GENERATORS += contracts.state_machines
GENERATORS += sql.schema_listing
# our own rules about templates, rights, state machines, code and secrets
RULES := $(addprefix tests/contracts/test_,template.py two_stacks.py asynchronous_calls.py roles.py page_template.py alarms.py watching.py state_machines.py \
	code_rules.py secret_scan.py)
LOCKS := core pictures vision marks faces cli dev check audit ministack lambda sam fuzz
# npm writes it when all is there
WEB_READY := web/node_modules/.package-lock.json
# what demo and bench were told on make's own command line, taken as it stands: no shell and no make runs any of it, and
# a variable that happens to be in the environment (some systems set NAME) is not meant
$(foreach name,NAME GENDER PRESET PHOTOS LOOKBOOK BENCH STAGE ANSWERS SECRETS PUBLIC_URL,$(if $(filter command,$(firstword $(origin $(name)))),\
	$(eval override $(name) := $$(value $(name)))$(eval export $(name)),$(eval unexport $(name))))
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export UV := $(CURDIR)/requirements/uv

# uv draws its own progress on a terminal, and lists a hundred packages elsewhere
QUIETLY := $(shell test -t 2 || echo --quiet)
ROOM_MB := 1000

.PHONY: help setup demo up down signing-key test faults faults-once test-web fuzz rehearse check audit format bench performance build deploy deploy-page doctor generate lock
.DEFAULT_GOAL := help

help: ## show this
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-11s %s\n", $$1, $$2}'

demo: $(READY) $(CLI) ## start everything here, train a model from photos, show progress, end with pictures
	@$(PYTHON_M) sandbox demo \
	    $${PHOTOS+--photos "$$PHOTOS"} $${NAME+--name "$$NAME"} $${GENDER+--gender "$$GENDER"} $${PRESET+--preset "$$PRESET"} \
	    $${LOOKBOOK+--look-book "$$LOOKBOOK"}

up: $(READY) $(CLI) ## start everything on this machine and show one log; Ctrl-C stops it
	@$(PYTHON_M) sandbox up

down: $(READY) ## stop what runs and forget its data
	@$(PYTHON_M) sandbox down

test: $(READY) ## run all tests
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

faults: $(READY) ## break every effect in every way [SHARE=3/8 | PAIRS=2000 SEED=1 | RUN='a run that it printed']
	@$(PYTHON_M) faults

faults-once: $(READY) ## the same, once for each kind of fault at each port in each state [SHARE=1/6]
	@$(PYTHON_M) faults once

test-web: $(READY) $(WEB_READY) ## compile guide and page, run both against the sandbox; needs Node 20.19 and Chromium
	@web/with_node npm --prefix web --loglevel=error test
	@CHROMIUM=$$(web/chromium) && export CHROMIUM && WEB_PREPARED=1 web/with_node $(BIN)/python -m pytest tests/web

fuzz: $(READY) $(FUZZ_ENV) ## send the doors whatever openapi.json allows, and what it forbids: a minute [SEED=1 EXAMPLES=50]
	@FUZZ=$(CURDIR)/$(FUZZ_ENV)/bin/st $(BIN)/python -m pytest tests/fuzz

rehearse: $(READY) $(SAM_ENV) $(MINISTACK_ENV) $(LAMBDA_ENV) ## deploy the template to MiniStack, with built layers, and use it
	@mkdir -p $(REHEARSAL)
	CROQUIS_LAYER_PLATFORM= CROQUIS_LAYER_PYTHON=$$($(BIN)/python -c 'import sys; print("%d.%d" % sys.version_info[:2])') \
	    $(SAM) build --cached --build-dir $(REHEARSAL)/build --cache-dir $(REHEARSAL)/cache
	@REHEARSAL_BUILD=$(REHEARSAL)/build REHEARSAL_MINISTACK=$(CURDIR)/$(MINISTACK_ENV)/bin/python \
	    REHEARSAL_LAMBDA=$(CURDIR)/$(LAMBDA_ENV)/bin/python REHEARSAL_SAM=$(CURDIR)/$(SAM_ENV)/bin/python $(BIN)/python -m pytest tests/rehearsal

check: $(READY) $(CHECK_ENV) $(SAM_ENV) ## lint, types, template, state machines, stale generated files
	$(CHECK_ENV)/bin/ruff check
	$(CHECK_ENV)/bin/ruff format --check
	$(CHECK_ENV)/bin/python -m pyright
	$(CHECK_ENV)/bin/cfn-lint template.yaml infra/alarms.yaml infra/page.yaml
	$(SAM) validate --lint
	@for generator in $(GENERATORS); do $(PYTHON_M) $$generator --check || exit 1; done

audit: $(READY) $(AUDIT_ENV) ## others' rules and our own over templates, rights, state machines and code; no network
	@PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=.:tests $(AUDIT_ENV)/bin/python -m contracts.audit
	@$(BIN)/python -m pytest $(RULES)

format: $(CHECK_ENV) ## put the code in the house's layout
	$(CHECK_ENV)/bin/ruff check --fix
	$(CHECK_ENV)/bin/ruff format

bench: $(READY) ## measure speed, memory and verdicts beside plain ways; prints a table and writes bench.json
	@$(PYTHON_M) bench

performance: $(READY) ## fill docs/performance.md and its plots from bench.json
	@$(PYTHON_M) bench.page

build: $(READY) $(SAM_ENV) ## build for Lambda (Python 3.13 on arm64, faces on x86_64) and check what each function weighs
	$(SAM) build --cached
	@$(BIN)/python layers/sizes.py .aws-sam/build

deploy: $(READY) $(SAM_ENV) ## deploy a stage, asking for what is missing: docs/deploy.md [STAGE=dev]
	@test -n "$${STAGE-}" || { echo "Which stage? Say for example: make deploy STAGE=dev"; exit 1; }
	@$(MAKE) --no-print-directory build
	@$(PYTHON_M) infra.deploy deploy "$${STAGE-}" --sam "$(SAM_ENV)/bin/python -m samcli" \
	    $${ANSWERS+--answers "$$ANSWERS"} $${SECRETS+--secrets "$$SECRETS"}

doctor: $(READY) ## look at the sandbox that runs here, or at a stage, and say what to do [STAGE=dev]
	@$(PYTHON_M) infra.deploy doctor "$${STAGE-}" $${ANSWERS+--answers "$$ANSWERS"} $${SECRETS+--secrets "$$SECRETS"}

deploy-page: $(READY) ## bring the page to a stack that serves it [STAGE=dev|staging|prod]
	@$(PYTHON_M) infra.deploy_page "$${STAGE-default}"

signing-key: $(READY) ## print a key for signing pictures, with its certificates: the value of the secret MarksSecret
	@$(PYTHON_M) croquis_marks.certificates

generate: $(READY) ## write what is committed but made from other files: openapi.json, *.asl.json, schema.md
	@for generator in $(GENERATORS); do $(PYTHON_M) $$generator || exit 1; done

lock: $(READY) ## resolve the dependencies again, with hashes and without addresses
	@for name in $(LOCKS); do echo "requirements/$$name.txt"; \
	    $(UV) pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-emit-index-url \
	        --no-annotate --no-header --upgrade $$(case $$name in vision | marks | faces) echo --no-deps ;; esac) \
	        $$([ $$name != dev ] || echo "-c requirements/core.txt") \
	        requirements/$$name.in -o requirements/$$name.txt || exit 1; done
	cp requirements/core.txt layers/core/requirements.txt
	cp requirements/pictures.txt layers/pictures/requirements.txt
	cp requirements/vision.txt layers/vision/requirements.txt
	cp requirements/marks.txt layers/marks/requirements.txt
	cp requirements/faces.txt layers/faces/requirements.txt

setup: $(READY) $(CLI) ## make .venv, with the command line .venv/bin/croquis

$(CLI): $(READY) cli/pyproject.toml
	@$(UV) pip install --quiet --offline --no-deps --python $(BIN)/python --editable cli
	@touch $(CLI)

$(WEB_READY): web/package-lock.json
	@web/with_node echo "making web/node_modules, from the package registry"
	@web/with_node npm --prefix web ci --loglevel=error --no-audit --no-fund
	@touch $(WEB_READY)

.croquis/envs/%: | $(READY)
	@echo "making $@ from the package registry"
	@mkdir -p $(@D) && rm -rf $@.new
	@$(UV) venv --quiet --relocatable --no-project --python $(BIN)/python $@.new
	@$(UV) pip install $(QUIETLY) --require-hashes --python $@.new/bin/python \
	    -r requirements/$(firstword $(subst -, ,$(@F))).txt
	@mv $@.new $@

$(READY): requirements/dev.txt
	@test ! -L .venv || { echo ".venv is a link: it is not rebuilt here."; exit 1; }
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed; set PYTHON=/path/to/python."; exit 1; }
	@free=$$(df -Pm . | awk 'NR == 2 {print $$4}'); test "$$free" -ge $(ROOM_MB) || { \
	    echo "$$free MB are free in $(CURDIR), and $(ROOM_MB) MB are needed. Make room there."; exit 1; }
	@echo "making .venv with $(PYTHON), from the package registry (half a minute or so)"
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --retries 2 --require-hashes --no-deps -r requirements/uv.txt || { \
	    echo "The package registry was not reached; the reason stands above. Only the first start needs it."; exit 1; }
	@$(UV) pip install $(QUIETLY) --python $(BIN)/python --require-hashes -r requirements/dev.txt
	@touch $(READY)
