#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Every test: installs what they need, builds with gcc and sanitizers (tests), with gcc plain (for emulation, valgrind and
# users) and with clang (warnings), then runs ctest. Arguments go to ctest: tests/run.sh -R e2e
set -euo pipefail
source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
log=$source_dir/build/tests.log
. "$source_dir/packaging/ensure.sh"

case "${1-}" in
--help | -h)
	echo "usage: ${0##*/} [CTEST-ARGUMENT...]"
	echo "Install what the tests need, build with sanitizers, plainly, with clang and for libFuzzer, and run every test."
	exit 0
	;;
esac

mkdir -p "$source_dir/build"
ensure_packages "$source_dir/packaging/packages.txt" "$source_dir/tests/packages.txt"
# Whoever has another node than the distribution's keeps it, and the npm that came with it.
command -v node >/dev/null && command -v npm >/dev/null || ensure_packages <(printf 'nodejs\nnpm\n')

# build NAME OPTION...: configure and build into build/NAME, warnings fatal.
build() {
	echo "Building $source_dir/build/$1"
	quietly cmake -S "$source_dir" -B "$source_dir/build/$1" -G Ninja -DCPC_WERROR=ON "${@:2}"
	quietly cmake --build "$source_dir/build/$1"
}
build plain -DCMAKE_BUILD_TYPE=RelWithDebInfo
build clang -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=Debug -DCPC_TESTS=ON
echo "Building $source_dir/build/fuzz"
quietly "$source_dir/tests/fuzz/run.sh" 0 "$source_dir/build/fuzz"
build sanitized -DCMAKE_BUILD_TYPE=Debug -DCPC_TESTS=ON -DCPC_SANITIZE=ON -DCPC_PLAIN_BIN="$source_dir/build/plain" \
	-DCPC_FUZZ_BUILD="$source_dir/build/fuzz"

# 8 minutes is several times what a test takes; one that hangs is a failure, not a wait.
exec ctest --test-dir "$source_dir/build/sanitized" --output-on-failure --timeout 480 -j 2 "$@" </dev/null
