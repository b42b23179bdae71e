# `make run` and `make test` install what is missing, build, and do their job. `make help` lists the rest.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# Passed to the program: make run ARGS="--addr 0.0.0.0:9666"
ARGS ?=

.PHONY: help setup build run demo dev test lint fmt bench fuzz clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' Makefile

setup: ## Install the tools that the build and the tests need, if they are missing
	@scripts/setup.sh test

build: ## Build target/release/duplistatus, with its site inside
	@scripts/build.sh

run: build ## Build, then serve on http://localhost:9666 (ARGS="…" is passed on)
	@exec target/release/duplistatus $(ARGS)

demo: build ## Build, then serve a made-up data set (ARGS="…" is passed on)
	@exec target/release/duplistatus $(ARGS) demo

dev: ## Build, serve, and do both again at every change (debug build)
	@exec scripts/dev.sh $(ARGS)

test: ## Everything: format, lints, docs, unit, HTTP and browser tests
	@scripts/test.sh

lint: ## Format, lints of both sides, documentation, licences
	@scripts/test.sh format clippy wasm docs deny

fmt: ## Format the Rust sources
	@. scripts/env.sh && cargo fmt --all

bench: ## Print the figures of docs/PERFORMANCE.md
	@scripts/bench.sh $(ARGS)

fuzz: ## Feed the report parser with mutated reports for a minute (needs a nightly toolchain)
	@scripts/fuzz.sh $(ARGS)

clean: ## Remove everything that was built (installed tools stay)
	@. scripts/env.sh && cargo clean && rm -rf end2end/test-results end2end/playwright-report
