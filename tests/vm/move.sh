# SPDX-License-Identifier: MIT
# Sourced by scripts that move guests, live and for real, between machines of QEMU's with other processors; it sources lib.sh.
#
#	. "$CPC_SOURCE/tests/vm/move.sh"
#	vm_image
#	move_boot a Haswell || exit 1           # the agent is ready, the exerciser is at work; its report in $folder/vm.a/report
#	move a b Nehalem                        # $outcome and $detail: what became of it on b
#	move_back a b                           # b is thrown away, a goes on where it was
#
# Emulation it always is: KVM executes what the machine under it can, whatever CPUID tells the guest.
. "${CPC_SOURCE:?}/tests/vm/lib.sh"
VM_ACCEL=tcg
VM_MEMORY=192
# A kernel that cannot execute its own instructions stops: what it would do after that is nobody's measure.
VM_APPEND=oops=panic
# How many seconds a guest may take until it has gone on, or died, where it was moved to; how many of them it may compute,
# however much others do meanwhile; and how many lines of the exerciser's, five loops each, are going on.
MOVE_PATIENCE=${MOVE_PATIENCE:-300}
VM_PATIENCE=$MOVE_PATIENCE
MOVE_CPU_PATIENCE=12
MOVE_LINES=3

# move_root: the programs of the exercise over the guest's root
move_root()
{
	local programs=${CPC_BIN:?}/tests
	[ -x "$programs/exercise" ] && [ -x "$programs/exercise32" ] || { echo "skipped: no $programs/exercise"; exit 77; }
	VM_ROOT=$folder/root
	mkdir -p "$VM_ROOT"
	cp "$programs/exercise" "$programs/exercise32" "$VM_ROOT"
	printf '#!/bin/sh\n/exercise32 &\nexec /exercise\n' >"$VM_ROOT/start"
	chmod +x "$VM_ROOT/start"
}

# lines NAME PATTERN: how many lines of its console have it
lines()
{
	tr -d '\0\r' <"$(vm_console "$1")" | grep -cE -e "$2"
}

# move_boot NAME CPU [LINES]: until it has exercised what it has, and its agent is ready
move_boot()
{
	local last
	[ -n "$VM_ROOT" ] || move_root
	vm_start "$1" "$2" && vm_wait "$1" || return 1
	vm_get "$1" /v1/report >"$folder/vm.$1/report" || return 1
	last=$((SECONDS + MOVE_PATIENCE))
	while [ "$(lines "$1" '^exercise: loop ')" -lt "${3:-1}" ] || [ "$(lines "$1" '^exercise: loop32 ')" -lt 1 ]; do
		[ $SECONDS -lt $last ] && vm_runs "$1" || { echo "$1 ($2) does not exercise:"; tail -n 5 "$(vm_console "$1")"; return 1; } >&2
		sleep 0.2
	done
	! grep -qE '^exercise: (sigill|signal|wrong|lost)' "$(vm_console "$1")" ||
		{ echo "$1 ($2) is no good before it is moved:"; grep ^exercise "$(vm_console "$1")"; return 1; } >&2
}

# Where the kernel died: the function, and the bytes that it could not execute.
panic_cause()
{
	if grep -q 'Attempted to kill init' "$1"; then
		echo "init: $(sed -n 's/.*Attempted to kill init! *//p' "$1" | head -n 1)"
		return
	fi
	echo "$(sed -n 's/.*RIP: 0010:\([^+]*\)+.*/\1/p' "$1" | head -n 1):$(sed -n 's/.*Code:.*<\(..\)>\(\( [0-9a-f][0-9a-f]\)\{1,4\}\).*/ \1\2/p' "$1" |
		head -n 1)"
}

# What failed of the exercise, in the order of its rows: sigill ROW, wrong ROW, ...
exercise_causes()
{
	sed -n 's/.*exercise: \(sigill\|wrong\|lost\|signal [0-9]*\) \([a-z0-9_]*\).*/\1 \2/p' "$1" | awk '!seen[$0]++' |
		awk '{ word = $0; sub(/ [^ ]*$/, "", word); list[word] = list[word] " " $NF; if (!(word in at)) { at[word] = ++n; words[n] = word } }
			END { for (i = 1; i <= n; i++) printf "%s%s%s", (i > 1 ? "; " : ""), words[i], list[words[i]]; print "" }'
}

# What a QEMU that ended had to say, without what it says of every processor.
qemu_cause()
{
	grep -v "TCG doesn't support requested feature" "$folder/vm.$1/log" | tail -n 1
}

