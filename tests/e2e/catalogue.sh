#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The catalogue is what this tool makes of the dumps that its rows name.
set -euo pipefail
[ -d "$CPC_SHARED/corpus/dumps" ] || { echo "skipped: no corpus in $CPC_SHARED"; exit 77; }
diff <(bash "$CPC_SOURCE/tests/catalogue.sh") "$CPC_SOURCE/include/cpucompat/catalogue.def" || {
	echo "catalogue.def is not what tests/catalogue.sh prints"
	exit 1
}
# Every row parses, is named once, and is what it was: a fingerprint compares as the same with itself.
names=$("$CPC_BIN/cpucompat" catalogue | awk '/^@/ { print $1 }')
[ "$(wc -l <<<"$names")" -ge 12 ] || { echo "fewer than a dozen rows are listed"; exit 1; }
for name in $names; do
	"$CPC_BIN/cpucompat" compare "$name" "$name" >/dev/null || { echo "compare $name $name: exit $?"; exit 1; }
done
echo "catalogue: $(wc -l <<<"$names") rows"
