# Try it: `make run`. Paths are relative: the folder's name may hold spaces.
#
#   make setup   environment, dependencies, leave to run embedded servers here
#   make run     the whole system at one address  [PORT=8000 HOST=127.0.0.1 COHORT=file]
#   make test    the whole test suite             [PYTEST="tests/config -k name"]
#   make check   style, types, import rules, migrations, hazards
#   make bench   how fast it is, against stated bounds  [BENCH="walk replay"]
#   make lock    requirements*.txt from pyproject.toml
#   make dump    save the embedded data as SQL, whichever PostgreSQL wrote them
#   make restore read them into an empty database                  [FILE=dump.sql]

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := setup
.PHONY: setup develop run test check bench lock dump restore chromium

PY := .venv/bin/python
PORT ?= 8000
HOST ?= 127.0.0.1
COHORT ?=
FILE ?= dump.sql
BENCH ?=
PYTEST ?= -n logical --dist loadgroup
export PORT HOST COHORT FILE

setup:
	@.ci/environment requirements.txt
	@$(PY) -m config.embedded allow

develop: setup
	@.ci/environment requirements-dev.txt

run: setup
	@exec $(PY) manage.py run --host "$$HOST" --port "$$PORT" --cohort "$$COHORT"

test: develop chromium
	@$(PY) -m pytest -rs $(PYTEST)

check: develop
	@$(PY) -m ruff check
	@$(PY) -m ruff format --check
	@$(PY) -m mypy
	@$(PY) -c "from importlinter.cli import lint_imports_command; lint_imports_command()"
	@$(PY) manage.py makemigrations --check --dry-run
	@$(PY) docs/check_hazards.py

bench: develop
	@$(PY) -m benchmarks.run $(BENCH)

lock: develop
	@$(PY) .ci/lock.py

dump: setup
	@$(PY) -m config.embedded dump "$$FILE"

restore: setup
	@$(PY) -m config.embedded restore "$$FILE"

# Only root can install it; the tests say what was left out without it.
chromium:
	@command -v chromium-headless-shell >/dev/null || test -n "$${CHROMIUM:-}" || test "$$(id -u)" != 0 \
		|| ! command -v apt-get >/dev/null \
		|| { apt-get update -q && apt-get install -qy --no-install-recommends chromium-headless-shell; } \
		|| command -v chromium >/dev/null || apt-get install -qy --no-install-recommends chromium \
		|| echo "Chromium could not be installed."