# cpu_seconds NAME: what its QEMU has computed
cpu_seconds()
{
	sed 's/.*) //' "/proc/${vm_pids[$1]}/stat" 2>/dev/null | awk -v "tick=$(getconf CLK_TCK)" '{ print int(($12 + $13) / tick) }'
}

# Whether the kernel tries one instruction again and again, and nothing else: so where an exception's own handler raises it.
stuck()
{
	local at='' now _
	for _ in 1 2 3 4 5; do
		now=$(vm_qmp "$1" 'info registers' | sed -n 's/^\(RIP=[0-9a-f]*\).*CPL=0.*HLT=0.*/\1/p')
		[ -n "$now" ] && [ "$now" = "${at:-$now}" ] || return 1
		at=$now
	done
}

# hangs NAME SECONDS: after so many that it has computed
hangs()
{
	[ "$2" -ge $MOVE_CPU_PATIENCE ] || { [ "$2" -ge 2 ] && stuck "$1"; }
}

# What it does instead of going on.
hang_cause()
{
	vm_qmp "$1" '{"execute": "stop"}' 'info registers' 'x/1i $pc' |
		sed -n 's/^RIP=\([0-9a-f]*\).*\(CPL=.\).*/\1 \2/p; s/^0x[0-9a-f]*:  \([0-9a-f]\{2\} \)*  *\([a-z].*\)/\2/p' | xargs
}

# move_watch NAME: $outcome - lived, died (the program), panic (the kernel), reset, refused, hung - and $detail
move_watch()
{
	local last=$((SECONDS + MOVE_PATIENCE)) text="$folder/vm.$1/text" first='' gone computed
	computed=$(cpu_seconds "$1")
	while :; do
		gone=
		vm_runs "$1" || gone=yes
		tr -d '\0\r' <"$(vm_console "$1")" >"$text"
		if grep -q 'Kernel panic' "$text"; then
			outcome=panic detail=$(panic_cause "$text")
			return
		elif [ -n "$gone" ]; then
			detail=$(qemu_cause "$1") outcome=refused
			[ -n "$detail" ] || outcome=reset
			return
		elif grep -qE 'exercise: (sigill|signal|wrong|lost)' "$text"; then
			: "${first:=$(grep -c 'exercise: loop ' "$text")}"
			# Once around, every row has been tried.
			if [ "$(grep -c 'exercise: loop ' "$text")" -ge $((first + 2)) ] || [ $SECONDS -ge $last ]; then
				outcome=died detail=$(exercise_causes "$text")
				return
			fi
		elif [ "$(grep -c 'exercise: loop ' "$text")" -ge $MOVE_LINES ] && [ "$(grep -c 'exercise: loop32 ' "$text")" -ge 2 ]; then
			outcome=lived detail=
			return
		elif [ $SECONDS -ge $last ] || hangs "$1" "$(($(cpu_seconds "$1") - computed))"; then
			outcome=hung detail=$(hang_cause "$1")
			return
		fi
		sleep 0.2
	done
}

# move FROM NAME CPU: FROM moves to NAME, a new machine with that processor, while it runs
move()
{
	local place="$folder/vm.$2" socket="$folder/$2.move" status='' last=$((SECONDS + MOVE_PATIENCE))
	outcome=refused detail=
	rm -f "$socket"
	vm_start "$2" "$3" -incoming "unix:$socket" 2>"$folder/refusal" || { detail=$(tail -n 1 "$folder/refusal"); return; }
	vm_qmp "$1" '{"execute": "migrate-set-parameters", "arguments": {"max-bandwidth": 4000000000}}' \
		'{"execute": "migrate", "arguments": {"uri": "unix:'"$socket"'"}}' >/dev/null || { detail="no migration"; return; }
	while [ $SECONDS -lt $last ]; do
		status=$(vm_qmp "$1" '{"execute": "query-migrate"}' | jq -r .status)
		case $status in
		completed) move_watch "$2"; return ;;
		failed | cancelled) detail=$(qemu_cause "$2"); return ;;
		esac
		sleep 0.1
	done
	detail="the migration is $status after $MOVE_PATIENCE s"
}

# move_back FROM NAME: the source still has everything, as it was when it was stopped
move_back()
{
	vm_stop "$2"
	[ "$(vm_qmp "$1" '{"execute": "query-status"}' | jq -r .status)" = running ] ||
		vm_qmp "$1" '{"execute": "cont"}' >/dev/null
}

# verdict A B: of the first report to the second, under the policy of this QEMU; the comparison in $folder/comparison.A.B
verdict()
{
	"${CPC_BIN:?}/cpucompat" compare "$1" "$2" --policy kvm --format json >"$3" 2>/dev/null
	jq -r .a_to_b.verdict "$3"
}
