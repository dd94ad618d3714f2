# Two commands: `make run` brings everything up on this machine, `make test` runs every test.
# Needed beforehand: Rust, Node 20, a JDK, make. Ports and the rest are set by variables: see dev/run.mjs.
.PHONY: help run test lint emulators seed clean
.DEFAULT_GOAL := help

CARGO ?= cargo

help:
	@echo 'make run         emulators, simulators and the service, with demo data; Ctrl-C stops all'
	@echo 'make test        every test, beside a running `make run`; T=words narrows: make test T=leads'
	@echo 'make lint        formatting and clippy, warnings are errors'
	@echo 'make emulators   only the emulators, for a single `cargo test` by hand (source .run/test-env)'
	@echo 'make seed        loads the demo data again into what `make run` started'
	@echo 'make clean       removes build output, npm tools and .run'

run:
	@sh dev/preflight.sh && exec node dev/run.mjs

test:
	@sh dev/preflight.sh && exec node dev/test.mjs $(T)

lint:
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- -D warnings

emulators:
	@sh dev/preflight.sh && exec node dev/emulators.mjs

seed:
	@sh dev/preflight.sh && exec node dev/seed.mjs

clean:
	$(CARGO) clean
	rm -rf node_modules .run
