#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A host that changes under a running agent: what the log, the report, the metrics and the page say of it.
set -u
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
need curl jq

daemon=${CPC_BIN:?}/cpucompatd
cli=$CPC_BIN/cpucompat


# reprobe TEXT: SIGHUP, and wait for the line that it gives
reprobe()
{
	: >"$folder/log"
	kill -HUP "$pid"
	logged "$1"
}

get()
{
	curl -sS --max-time 20 "$url$1"
}

history_of()
{
	get v1/report | jq -c ".history$1"
}

metric()
{
	get metrics | sed -n "s/^$1 //p"
}

etag_of()
{
	curl -sS -I --max-time 20 "$url$1" | sed -n 's/^etag: *//Ip' | tr -d '\r'
}

id()
{
	get v1/report | jq -r .fingerprints.cpuid.id
}

# put FILE: whole at once, as a host changes between two probes and not during one
put()
{
	cp "$1" "$folder/next"
	mv "$folder/next" "$folder/host"
}

cat >"$folder/dump" <<'DUMP'
CPU 0:
   0x00000000 0x00: eax=0x0000000d ebx=0x756e6547 ecx=0x6c65746e edx=0x49656e69
   0x00000001 0x00: eax=0x000606a6 ebx=0x00100800 ecx=0x7ffafbbf edx=0xbfebfbff
   0x00000006 0x00: eax=0x00000004 ebx=0x00000000 ecx=0x00000000 edx=0x00000000
   0x00000007 0x00: eax=0x00000000 ebx=0x219c07ab ecx=0x00000000 edx=0x00000000
   0x0000000a 0x00: eax=0x00000000 ebx=0x00000000 ecx=0x00000000 edx=0x00000000
   0x0000000d 0x00: eax=0x00000007 ebx=0x00000340 ecx=0x00000340 edx=0x00000000
   0x0000000d 0x01: eax=0x0000000f ebx=0x00000340 ecx=0x00000000 edx=0x00000000
   0x0000000d 0x02: eax=0x00000100 ebx=0x00000240 ecx=0x00000000 edx=0x00000000
   0x80000000 0x00: eax=0x80000008 ebx=0x00000000 ecx=0x00000000 edx=0x00000000
   0x80000001 0x00: eax=0x00000000 ebx=0x00000000 ecx=0x00000121 edx=0x2c100800
   0x80000007 0x00: eax=0x00000000 ebx=0x00000000 ecx=0x00000000 edx=0x00000000
   0x80000008 0x00: eax=0x0000302e ebx=0x00000000 ecx=0x00000000 edx=0x00000000
DUMP
# avx2 (bit 5) goes, rtm (bit 11) comes, and 46 address bits become 40.
sed 's/ebx=0x219c07ab/ebx=0x219c0f8b/; s/eax=0x0000302e/eax=0x00003028/' "$folder/dump" >"$folder/changed"
sed '/^   0x00000007 /d' "$folder/dump" >"$folder/cut"

nothing_yet()
{
	equal "changes at the start" '{"changes":0,"changed_at":null,"previous_id":null}' "$(history_of .views.cpuid)"
	equal "no kvm view" null "$(history_of .views.kvm)"
	equal "since" true "$(history_of '.since | test("^20..-..-..T..:..:..Z$")')"
	equal "changes_total" 0 "$(metric 'cpucompat_fingerprint_changes_total{view="cpuid"}')"
	equal "changes_total is a counter" 1 "$(get metrics | grep -c '^# TYPE cpucompat_fingerprint_changes_total counter$')"
	equal "no time yet" "" "$(metric 'cpucompat_fingerprint_change_timestamp_seconds{view="cpuid"}')"
	equal "stale" 0 "$(metric cpucompat_report_stale)"
	equal "the page" 1 "$(get '' | grep -c 'unchanged since 20')"
}

# A bit that went, a bit that came, a number that changed.
bits_and_numbers()
{
	local before old_text old_tags=() begin path i=0
	before=$(id)
	old_text=$(get v1/fingerprint)
	for path in v1/fingerprint v1/report metrics v1/snapshot ''; do old_tags+=("$(etag_of "$path")"); done
	begin=$(date +%s)
	put "$folder/changed"
	reprobe "; came: rtm 7.0.ebx[11]; went: avx2 7.0.ebx[5]; changed: pa 46 -> 40; it was $old_text"
	logged "<5>cpucompatd: the fingerprint of the cpuid view changed from $before to $(id); "
	equal "one line" 1 "$(grep -c . "$folder/log")"
	equal "one change" 1 "$(history_of .views.cpuid.changes)"
	equal "the id before" "\"$before\"" "$(history_of .views.cpuid.previous_id)"
	equal "changes_total" 1 "$(metric 'cpucompat_fingerprint_changes_total{view="cpuid"}')"
	local time
	time=$(metric 'cpucompat_fingerprint_change_timestamp_seconds{view="cpuid"}')
	[ "${time:-0}" -ge "$begin" ] && [ "$time" -le "$(date +%s)" ] || fail "the time of the change is '$time', not now"
	equal "the same time" "$time" "$(date -d "$(history_of .views.cpuid.changed_at | tr -d '"')" +%s)"
	for path in v1/fingerprint v1/report metrics v1/snapshot ''; do
		equal "/$path with the old ETag" 200 "$(curl -sS -o /dev/null -w '%{http_code}' -H "If-None-Match: ${old_tags[i]}" "$url$path")"
		i=$((i + 1))
	done
	equal "the page" 1 "$(get '' | grep -c "1 change since 20.*$before")"
}

