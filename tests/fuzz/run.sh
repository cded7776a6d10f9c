#!/bin/sh
# SPDX-License-Identifier: MIT
# Fuzz every target with libFuzzer for so many seconds each:
#
#	tests/fuzz/run.sh [SECONDS [BUILD-FOLDER]]
#
# What a target finds lies in BUILD-FOLDER/found/TARGET-*; its corpus is kept between runs.
set -eu

seconds=${1:-60}
source=$(cd "$(dirname "$0")/../.." && pwd)
build=${2:-$source/build-fuzz}

# Only the targets are built, so an unfinished layer elsewhere does not stand in the way.
CC=${CC:-clang} cmake -S "$source" -B "$build" -G Ninja -DCPC_TESTS=ON -DCPC_FUZZ=ON -DCPC_SANITIZE=ON >/dev/null
mkdir -p "$build/found"
for target in "$source"/tests/fuzz/fuzz_*.c; do
	name=$(basename "$target" .c)
	ninja -C "$build" "$name" >/dev/null
	mkdir -p "$build/corpus/$name"
	seeds=$source/tests/fuzz/seeds_${name#fuzz_}
	[ -d "$seeds" ] || seeds=$source/tests/fuzz/seeds
	echo "$name: $seconds seconds"
	"$build/tests/$name" -max_total_time="$seconds" -max_len=16384 -timeout=10 -rss_limit_mb=2048 \
		-print_final_stats=1 -verbosity=0 -artifact_prefix="$build/found/$name-" \
		"$build/corpus/$name" "$seeds"
done
