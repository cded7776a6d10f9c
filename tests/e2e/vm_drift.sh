#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# An agent in a guest that is moved, live, to a machine with another processor: it notices, at once when told (SIGHUP) and at its
# next probe when not, and says which bits went and came; its metrics, its report and its peers show it.
set -u
. "${CPC_SOURCE:?}/tests/vm/move.sh"
vm_image

# Nothing that runs here uses fma and f16c, which go and come back; nobody is to die of it.
full=Haswell
less=Haswell,-fma,-f16c

metric()
{
	vm_get "$1" /metrics | sed -n "s/^$2 //p"
}

# until_shown WHAT COMMAND...: a minute and more, for what takes seconds
until_shown()
{
	local what=$1 last=$((SECONDS + MOVE_PATIENCE))
	shift
	while ! "$@"; do
		[ $SECONDS -lt $last ] || { fail "$what: not shown after $MOVE_PATIENCE s"; return 1; }
		sleep 0.3
	done
}

console_has()
{
	tr -d '\0\r' <"$(vm_console "$1")" | grep -qF -e "$2"
}

# relation RELATION: what the agent on the other host says of its peer, the guest
relation()
{
	curl -fsS --max-time 20 "${url}metrics" |
		grep -qxF "cpucompat_peer_relation{peer=\"guest\",policy=\"kvm\",relation=\"$1\"} 1"
}

# move_to NAME CPU FROM: live, and under the address at which the guest was before
move_to()
{
	local state=''
	vm_start "$1" "$2" -incoming "unix:$folder/$1.move" || exit 1
	vm_qmp "$3" '{"execute": "migrate", "arguments": {"uri": "unix:'"$folder/$1.move"'"}}' >/dev/null
	while [ "$state" != completed ]; do
		state=$(vm_qmp "$3" '{"execute": "query-migrate"}' | jq -r .status)
		[ "$state" != failed ] || { fail "QEMU does not move the guest to $2"; cat "$folder/vm.$1/log"; exit 1; }
		sleep 0.2
	done
	vm_stop "$3"
	vm_qmp "$1" "hostfwd_add net tcp:127.0.0.1:$address-:10789" >/dev/null
}

# No agent of a busy machine is to find it out by itself before it is told.
VM_ROOT=$folder/root
mkdir -p "$VM_ROOT/etc/cpucompat"
{ cat "$CPC_SOURCE/tests/vm/cpucompat.conf"; echo "interval = 24h"; } >"$VM_ROOT/etc/cpucompat/cpucompat.conf"
vm_start a "$full" && vm_wait a || exit 1
address=$(cat "$folder/vm.a/agent")
vm_get a /v1/report >"$folder/report.a"
text=$(vm_get a /v1/fingerprint)
id=$(jq -r .fingerprints.cpuid.id "$folder/report.a")
equal "changes at the start" 0 "$(metric a 'cpucompat_fingerprint_changes_total{view="cpuid"}')"

# Another host, which is as the guest is now.
start --listen 127.0.0.1:0 --replay "$folder/report.a" --peer "guest http://127.0.0.1:$address" --peer-interval 1s
until_shown "a peer that is the same" relation same

move_to b "$less" a
equal "nobody has told it" "$id" "$(vm_get b /v1/report | jq -r .fingerprints.cpuid.id)"
vm_do b 'kill -HUP $(cat /run/agent.pid)' || fail "no SIGHUP"
until_shown "the change, after SIGHUP" console_has b '; went: fma 1.0.ecx[12], f16c 1.0.ecx[29]; it was '"$text"
vm_get b /v1/report >"$folder/report.b"
console_has b "the fingerprint of the cpuid view changed from $id to $(jq -r .fingerprints.cpuid.id "$folder/report.b"); went: " ||
	fail "the line: $(grep changed "$(vm_console b)")"
equal "what is left" "$(jq -c '.features.cpuid - ["fma", "f16c"]' "$folder/report.a")" "$(jq -c .features.cpuid "$folder/report.b")"
equal "the id before" "$id" "$(jq -r .history.views.cpuid.previous_id "$folder/report.b")"
equal "changes" 1 "$(metric b 'cpucompat_fingerprint_changes_total{view="cpuid"}')"
equal "the fingerprint's own metric" 1 \
	"$(vm_get b /metrics | grep -cF "cpucompat_fingerprint_info{view=\"cpuid\",id=\"$(jq -r .fingerprints.cpuid.id "$folder/report.b")\"")"
until_shown "a peer that has become less" relation one-way
curl -fsS "${url}v1/peers" | jq -c '.peers[0].last' >"$folder/peer"
holds "the peer's row" "$(jq -r .fingerprints.cpuid.id "$folder/report.b")" "$folder/peer"

# By itself, at the next probe.
vm_do b 'echo "interval = 2s" >>/etc/cpucompat/cpucompat.conf; sed -i "/24h/d" /etc/cpucompat/cpucompat.conf
	kill -HUP $(cat /run/agent.pid)' || fail "no SIGHUP"
until_shown "the new interval" console_has b 'interval changed'
move_to c "$full" b
until_shown "the change, at the next probe" console_has c '; came: fma 1.0.ecx[12], f16c 1.0.ecx[29]; it was cpc1:'
equal "the fingerprint that it had at first" "$text" "$(vm_get c /v1/fingerprint)"
equal "changes" 2 "$(metric c 'cpucompat_fingerprint_changes_total{view="cpuid"}')"
until_shown "a peer that is the same again" relation same
stop
finish
