# Two commands: `make run` brings everything up on this machine, `make test` runs every test.
# Needed beforehand: Rust, Node 20, a JDK, make. Ports and the rest are set by variables: see dev/run.mjs.
.PHONY: help run tour test screenshots kill-run growth bench live-ai lint emulators seed deploy-check image-check clean
.DEFAULT_GOAL := help

CARGO ?= cargo

help:
	@echo 'make run         emulators, simulators, the service and the console, with demo data; Ctrl-C stops all'
	@echo 'make tour        walks the main flows of a running `make run` and says step by step what happened'
	@echo 'make test        every test, beside a running `make run`; T=words narrows: make test T=leads'
	@echo 'make screenshots the console'"'"'s pictures in docs/images, taken again by its tests'
	@echo 'make kill-run    the long crash test: 5,000 webhook units through a service that is killed again and again; minutes'
	@echo 'make growth      what operations cost with 1,000, 10,000 and 100,000 leads, as a table; minutes'
	@echo 'make live-ai     a caption and a picture from the real providers whose keys are in the environment: costs cents'
	@echo 'make bench       the release build under load beside the least that its crates cost: a table in .run/bench; 6 minutes and the build'
	@echo 'make lint        formatting and clippy, warnings are errors'
	@echo 'make emulators   only the emulators, for a single `cargo test` by hand (source .run/test-env)'
	@echo 'make seed        loads the demo data again into what `make run` started'
	@echo 'make deploy-check   the deployment scripts: shellcheck, and every gcloud command through gcloud'"'"'s offline linter'
	@echo 'make image-check    builds what the image holds, starts it in an empty root, prints size and start-up time'
	@echo 'make clean       removes build output, npm tools and .run'

run:
	@sh dev/preflight.sh && exec node dev/run.mjs

tour:
	@sh dev/preflight.sh && exec node dev/tour.mjs

test:
	@sh dev/preflight.sh && exec node dev/test.mjs $(T)

screenshots:
	@sh dev/preflight.sh && UPDATE_SCREENSHOTS=1 node --test web/tests/pages.test.mjs

kill-run:
	@sh dev/preflight.sh && exec node dev/test.mjs --test it -- --ignored --nocapture inbox::kill

growth:
	@sh dev/preflight.sh && exec node dev/test.mjs --test it -- --ignored --nocapture growth::

# The keys are handed on under other names, so that no other test can spend money by having them.
live-ai:
	@LIVE_OPENAI_API_KEY="$$OPENAI_API_KEY" LIVE_GEMINI_API_KEY="$$GEMINI_API_KEY" \
		$(CARGO) test --test it -- --ignored --nocapture content::provider::live

bench:
	@sh dev/preflight.sh && exec node bench/run.mjs

lint:
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- -D warnings

emulators:
	@sh dev/preflight.sh && exec node dev/emulators.mjs

seed:
	@sh dev/preflight.sh && exec node dev/seed.mjs

deploy-check:
	@node deploy/check.mjs

image-check:
	@deploy/image-check.sh

clean:
	$(CARGO) clean
	rm -rf node_modules web/node_modules web/dist clients/web/node_modules clients/web/dist .run
