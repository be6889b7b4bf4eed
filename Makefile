# Two commands: `make run` starts the bot, `make test` checks everything. The rest serves whoever works on it.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help run test format bench lock clean

help:
	@echo "make run    set up and start the desk, and the bot in Telegram if TELEGRAM_BOT_TOKEN is set"
	@echo "make test   set up and check everything: format, lint, types, tests (needs Chromium and a Chinese font: apt-get install chromium fonts-wqy-microhei)"
	@echo "make bench  measure the matcher beside its peers on the project's own questions (about ten minutes)"
	@echo "make format rewrite the code in the project's format"
	@echo "make lock   pin the newest dependencies that pyproject.toml allows (needs uv)"

run: $(VENV)/run.stamp
	@exec $(BIN)/shebao run

test: $(VENV)/dev.stamp
	@sh scripts/check

format: $(VENV)/dev.stamp
	$(BIN)/ruff check --fix --quiet bot tests
	$(BIN)/ruff format bot tests

bench: $(VENV)/bench.stamp
	@$(BIN)/python -m benchmarks.matching --own --scaling

# The build tool is pinned too, so that nothing unhashed is fetched while jieba (source only) is built.
$(VENV)/run.stamp: requirements/build.txt requirements/run.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: install it, or say where it is: make PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Setting up $(VENV) (the first time takes about a minute) …"
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install --require-hashes -r requirements/build.txt
	@$(PIP) install --require-hashes --no-build-isolation -r requirements/run.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q bot
	@touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp requirements/dev.txt
	@$(PIP) install --require-hashes --no-build-isolation -r requirements/dev.txt
	@touch $@

$(VENV)/bench.stamp: $(VENV)/run.stamp requirements/bench.txt
	@$(PIP) install --require-hashes --no-build-isolation -r requirements/bench.txt
	@touch $@

lock:
	@command -v uv >/dev/null || { echo "uv is needed: pip install uv"; exit 1; }
	echo 'setuptools>=82' | uv pip compile --universal --python-version 3.11 --generate-hashes --no-header - -o requirements/build.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements/run.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -c requirements/run.txt --extra dev pyproject.toml -o requirements/dev.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -c requirements/dev.txt --extra bench pyproject.toml -o requirements/bench.txt

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache build *.egg-info
