#!/bin/sh
# SPDX-License-Identifier: MIT
# Fuzz every target with libFuzzer for so many seconds each:
#
#	tests/fuzz/run.sh [SECONDS [BUILD-FOLDER]]
set -eu

seconds=${1:-60}
source=$(cd "$(dirname "$0")/../.." && pwd)
build=${2:-$source/build/fuzz}

# Only the targets are built, so an unfinished layer elsewhere does not stand in the way.
CC=${CC:-clang} cmake -S "$source" -B "$build" -G Ninja -DCPC_TESTS=ON -DCPC_FUZZ=ON -DCPC_SANITIZE=ON >/dev/null
ninja -C "$build" fuzz_targets >/dev/null
[ "$seconds" -gt 0 ] || exit 0
for target in "$source"/tests/fuzz/fuzz_*.c; do
	name=$(basename "$target" .c)
	echo "$name: $seconds seconds"
	"$source/tests/fuzz/target.sh" "$build" "$name" "$seconds"
done
