#!/bin/sh
# SPDX-License-Identifier: MIT
# Fuzz one target, built with libFuzzer, for so many seconds:
#
#	tests/fuzz/target.sh BUILD-FOLDER TARGET SECONDS
#
# Exit code 1 where it finds something: libFuzzer's own code for that, 77, would be a test that is skipped. What it finds
# lies in BUILD-FOLDER/found/TARGET-*; its corpus is kept between runs.
set -eu

build=$1
name=$2
seconds=$3
folder=$(cd "$(dirname "$0")" && pwd)

# seeds are dumps; a target that reads something else has a folder of its own.
seeds=$folder/seeds_${name#fuzz_}
[ -d "$seeds" ] || seeds=$folder/seeds
mkdir -p "$build/found" "$build/corpus/$name"
exec "$build/tests/$name" -max_total_time="$seconds" -max_len=16384 -timeout=10 -rss_limit_mb=2048 \
	-print_final_stats=1 -verbosity=0 -error_exitcode=1 -timeout_exitcode=1 \
	-artifact_prefix="$build/found/$name-" "$build/corpus/$name" "$seeds"
