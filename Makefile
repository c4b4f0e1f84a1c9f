# Each target does its own set-up, once. `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help run lab ship nbgrader bundle test test-breaks test-full test-colab refresh data clean
PYTHONS ?= $(if $(PYTHON),$(PYTHON),python3 python3.13 python3.12 python3.11 python)
SUITABLE = import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
BIN := $(if $(filter Windows_NT,$(OS)),Scripts,bin)

help:
	@echo "make run [LESSON=201]          execute every lesson, or one, and show all claims"
	@echo "make lab [LESSON=201]          open your copy of a lesson in JupyterLab"
	@echo "make ship                      install what the lessons on shipping need beside"
	@echo "make nbgrader                  install nbgrader, for instructors who grade with it"
	@echo "make bundle                    collect all packages in dist/bundle, to install without a network"
	@echo "make test                      run all tests, the lessons included"
	@echo "make test-breaks [LESSON=201]  break the lessons on purpose and see what notices"
	@echo "make test-full [LESSON=201]    try the lessons at the full scale, their trainings cut"
	@echo "make test-colab                run the lessons on the versions of Colab"
	@echo "make refresh [LESSON=201]      execute the lessons and store their outputs"
	@echo "make data [SET=digits]         rebuild the embedded data, or one set"
	@echo "make clean                     remove both environments"

# The stamp is newer than what it was made from: then there is nothing to do.
.venv/ready: requirements.txt requirements-gpu.txt pyproject.toml
.venv-colab/ready: requirements-colab.txt pyproject.toml
.venv/ready .venv-colab/ready:
	@for python in $(PYTHONS); do \
	  if $$python -c "$(SUITABLE)" 2>/dev/null; then exec $$python tools/set_up.py $(@D) $<; fi; \
	done; \
	echo "This course needs Python 3.11, 3.12 or 3.13, and none was found (tried: $(PYTHONS)). Install one, or name it: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)"; \
	exit 1

# What the lessons on shipping need beside: a second stamp, so that nobody else waits for it.
.venv/ship: requirements-ship.txt .venv/ready
	@.venv/$(BIN)/python tools/set_up.py --add $(@D) $<

ship: .venv/ship

# Nor does a learner wait for what an instructor grades with, or find its menus in JupyterLab.
.venv/nbgrader: requirements-nbgrader.txt .venv/ready
	@.venv/$(BIN)/python tools/set_up.py --add $(@D) $<

nbgrader: .venv/nbgrader

run: .venv/ready
	@.venv/$(BIN)/course run $(LESSON)

lab: .venv/ready
	@.venv/$(BIN)/course lab $(LESSON)

bundle: .venv/ready
	@.venv/$(BIN)/python tools/make_bundle.py

test: .venv/ship .venv/nbgrader
	@.venv/$(BIN)/python -m pytest -n auto --dist loadfile

test-breaks: .venv/ship
	@.venv/$(BIN)/python tools/try_breaks.py $(LESSON)

test-full: .venv/ship
	@.venv/$(BIN)/python tools/try_full.py $(LESSON)

test-colab: .venv/ready .venv-colab/ready
	@.venv-colab/$(BIN)/python -m pytest -n auto --dist loadfile notebooks

refresh: .venv/ship
	@.venv/$(BIN)/course refresh $(LESSON)
	@.venv/$(BIN)/python tools/paths.py

data: .venv/ready
	@.venv/$(BIN)/python data/build $(or $(SET),all)

clean:
	rm -rf .venv .venv-colab
