#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: models.sh
# Boot a guest of each row of models.tsv and hold what the agent in it says against the guest's kernel. Minutes; needs a build
# in build/plain (tests/run.sh, or CPC_PLAIN_BIN).
set -u
CPC_SOURCE=${CPC_SOURCE:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}
export CPC_SOURCE
CPC_PLAIN_BIN=${CPC_PLAIN_BIN:-$CPC_SOURCE/build/plain}
. "$CPC_SOURCE/tests/vm/guests.sh"
vm_image
guests_check

# A reason that explains nothing any more is none.
while read -r row; do fail "differences.tsv: no guest differs so: $row"; done < <(
	grep -v '^#' "$CPC_SOURCE/tests/vm/differences.tsv" | LC_ALL=C sort | LC_ALL=C comm -23 - <(LC_ALL=C sort -u "$folder/excused"))
echo "models: $guests guests, $(wc -l <"$folder/excused") differences of flags, each with its reason, $failures failures, $SECONDS s"
finish
