#!/usr/bin/env bash
# fuzz.sh TARGET [SECONDS]: libFuzzer on one target of a build with -Dfuzz=true.
# What is new goes to build-fuzz/corpus/NAME, what breaks to build-fuzz/broken/;
# put a small file of either into tests/corpus/fuzz/NAME, and it is replayed for
# ever.  The seed is printed.
set -euo pipefail
target=$1
seconds=${2:-${TRUC_FUZZ_SECONDS:-600}}
name=${target##*/fuzz_}
mkdir -p "build-fuzz/corpus/$name" build-fuzz/broken
exec "$target" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=3000 -max_len=16384 \
	-artifact_prefix="build-fuzz/broken/$name-" -print_final_stats=1 \
	"build-fuzz/corpus/$name" "tests/corpus/fuzz/$name"
