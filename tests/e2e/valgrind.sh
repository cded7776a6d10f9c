#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The real programs under valgrind: no error, nothing lost.
set -euo pipefail
command -v valgrind >/dev/null || { echo "skipped: valgrind is not installed"; exit 77; }
bin=$CPC_PLAIN_BIN
if nm "$bin/cpucompat" 2>/dev/null | grep -q __asan_init; then
	echo "skipped: $bin is built with AddressSanitizer, which does not run under valgrind"
	exit 77
fi
work=$(mktemp -d)
agent=
trap '[ -z "$agent" ] || kill "$agent" 2>/dev/null || true; rm -rf "$work"' EXIT
grind="valgrind --quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,possible"

# check CODE COMMAND...
check() {
	local code=$1 got
	shift
	$grind "$@" >"$work/out" 2>"$work/err" && got=0 || got=$?
	[ "$got" = "$code" ] || { echo "$*: exit $got, wanted $code"; cat "$work/err"; exit 1; }
}
check 0 "$bin/cpucompat" probe --timing
check 0 "$bin/cpucompat" probe --format json
cp "$work/out" "$work/report.json"
check 0 "$bin/cpucompat" probe --from "$work/report.json" --format fingerprint
check 0 "$bin/cpucompat" compare @milan @genoa --format json
check 0 "$bin/cpucompat" catalogue epyc --accepts @milan --accepted-by @rome --verbose
check 20 "$bin/cpucompat" compare @milan @skylake-sp
check 0 "$bin/cpucompat" baseline @milan @genoa @turin
check 0 "$bin/cpucompat" baseline @milan @genoa --format qemu --cpu-map none
[ ! -e /usr/share/libvirt/cpu_map/index.xml ] || check 0 "$bin/cpucompat" baseline @milan @genoa --format libvirt
check 65 "$bin/cpucompat" compare @milan /dev/null

# The agent, whose filter of system calls knows nothing of valgrind's, asked once for everything, and stopped.
: >"$work/agent"
$grind --log-file="$work/grind" "$bin/cpucompatd" --no-sandbox --listen 127.0.0.1:0 2>"$work/agent" &
agent=$!
for _ in $(seq 200); do
	url=$(sed -n 's/.*listening on \(http[^ ]*\).*/\1/p' "$work/agent")
	[ -n "$url" ] && break
	sleep 0.1
done
[ -n "$url" ] || { echo "the agent did not start under valgrind"; cat "$work/agent"; exit 1; }
for path in / v1/report v1/fingerprint v1/snapshot metrics healthz readyz nothing "v1/compare?with=nonsense"; do
	curl -s -o /dev/null "${url%/}/${path#/}"
done
curl -s -o /dev/null --data-binary @"$work/report.json" "${url%/}/v1/compare?policy=kvm"
check 0 "$bin/cpucompat" probe --from "${url%/}" --format fingerprint
printf 'one %s\n# another\n%s\ntwo http://127.0.0.1:1\n' "${url%/}" "${url%/}" >"$work/hosts.txt"
check 0 "$bin/cpucompat" fleet "$work/hosts.txt" --timeout 60
check 69 "$bin/cpucompat" fleet "prometheus+${url%/}" --match 'a="b"' --timeout 60
kill -TERM "$agent"
wait "$agent" && got=0 || got=$?
agent=
[ "$got" = 0 ] || { echo "the agent ended with exit $got"; cat "$work/grind" "$work/agent"; exit 1; }
echo "valgrind: clean"
