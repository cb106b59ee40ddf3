# Everything runs in .venv, made on first use with Python 3.11 or later.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SETUP := $(VENV)/.setup
PYTEST := $(BIN)/python -m pytest -q
# The library as one document and the code as bytecode: judging starts ten times faster.
COMPILED := policies/.compiled.json
unexport PYTHONDONTWRITEBYTECODE # the tests too are read once, and not at each run
LIBRARY := $(shell find policies guardrail -name '*.yaml' -o -name '*.py')

.PHONY: demo test check lint fix golden docs schema fixtures bench clean

demo: $(SETUP) $(COMPILED) ## judge an example: one allow, one review, one deny
	@code=0; $(BIN)/guardrail check terraform-examples/demo/plan.json \
	  --body state --as-of 2026-11-22 || code=$$?; \
	echo; echo "exit code $$code (0 allow, 10 deny, 11 review)"; test $$code -eq 10

test: lint ## every test, those with real peers too; all code is covered without these
	$(PYTEST) -n auto --cov -m "not terraform and not openstack and not alone"
	$(PYTEST) -m alone
	$(PYTEST) -n auto --dist loadgroup -m "terraform or openstack"

check: lint ## lints, types and the quick tests
	$(PYTEST) -n auto --dist worksteal \
	  -m "not terraform and not openstack and not alone and not slow"

lint: $(SETUP) $(COMPILED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

fix: $(SETUP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

golden: $(SETUP) $(COMPILED) ## rewrite the golden reports; review the difference
	$(PYTEST) tests/golden --refresh-golden

docs: $(SETUP) $(COMPILED) ## rewrite docs/reference from code and policies
	COLUMNS=80 $(BIN)/python docs/generate.py

schema: $(SETUP) ## rewrite policies/schema from the shapes of the code
	$(BIN)/python -c "from guardrail.cli.schemas import *; from guardrail.library import *; \
	  write_schemas(shipped() / 'schema')"

fixtures: $(SETUP) ## remake every plan under fixtures/ and terraform-examples/
	$(BIN)/python fixtures/remake/remake.py

bench: $(SETUP) $(COMPILED)
	$(BIN)/python tests/bench/bench.py
	$(BIN)/python -m tests.bench.admission

$(SETUP): pyproject.toml hatch_build.py
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --upgrade "pip>=25.1"
	$(BIN)/python -m pip install -q --group dev --editable .
	@touch $(SETUP)

$(COMPILED): $(SETUP) $(LIBRARY)
	@$(BIN)/python -m compileall -q guardrail
	@$(BIN)/python -c "from guardrail.library import *; write_compiled(shipped())"

clean:
	rm -rf $(VENV) .cache .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache
