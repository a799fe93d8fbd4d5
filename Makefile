# Short targets over CMake presets. `make run` and `make test` install what they
# need (Debian 12, root or sudo), build and run; nothing else has to be set up.
SHELL := /bin/bash
NACRE := build/release/nacre
SHARED ?= ../shared
JOBS ?= $(shell nproc)

.PHONY: run test build asan packages bench conformance fuzz lint wasm clean

run: build
	@tools/demo $(NACRE)

test: packages
	@tools/test_all

packages:
	@tools/install_packages

build: packages
	@cmake --preset release >/dev/null && cmake --build --preset release -j $(JOBS) --target nacre

asan: packages
	@cmake --preset asan >/dev/null && cmake --build --preset asan -j $(JOBS)

conformance: build
	@tools/conformance_all $(NACRE) $(SHARED)/conformance

bench: build
	@cmake --build --preset release -j $(JOBS) --target sandbox_bench
	@bench/run --nacre $(NACRE)
	@bench/sessions --nacre $(NACRE)
	@bench/commands --nacre $(NACRE)

fuzz: packages
	@tools/fuzz_all

wasm: packages
	@tools/check_wasm

lint:
	@tools/lint

clean:
	rm -rf build
