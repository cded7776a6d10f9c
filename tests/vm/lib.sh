# SPDX-License-Identifier: MIT
# Sourced by scripts that boot guests; it sources tests/lib.sh, whose $folder, fail, equal, holds and finish it keeps. What
# it starts ends with the script. For example:
#
#	. "$CPC_SOURCE/tests/vm/lib.sh"
#	vm_image                                # the kernel and root; exit 77 where there can be none
#	vm_start a EPYC,+svm,+npt               # QEMU has started
#	vm_wait a || exit 1                     # the agent in it is ready
#	vm_get a /v1/report >"$folder/report"
#	vm_do a 'grep flags /proc/cpuinfo'      # a shell in the guest; its exit code
#	vm_qmp a '{"execute": "query-status"}'  # or text for the human monitor: vm_qmp a 'info registers'
#	vm_stop a
#
# A guest that another is to move into: vm_start b Nehalem -incoming "unix:$folder/move", then vm_qmp a
# '{"execute": "migrate", "arguments": {"uri": "unix:'"$folder"'/move"}}'; vm_ports b, vm_get b as of any other.
# Guests are ended with the shell that started them: a guest that is started in a subshell is for that subshell alone.
#
# Settings, before vm_start: how many CPUs and MiB the guest has; a folder that is laid over its root, where an executable
# /start runs beside the agent (programs that are linked statically need nothing else); more words for its kernel's command
# line; kvm or tcg (else KVM where a trial shows that it works).
VM_CPUS=1
VM_MEMORY=256
VM_ROOT=
VM_APPEND=
VM_ACCEL=${VM_ACCEL:-}
# How long an agent may take to be ready, in seconds.
VM_PATIENCE=180

. "${CPC_SOURCE:?}/tests/lib.sh"
vm_cache=${CPC_VM_CACHE:-$CPC_SOURCE/build/vm}
declare -A vm_pids=()
trap 'vm_stop_all; [ -z "$pid" ] || kill -KILL "$pid" 2>/dev/null; rm -rf "$folder"' EXIT

# vm_image [BIN]: $vm_kernel, and $folder/initrd with the programs in BIN, a build without sanitizers
vm_image()
{
	local bin=${1:-${CPC_PLAIN_BIN:?}} code=0
	need qemu-system-x86_64 curl socat python3 jq setpriv
	! ldd "$bin/cpucompatd" | grep -qE 'lib(a|ub)san' ||
		{ echo "skipped: set CPC_PLAIN_BIN to a build without sanitizers for the guest"; exit 77; }
	# The lock keeps the agent's archive from being that of another test.
	{
		flock 8
		"$CPC_SOURCE/tests/vm/image.sh" "$vm_cache" "$bin" || code=$?
		[ $code != 0 ] || cat "$vm_cache/base.cpio" "$vm_cache/agent.cpio" >"$folder/initrd"
	} 8>"$vm_cache.lock"
	[ $code = 0 ] || exit $code
	vm_kernel=$vm_cache/kernel
}

# vm_machine ARGUMENT...: becomes QEMU, which ends with this shell
vm_machine()
{
	exec setpriv --pdeathsig KILL qemu-system-x86_64 -machine q35 -nodefaults -display none -no-reboot -kernel "$vm_kernel" \
		"$@" </dev/null
}

# vm_kvm_boots: whether a kernel says a word under KVM: a /dev/kvm may open and run nothing. In a subshell for what bash says of
# a QEMU that aborts.
vm_kvm_boots()
(
	exec 2>/dev/null
	[ -w /dev/kvm ] || exit 1
	vm_machine -accel kvm -cpu host -m 128 -serial "file:$folder/trial" -append "console=ttyS0" >/dev/null &
	for _ in $(seq 100); do
		! grep -q 'Kernel command line' "$folder/trial" || break
		kill -0 $! || break
		sleep 0.1
	done
	kill -KILL $!
	grep -q 'Kernel command line' "$folder/trial"
)

# vm_accel: kvm where that works, else tcg; tried once each time that this machine has booted
vm_accel()
{
	local known=$vm_cache/accel boot
	boot=$(cat /proc/sys/kernel/random/boot_id)
	if [ "$(sed -n 2p "$known" 2>/dev/null)" != "$boot" ]; then
		! vm_kvm_boots || echo kvm >"$folder/accel"
		[ -e "$folder/accel" ] || echo tcg >"$folder/accel"
		echo "$boot" >>"$folder/accel"
		mv "$folder/accel" "$known"
	fi
	head -n 1 "$known"
}

