# SPDX-License-Identifier: GPL-3.0-or-later
# Every target sets up what it needs: pinned tools in .venv, a container engine, the node image.
.DEFAULT_GOAL := help
.PHONY: help demo demo-clean quick test long lint unit sanity shapes runner molecule bench setup lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

setup: ## the virtual environment and the collections for tests
	@tools/setup

lock: setup ## pin what pyproject.toml names into requirements/*.lock; UPGRADE=1 for newer versions
	@tools/lock $(if $(UPGRADE),--upgrade)

demo: setup ## install and secure a container node, twice: the second run changes nothing
	@tools/demo

demo-clean: setup ## remove the demo's container
	@tools/demo clean

quick: setup ## two minutes: lint, types, unit and contract tests but for slow ones that no change can affect
	@tools/quick

test: setup ## before a merge, 45 minutes: lint, unit, sanity, shapes, molecule and runner; what continuous integration runs
	@tools/test

long: setup ## before a release, hours: what `make test` leaves out, such as every kill, every shape of fleet, every scenario from an empty node
	@tools/test long

lint: setup ## ruff, the list of terms, mypy, yamllint, antsibull-changelog, ansible-lint, shellcheck
	@tools/lint

unit: setup ## unit, contract and integration tests; those of node-side code under the oldest Python as well
	@tools/unit

sanity: setup ## ansible-test sanity, newest ansible-core and 2.16
	@tools/sanity

shapes: setup ## every playbook on fleets of several shapes, such as hosts over SSH, from the built and installed archive
	@tools/shapes

runner: setup ## slices of a fleet through ansible-runner, and the execution environment
	@tools/runner

molecule: setup ## scenarios on containers; SCENARIO=name for one
	@tools/molecule $(SCENARIO)

bench: setup ## measured, never asserted: parser, catalog and what else lies in tests/bench
	@tools/bench

clean: ## everything the targets made below the checkout, and the test containers
	@tools/clean
