# SPDX-FileCopyrightText: 2026 The mien authors
# SPDX-License-Identifier: Apache-2.0
#
#   make demo    install packages, build, label faces, train for a minute, show where the report is
#   make test    install packages, build, run every test that this machine can run
#   make build   build only (build/release/bin/mien)
#   make asan    unit tests under the address and undefined behaviour sanitizers
#   make clean   remove the build folders

JOBS ?= $(shell nproc)
export OMP_WAIT_POLICY ?= passive

.PHONY: demo test build asan packages clean

packages:
	@scripts/install_packages

build: packages
	cmake --preset release
	cmake --build --preset release --parallel $(JOBS)

test: build
	ctest --preset release --parallel $(JOBS)

demo: packages
	cmake --preset release -DMIEN_TESTS=OFF -B build/demo
	cmake --build build/demo --parallel $(JOBS)
	scripts/demo build/demo/bin/mien

asan: packages
	cmake --preset asan
	cmake --build --preset asan --parallel $(JOBS)
	ctest --preset asan --parallel $(JOBS)

clean:
	rm -rf build