# vm_start NAME CPU [QEMU-ARGUMENT...]: 1, with what QEMU says, where it does not start. The kernel's test of its timer fails
# where this machine is too busy to let a guest run for its length, so no_timer_check.
vm_start()
{
	local name=$1 cpu=$2 place="$folder/vm.$1" initrd="$folder/initrd" _
	shift 2
	rm -rf "$place"
	mkdir "$place"
	: "${VM_ACCEL:=$(vm_accel)}"
	if [ -n "$VM_ROOT" ]; then
		initrd=$place/initrd
		{
			cat "$folder/initrd"
			(cd "$VM_ROOT" && find . -mindepth 1 | LC_ALL=C sort | "$vm_cache/busybox" cpio -o -H newc -R 0:0 2>/dev/null)
		} >"$initrd"
	fi
	vm_machine -accel "$VM_ACCEL" -cpu "$cpu" -smp "$VM_CPUS" -m "$VM_MEMORY" -initrd "$initrd" \
		-append "console=ttyS0 panic=-1 no_timer_check $VM_APPEND" -serial "file:$place/console" -qmp "unix:$place/qmp,server=on,wait=off" \
		-netdev user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:0-:10789,hostfwd=tcp:127.0.0.1:0-:10790 \
		-device virtio-net-pci,netdev=net,romfile= "$@" >"$place/log" 2>&1 &
	vm_pids[$name]=$!
	for _ in $(seq 300); do
		[ ! -S "$place/qmp" ] || break
		kill -0 "${vm_pids[$name]}" 2>/dev/null || break
		sleep 0.1
	done
	vm_ports "$name" 2>/dev/null && return
	echo "QEMU does not start $name ($cpu):" >&2
	cat "$place/log" >&2
	vm_stop "$name"
	return 1
}

# vm_qmp NAME COMMAND...: what QEMU's monitor answers (qmp.py)
vm_qmp()
{
	local socket="$folder/vm.$1/qmp"
	shift
	"$CPC_SOURCE/tests/vm/qmp.py" "$socket" "$@"
}

# vm_ports NAME: where the agent and the shell in it are on loopback, in its folder's `agent` and `shell`
vm_ports()
{
	local place="$folder/vm.$1"
	vm_qmp "$1" 'info usernet' >"$place/usernet" || return
	awk '/HOST_FORWARD/ && $6 == 10789 { print $4 }' "$place/usernet" >"$place/agent"
	awk '/HOST_FORWARD/ && $6 == 10790 { print $4 }' "$place/usernet" >"$place/shell"
	[ -s "$place/agent" ] && [ -s "$place/shell" ]
}

# vm_url NAME: of its agent
vm_url()
{
	echo "http://127.0.0.1:$(cat "$folder/vm.$1/agent")"
}

# vm_get NAME PATH [CURL-ARGUMENT...]: what its agent answers
vm_get()
{
	local url
	url=$(vm_url "$1")$2
	shift 2
	curl -fsS --max-time 60 "$@" "$url"
}

# vm_runs NAME: whether its QEMU does
vm_runs()
{
	kill -0 "${vm_pids[$1]:-0}" 2>/dev/null && [ -n "${vm_pids[$1]:-}" ]
}

# vm_wait NAME: until the agent in it is ready; 1, with the console's end, where that takes too long or the guest ends or panics
vm_wait()
{
	local last=$((SECONDS + VM_PATIENCE))
	while vm_runs "$1" && [ $SECONDS -lt $last ] && ! grep -q 'Kernel panic' "$(vm_console "$1")"; do
		! vm_get "$1" /readyz --max-time 5 >/dev/null 2>&1 || return 0
		sleep 0.3
	done
	echo "$1 is not ready after $VM_PATIENCE seconds, or has ended or panicked:" >&2
	tail -n 15 "$(vm_console "$1")" "$folder/vm.$1/log" >&2
	return 1
}

# vm_do NAME COMMANDS: run them in its shell: what they print, and their exit code
vm_do()
{
	local answer last
	answer=$(printf '%s\necho "exit code $?"\n' "$2" |
		socat -t 60 - "TCP:127.0.0.1:$(cat "$folder/vm.$1/shell")") || return 69
	last=${answer##*$'\n'}
	[[ $last == "exit code "* ]] || { printf '%s\n' "$answer"; return 69; }
	answer=${answer%"$last"}
	printf '%s' "$answer"
	return "${last#exit code }"
}

# vm_console NAME: the file with what it printed on its console
vm_console()
{
	echo "$folder/vm.$1/console"
}

# vm_stop NAME
vm_stop()
{
	local machine=${vm_pids[$1]:-}
	[ -n "$machine" ] || return 0
	unset "vm_pids[$1]"
	kill -KILL "$machine" 2>/dev/null
	wait "$machine" 2>/dev/null
	return 0
}

vm_stop_all()
{
	local name
	for name in "${!vm_pids[@]}"; do vm_stop "$name"; done
}