# A probe that finds nothing new says nothing and counts nothing.
nothing_new()
{
	local tag
	tag=$(etag_of v1/fingerprint)
	: >"$folder/log"
	kill -HUP "$pid"
	# The next change comes after it.
	put "$folder/dump"
	kill -HUP "$pid"
	logged "; came: avx2 7.0.ebx[5]; went: rtm 7.0.ebx[11]; changed: pa 40 -> 46; "
	equal "two changes" 2 "$(history_of .views.cpuid.changes)"
	tag=$(etag_of v1/fingerprint)
	for _ in 1 2 3; do kill -HUP "$pid"; sleep 0.3; done
	equal "one line" 1 "$(grep -c . "$folder/log")"
	equal "still two changes" 2 "$(history_of .views.cpuid.changes)"
	equal "the same ETag" "$tag" "$(etag_of v1/fingerprint)"
}

# Unknown bits that become known never came, and known ones that are unread never went.
unknown_and_known()
{
	put "$folder/cut"
	reprobe "; no longer known: 7.0.ebx 0x219c07ab"
	grep -qE 'came:|went:' "$folder/log" && fail "unknown is told as gone: $(cat "$folder/log")"
	put "$folder/dump"
	reprobe "; now known: 7.0.ebx 0x219c07ab"
	grep -qE 'came:|went:' "$folder/log" && fail "known is told as come: $(cat "$folder/log")"
	equal "changes" 4 "$(history_of .views.cpuid.changes)"
}

# What cannot be read: the last report goes on, and says that it is old.
failing()
{
	local served
	served=$(get v1/fingerprint)
	echo nonsense >"$folder/bad"
	put "$folder/bad"
	reprobe "<4>cpucompatd: still serving the last report: "
	equal "the last fingerprint" "$served" "$(get v1/fingerprint)"
	equal "stale" 1 "$(metric cpucompat_report_stale)"
	equal "failures" 1 "$(metric cpucompat_probe_failures_total)"
	equal "failing" true "$(history_of '.failing_since != null')"
	equal "the page" 1 "$(get '' | grep -c 'no probe has worked since 20')"
	"$cli" probe --from "$url" >"$folder/text"
	grep -q 'out of date *no probe has worked since' "$folder/text" || fail "probe --from: $(cat "$folder/text")"
	put "$folder/dump"
	reprobe "<5>cpucompatd: probing works again; it had failed since 20"
	equal "fresh" 0 "$(metric cpucompat_report_stale)"
	equal "failures stay counted" 1 "$(metric cpucompat_probe_failures_total)"
	equal "not failing" null "$(history_of .failing_since)"
	equal "changes" 4 "$(history_of .views.cpuid.changes)"
}

# edit FILTER: the report as jq(1) changes it
edit()
{
	jq "$1" "$folder/report" >"$folder/edited"
	put "$folder/edited"
}

# What is no fingerprint of the cpuid view's: its own lines, and not counted.
other_facts()
{
	"$cli" probe --from "$folder/dump" --format json | jq '.leaves.kvm = .leaves.cpuid | .cpu.kinds[0].cpus = "0-3" |
		.cpu.microcode = "0xd0003a5" | .cpuinfo.vmx = true' >"$folder/report"
	put "$folder/report"
	reprobe "<5>cpucompatd: microcode changed from unknown to 0xd0003a5"
	logged "<5>cpucompatd: logical CPUs changed from 1 to 4; new: 1-3"
	logged "<5>cpucompatd: what KVM offers guests changed from not readable to readable"
	equal "the kvm view is watched" '{"changes":0,"changed_at":null,"previous_id":null}' "$(history_of .views.kvm)"
	edit '.cpu.microcode = "0xd0003b9"'
	reprobe "<5>cpucompatd: microcode changed from 0xd0003a5 to 0xd0003b9"
	edit '.cpu.microcode = "0xd0003b9" | .cpuinfo.vmx = false | .cpu.kinds[0].cpus = "0-1,3"'
	reprobe "<5>cpucompatd: VT-x changed from present to unknown"
	logged "<5>cpucompatd: logical CPUs changed from 4 to 3; gone: 2"
	equal "changes" '[4,0]' "$(history_of '.views | [.cpuid.changes, .kvm.changes]')"
	edit '(.leaves.kvm[] | select(.[0] == "0x7")[3]) = "0x219c0783"'
	reprobe "<5>cpucompatd: the fingerprint of the kvm view changed from "
	logged "; went: bmi1 7.0.ebx[3], avx2 7.0.ebx[5]; it was cpc1:"
	equal "changes" '[4,1]' "$(history_of '.views | [.cpuid.changes, .kvm.changes]')"
	equal "changes_total" 1 "$(metric 'cpucompat_fingerprint_changes_total{view="kvm"}')"
	[ -n "$(metric 'cpucompat_fingerprint_change_timestamp_seconds{view="kvm"}')" ] || fail "no time of the kvm view's change"
}

