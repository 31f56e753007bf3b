# Everything starts here: each target sets up what it needs, from nothing.
#
#   make ask Q="What is LoRA?"   set up, build the index, ask
#   make test                    set up, run the tests
#   make help                    the rest

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
Q ?= What is LoRA?
export Q

.PHONY: help setup ask chat index test test-page lint types imports check bench eval eval-all clean
.DEFAULT_GOAL := help

help:                ## Show the targets
	@grep -E '^[a-z-]+: .*##|^[a-z-]+:  +##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(STAMP)      ## Make .venv with all that is needed; nothing to do when nothing changed

$(STAMP): pyproject.toml constraints.txt scripts/setup.sh
	PYTHON="$(PYTHON)" VENV="$(VENV)" bash scripts/setup.sh
	@touch $(STAMP)

ask: $(STAMP)        ## Ask a question: make ask Q="What is RAG?"
	@$(BIN)/tutor ask -- "$$Q" || [ $$? -eq 3 ]

chat: $(STAMP)       ## Open the chat page in the browser
	@$(BIN)/tutor chat

index: $(STAMP)      ## Bring the index up to date
	@$(BIN)/tutor index build

# A file's tests stay in one process: they share what takes long to open.
test: $(STAMP)       ## Run the tests, two files at a time
	$(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)

test-page: $(STAMP)  ## Run the tests of the chat page in a real browser, and write screenshots
	$(BIN)/python -m pytest -o addopts="--import-mode=importlib --strict-markers" tests/ui/browser $(ARGS)

lint: $(STAMP)       ## Check style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)      ## Check types
	$(BIN)/mypy

imports: $(STAMP)    ## Check that rooms import only rooms to their left
	$(BIN)/lint-imports

check: test lint types imports  ## All of these

eval: $(STAMP)       ## Measure the answers and hold them against the baseline; writes a report
	$(BIN)/tutor eval run --set curriculum --set attacks --baseline

eval-all: $(STAMP)   ## The same questions for the LlamaIndex starter and the bare model as well
	$(BIN)/tutor eval run --set curriculum --set attacks --system tutor --system starter --system bare

bench: $(STAMP)      ## Time whole commands against the bare model, in one run
	$(BIN)/python -m eval.bench

clean:               ## Remove the environment and caches (the home stays)
	rm -rf $(VENV) *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
