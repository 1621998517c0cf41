.DEFAULT_GOAL := help
.PHONY: help setup demo test lint bench eval chaos lock clean
PY := .venv/bin/python

help: ## Say what there is to make
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

setup: ## System libraries, .venv and model files; seconds when all is there
	@packaging/setup.sh

demo: setup ## The main job from camera to verified export, on a rendered candidate
	@.venv/bin/proctor-desktop demo $(DEMO)

test: setup lint ## Lint, types, import law, and every test
	@$(PY) -m pytest $(TESTS)

lint: setup ## ruff, mypy (strict, as on each system) and import-linter
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check -q .
	@for system in linux win32 darwin; do \
	    .venv/bin/mypy --platform $$system --cache-dir .mypy_cache/$$system || exit 1; done
	@.venv/bin/lint-imports --no-cache

bench: setup ## What it costs, beside others, and how late it is (one part wants chromium and npm)
	@$(PY) -m tests.bench

eval: setup ## How right it is: every rule on labelled and composed material
	@$(PY) -m tests.eval

chaos: setup ## What it withstands: killed, cut off, tampered with (about an hour)
	@$(PY) -m tests.chaos

lock: ## Resolve the dependencies again (needs uv)
	uv pip compile pyproject.toml --extra dev --extra build --override packaging/overrides.txt \
	    --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --universal \
	    -q -o packaging/requirements.lock

clean: ## Remove .venv and what the tools leave
	rm -rf .venv build dist demo-output .mypy_cache .ruff_cache .pytest_cache .hypothesis
