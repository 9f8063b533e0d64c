.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TESTS ?= tests
WORKERS ?= 4
MINUTES ?= 10
KILLS ?= 25
RETRIES ?= 2000
ONLY ?=
# Files side by side, in their order: they wait more than they compute, and the slow ones come first.
AT_ONCE := --numprocesses $(WORKERS) --dist loadscope --no-loadscope-reorder
BEHAVIOUR ?= tests/handlers tests/seeds tests/ws
# What knows no storage is run once.
ONCE := $(addprefix --ignore=tests/handlers/test_,access.py brute_force.py docs.py hostile.py ownership.py protobuf.py request_ids.py schemathesis.py) \
	$(addprefix --ignore-glob=tests/ws/test_,engine_* protocol_* *_redis.py packets.py wire.py frames.py neighbours.py law.py)
# What is compiled is kept, whatever this machine says: hundreds of servers are started.
export PYTHONDONTWRITEBYTECODE :=

help: ## show what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "%-8s %s\n", $$1, $$2}'

run: $(VENV)/run ## set up what is missing, and serve
	@exec $(BIN)/chatsrv serve

test: check tests/node_modules ## set up what the tests need, check the code, run all tests
	$(BIN)/pytest $(AT_ONCE) $(TESTS)
	CHATSRV_TEST_STORAGE=mongodb CHATSRV_TEST_BUS=redis $(BIN)/pytest $(AT_ONCE) $(BEHAVIOUR) $(ONCE)

check: $(VENV)/test ## lint, types, import directions
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

format: $(VENV)/test ## format the code
	$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

soak: $(VENV)/test tests/node_modules ## break everything for as long as asked: make soak MINUTES=60
	$(BIN)/python -m tests.faults.soak --kills $(KILLS) --retries $(RETRIES) --minutes $(MINUTES)

bench: $(VENV)/test tests/node_modules ## measure against the peers: make bench, or make bench ONLY="rooms bursts"
	$(BIN)/python -m bench $(ONLY)

docker: ## build the image
	docker build -t chatsrv .

clean: ## remove what was set up; the data stays
	rm -rf $(VENV) tests/node_modules build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(VENV)/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "chatsrv needs Python 3.11 or later")'
	@$(PYTHON) -m venv $(VENV) && touch $@

$(VENV)/run: requirements/run.txt setup.cfg pyproject.toml | $(VENV)/made
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements/run.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable . && touch $@

$(VENV)/test: requirements/test.txt $(VENV)/run
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements/test.txt && touch $@

tests/node_modules: tests/package.json tests/package-lock.json
	@command -v npm >/dev/null || { echo "no npm here: tests with the official client are skipped"; exit 0; }; \
	npm ci --prefix tests --silent --no-audit --no-fund && touch $@

.PHONY: help run test check format soak bench docker clean
