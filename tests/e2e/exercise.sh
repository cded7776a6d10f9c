#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The program that guests run while they are moved (vm/exercise.c), where nothing moves: every row answers rightly on this
# processor and on emulated ones that have it, and dies on one that has not.
set -u
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
exercise=${CPC_BIN:?}/tests/exercise
rows=$(sed -n 's/^EXERCISE(\([a-z0-9_]*\),.*/\1/p' "$CPC_SOURCE/tests/vm/exercise.def")

# alive WHAT COMMAND...: it uses rows, gets to the end, and nothing is wrong
alive()
{
	local what=$1
	shift
	timeout 120 "$@" 3 >"$folder/out" 2>"$folder/err" || fail "$what: exit code $?"
	equal "$what, but for its first line" "exercise: loop 3" "$(tail -n +2 "$folder/out")"
	sed -n '1s/^exercise: boot [A-Za-z]* xcr0 [0-9a-f]* //p' "$folder/out" | tr ' ' '\n' >>"$folder/used"
}

# On a processor without anything that can be left out, each row by its name.
dies()
{
	local row
	timeout 120 qemu-x86_64 -cpu Opteron_G1,-pni,-cx8,-cx16,-clflush,-rdtscp "$exercise" 3 $rows >"$folder/out" 2>"$folder/err"
	equal "exit code without the features" 1 $?
	equal "it goes on to the end" 1 "$(grep -c '^exercise: loop 3$' "$folder/out")"
	for row in $rows; do
		case $row in
		# Without them this program itself does not run.
		cmov | fxsr) ;;
		# Not to be told from what else is there: nothing answers otherwise without them.
		mmx | mmxext | 3dnowprefetch) equal "$row" 0 "$(grep -c " $row loop" "$folder/out")" ;;
		abm) equal "$row" 1 "$(grep -c "^exercise: wrong $row loop 1$" "$folder/out")" ;;
		*) equal "$row" 1 "$(grep -c "^exercise: sigill $row loop 1$" "$folder/out")" ;;
		esac
	done
}

alive "this processor" "$exercise"
command -v qemu-x86_64 >/dev/null || { echo "not tried on emulated processors: qemu-x86_64 is not installed (qemu-user)"; finish; }
version=$(qemu-x86_64 --version | sed -n '1s/.*version \([0-9.]*\).*/\1/p')
[ "$(printf '%s\n' 7.2 "$version" | sort -V | head -1)" = 7.2 ] || { echo "not tried on emulated processors: QEMU $version has no AVX"; finish; }
for cpu in core2duo Nehalem Westmere SandyBridge Haswell Icelake-Server,pku=on phenom Opteron_G3 EPYC max; do
	alive "$cpu" qemu-x86_64 -cpu "$cpu" "$exercise"
done
dies
echo "exercise: $(echo "$rows" | wc -l) rows, $(sort -u "$folder/used" | wc -l) of them executed and right on some processor; never:" \
	$(echo "$rows" | sort | comm -23 - <(sort -u "$folder/used"))
finish
