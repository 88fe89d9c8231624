# make help lists what there is. Nothing here decides anything: each target calls a tool that can be called by hand.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SUDO := $(shell [ "$$(id -u)" = 0 ] || command -v sudo)
LANGUAGES := jpn jpn-vert chi-sim chi-tra vie ind fil eng tha khm mya nep mon ben lao sin
PACKAGES := python3-venv tesseract-ocr $(addprefix tesseract-ocr-,$(LANGUAGES))

.PHONY: help setup system demo test check bench bench-read bench-clauses bench-samples samples clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

setup: $(VENV)/.ready ## the virtual environment, with all that tests and demo need

$(VENV)/.ready: pyproject.toml | system
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable . --group dev
	@touch $@

system: ## Tesseract and its language packs, by apt where it is there
	@missing=""; \
	if command -v dpkg-query >/dev/null; then \
	  for p in $(PACKAGES); do \
	    dpkg-query -W -f '$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$p"; \
	  done; \
	fi; \
	command -v dpkg-query >/dev/null || command -v tesseract >/dev/null || \
	  { echo "Tesseract is missing: install it with its language data (README, section Install), then run make again."; exit 3; }; \
	[ -z "$$missing" ] || { \
	  [ -n "$(SUDO)" ] || [ "$$(id -u)" = 0 ] || { echo "As root, run: apt-get install$$missing"; exit 3; }; \
	  echo "Installing:$$missing"; \
	  $(SUDO) apt-get update -q >/dev/null && \
	  DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -q -y --no-install-recommends $$missing >/dev/null || \
	  { echo "Could not install. As root, run: apt-get install$$missing"; exit 3; }; }

demo: setup ## read the sample photographs and write a report
	$(BIN)/evidex batch samples -o evidence

test: setup ## what CI runs: static checks and all tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest

check: setup ## the static checks only
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

bench: bench-samples bench-clauses bench-read ## all benchmarks; bench/RESULTS.md says how to read them

bench-samples: setup ## findings on the samples: recall and precision
	$(BIN)/python bench/samples.py

bench-clauses: setup ## clauses judged, by language and category
	$(BIN)/python bench/clauses.py test

model: setup ## train the clause model anew from models/clauses/labelled.jsonl (about an hour on two cores)
	$(BIN)/pip install -q -e '.[train]'
	$(BIN)/python models/clauses/train.py

bench-read: setup ## character error rates against Tesseract and RapidOCR on fresh photographs (needs chromium and Noto fonts)
	$(BIN)/python bench/read.py

samples: setup ## draw the samples again (needs chromium and Noto fonts)
	$(BIN)/python samples/make.py

clean: ## remove what make made
	rm -rf $(VENV) evidence .pytest_cache .mypy_cache .ruff_cache
