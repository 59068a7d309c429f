#!/usr/bin/env bash
# tidy.sh BUILD: clang-tidy over all C but tests, with the compile commands of a
# clang build that is made.  The checks are in .clang-tidy; any finding fails.
set -euo pipefail
find src -name '*.c' ! -name 'test_*' ! -name 't_*' ! -name 'fuzz_*' -print0 |
	xargs -0 -n 4 clang-tidy-14 -p "$1" --quiet
