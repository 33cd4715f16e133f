# Every target sets up what it needs by itself (packaging/setup.sh).
#   make run     open the window (without a display: run the default experiment into files)
#   make test    run all tests;  make test ARGS="-k parser" passes arguments on to pytest
#   make lint    style, types and the direction of imports
#   make bench   how fast it is
#   make docs    the user guide, as a site in build/docs
#   make fuzz    hostile input for a minute;  make fuzz ARGS="--seconds 600"
#   make reliability   the figures of docs/reliability.md (some fifteen minutes)
#   make clean   remove the environment and everything that was built
.PHONY: run test lint bench docs fuzz reliability clean
.DEFAULT_GOAL := run

run:
	@packaging/start.sh

test:
	@packaging/test.sh $(ARGS)

lint:
	@packaging/lint.sh

bench:
	@packaging/setup.sh window
	@.venv/bin/python -m benchmarks $(ARGS)

docs:
	@packaging/setup.sh headless
	@NO_MKDOCS_2_WARNING=1 .venv/bin/python -m mkdocs build --quiet && echo "the guide is build/docs/index.html; with its search: .venv/bin/python -m mkdocs serve"

fuzz:
	@packaging/setup.sh headless
	@.venv/bin/python -m tests.fuzz $(ARGS)

reliability:
	@packaging/reliability.sh

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find optlab tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