# compared FILTER POLICY: the relation to the host's report as jq(1) changes it, and the views that are compared
compared()
{
	# Without the texts, which would contradict leaves that were changed by hand.
	jq "$1 | del(.fingerprints)" "$folder/edited" >"$folder/sent"
	curl -sS --data-binary "@$folder/sent" "${url}v1/compare?policy=$2" | jq -r '[.relation, .a_to_b.views.a, .a_to_b.views.b] | join(" ")'
}

# A report in a body is compared by the view that the policy prefers.
comparisons_by_view()
{
	local same='del(.history)'
	# pni, bit 0 of 1.0.ecx, is taken from either view of the other one.
	local of_cpuid='(.cpu.kinds[].leaves, .leaves.cpuid | select(.)[] | select(.[0] == "0x1")[4]) = "0x7ffafbbe"'
	local of_kvm='(.leaves.kvm[] | select(.[0] == "0x1")[4]) = "0x7ffafbbe"'
	edit "$same"
	reprobe "avx2 7.0.ebx[5]"
	equal "kvm, the same host" "same kvm kvm" "$(compared "$same" kvm)"
	equal "kvm, another cpuid view" "same kvm kvm" "$(compared "$of_cpuid" kvm)"
	equal "kvm, another kvm view" "one-way kvm kvm" "$(compared "$of_kvm" kvm)"
	equal "vmware, another cpuid view" "compatibility-mode cpuid cpuid" "$(compared "$of_cpuid" vmware)"
	equal "vmware, another kvm view" "same cpuid cpuid" "$(compared "$of_kvm" vmware)"
}

# Without anybody asking, and with one line for all probes that fail the same way.
by_itself()
{
	put "$folder/dump"
	start --listen 127.0.0.1:0 --replay "$folder/host" --interval 1s
	put "$folder/changed"
	logged "; came: rtm 7.0.ebx[11]; went: avx2 7.0.ebx[5]; "
	put "$folder/bad"
	for _ in $(seq 100); do
		[ "$(metric cpucompat_probe_failures_total)" -ge 3 ] && break
		sleep 0.1
	done
	[ "$(metric cpucompat_probe_failures_total)" -ge 3 ] || fail "probes do not fail"
	equal "warnings" 1 "$(grep -c 'still serving' "$folder/log")"
	rm "$folder/host"
	logged "No such file"
	equal "warnings" 2 "$(grep -c 'still serving' "$folder/log")"
	stop
}

# An interval in the file holds from the next SIGHUP on.
interval_reloaded()
{
	put "$folder/dump"
	printf 'interval = 1d\n' >"$folder/conf"
	: >"$folder/log"
	"$daemon" --config "$folder/conf" --listen 127.0.0.1:0 --replay "$folder/host" 2>"$folder/err"
	equal "a unit that there is not" 65 $?
	printf 'interval = 24h\n' >"$folder/conf"
	start --listen 127.0.0.1:0 --config "$folder/conf" --replay "$folder/host"
	printf 'interval = 1s\n' >"$folder/conf"
	reprobe "interval changed"
	put "$folder/changed"
	logged "; came: rtm 7.0.ebx[11]; "
	stop
}

# A real message of the kernel's, where this machine lets us make one.
hotplug()
{
	local before after
	start --listen 127.0.0.1:0 --interval 24h
	if grep -q 'the kernel does not tell of CPUs here' "$folder/log"; then
		echo "hotplug: not tried: no netlink here"
	elif ! { echo change >/sys/devices/system/cpu/cpu0/uevent; } 2>/dev/null; then
		echo "hotplug: not tried: no message about a CPU can be made here"
	else
		before=$(metric cpucompat_last_probe_timestamp_seconds)
		for _ in $(seq 100); do
			after=$(metric cpucompat_last_probe_timestamp_seconds)
			[ "$after" -gt "$before" ] && break
			sleep 0.1
		done
		[ "$after" -gt "$before" ] || fail "a CPU's message does not make the agent probe"
		echo "hotplug: probed again $((after - before)) s after the first probe"
	fi
	stop
}

put "$folder/dump"
start --listen 127.0.0.1:0 --replay "$folder/host"
nothing_yet
bits_and_numbers
nothing_new
unknown_and_known
failing
other_facts
comparisons_by_view
stop
by_itself
interval_reloaded
hotplug

finish
