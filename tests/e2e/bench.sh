#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# tests/bench/compare.sh and fleet.sh run and print every figure. What the figures are is nobody's business here.
set -euo pipefail
out=$(CPC_BENCH_BIN=$CPC_BIN CPC_SHARED=/nonexistent "$CPC_SOURCE/tests/bench/compare.sh" 1 2 3 2>/dev/null)
failures=0

# row FIRST FIELDS: there is a line that starts so and has that many fields, numbers after the first of them.
row() {
	awk -v first="$1" -v fields="$2" '$1 == first && NF == fields && $NF + 0 > 0 { found = 1 } END { exit !found }' <<<"$out" ||
		{ echo "no line of $1 with $2 fields"; failures=$((failures + 1)); }
}
row kvm 4
row hyperv-2008r2 4
row migratable 4
row snapshot, 5
if command -v virsh >/dev/null; then
	row 2 6
	row 3 6
fi
[ $failures -eq 0 ] || echo "$out"

out=$(CPC_BENCH_BIN=$CPC_BIN "$CPC_SOURCE/tests/bench/fleet.sh" 1 16 100 2>/dev/null)
row 100 6
row 100 7
row 1 6
for count in 2 4 8 16; do
	row $count 5
done
if command -v virsh >/dev/null; then
	for count in 20 32 64 128; do row $count 6; done
fi
[ $failures -eq 0 ] || echo "$out"
[ $failures -eq 0 ] && echo "bench: every figure is there"
exit $((failures > 0))
