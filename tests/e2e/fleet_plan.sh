#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A fleet beside an earlier one, beside itself as it is planned, and the order in which its hosts are drained.
set -u
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
need jq
bin=${CPC_BIN:?}/cpucompat

subcommand=(fleet)

# tells SENTENCE: the output has it, however it is folded
tells() {
	tr -s '\n ' ' ' <"$folder/out" >"$folder/flat"
	holds "the output" "$1" "$folder/flat"
}

# says NEEDLE: one line on standard error, and nothing else anywhere
says() {
	holds "the error" "$1" "$folder/err"
	equal "lines of errors" 1 "$(wc -l <"$folder/err")"
	[ -s "$folder/out" ] && fail "there is output beside an error: $(head -n 1 "$folder/out")"
}

# member FILTER EXPECTED: of the document
member() {
	equal "$1" "$2" "$(jq -c "$1" "$folder/out")"
}

declare -A fingerprints
for name in ice-lake-sp cascade-lake-sp haswell-ep sapphire-rapids milan; do
	fingerprints[$name]=$("$bin" probe --from "@$name" --format fingerprint)
done
ice=${fingerprints[ice-lake-sp]}
cascade=${fingerprints[cascade-lake-sp]}
haswell=${fingerprints[haswell-ep]}

printf '%s\n' "web01 $ice" "web02 $ice" "web03 $ice" "db01 $cascade" "db02 $cascade" "old01 $haswell" >"$folder/before"
printf '%s\n' "web01 $ice" "web02 $ice" "web03 $cascade" "db01 $cascade" "old01 $haswell" \
	"new01 ${fingerprints[sapphire-rapids]}" >"$folder/now"

# A saved fleet: nothing changed, and then something did. It is a source, too.
run 0 "$folder/before" --format json
cp "$folder/out" "$folder/before.json"
run 0 "$folder/before" --since "$folder/before.json"
shows "no host came, went or changed"
run 0 "$folder/now" --since "$folder/before.json"
shows "changed: 1 host: web03"
shows "gone: 1 host: db02"
shows "came: 1 host: new01"
shows "gfni (7.0.ecx[8])"
shows "VMs started before move there only with a lower CPU model."
tells "web01 and 1 more -> web03: as it is before, with a lower CPU model now"
shows "  A       =  c  c  >"
[ "$(awk 'length > 80' "$folder/out" | grep -cv "$folder")" = 0 ] || fail "lines are longer than 80 columns"
run 0 "$folder/now" --since "$folder/before.json" --format json
member '[.change.changed[].hosts, .change.gone[].hosts, .change.appeared[].hosts]' '[["web03"],["db02"],["new01"]]'
member '[.change.changed[0] | .before, .now, .carries_on, (.cpuid.lost | length), .cpuid.gained[0].where]' \
	'[0,1,"compatibility-mode",16,"7.0.ebx[14]"]'
member '[.change.hosts.before, .change.hosts.now, (.change.before | length), .hosts]' '[6,6,3,6]'
cp "$folder/out" "$folder/now.json"
run 0 "$folder/now" --since "$folder/now.json"
shows "no host came, went or changed"
run 0 "$folder/before.json" --since "$folder/before.json"
shows "no host came, went or changed"
run 0 "$folder/before.json" --format json
cmp -s "$folder/out" "$folder/before.json" || fail "a saved fleet is not the fleet that it was"
run 0 "$folder/before" --since - <"$folder/now.json"
shows "gone: 1 host: new01"

# One host with two fingerprints, two hosts with one name: both count, nobody guesses.
{
	cat "$folder/before"
	echo "web02 $haswell"
} >"$folder/twice"
run 0 "$folder/twice"
shows "7 hosts, 3 classes"
shows "Names that more than one host has; each is counted"
shows "web02: 2 hosts, of A C"
run 0 "$folder/twice" --since "$folder/before.json"
shows "unclear: web02 is the name of 1 host before and of 2 now"
run 65 "$folder/twice" --remove web02
says "--remove web02: 2 hosts have this name"
run 0 "$folder/twice" --since "$folder/before.json" --format json
member '[.change.ambiguous, .change.changed]' '[[{"before":1,"now":2,"name":"web02"}],[]]'

# Hosts without names are counted, class by class.
awk '{ print $2 }' "$folder/before" >"$folder/nameless"
for i in {1..1200}; do cat "$folder/nameless"; done >"$folder/long"
run 0 "$folder/long" --format json
cp "$folder/out" "$folder/long.json"
head -n -1 "$folder/long" >"$folder/shorter"
run 0 "$folder/shorter" --since "$folder/long.json"
tells "without a name: 1200 hosts before, 1199 now, of GenuineIntel 6.63.2 Haswell-EP"
run 0 "$folder/shorter" --since "$folder/long.json" --format json
member '.change.nameless' '[{"before":2,"now":2,"hosts":{"before":1200,"now":1199}}]'

# A host that does not answer is not one that went; a fleet that was saved so is not whole.
run 0 "$folder/before" --since "$folder/before.json"
grep -q 'not read' "$folder/out" && fail "every source was read"
run 0 "$folder/now" "$folder/silent" --since "$folder/before.json"
tells "1 source was not read now: hosts that are gone may have been there, and baselines and pools leave them out"
run 0 "$folder/before" "$folder/silent" --since "$folder/before.json"
grep -q 'not read now' "$folder/out" && fail "none is gone"
run 0 "$folder/now" "$folder/silent" --format json
cp "$folder/out" "$folder/part.json"
run 0 "$folder/before" --since "$folder/part.json"
tells "1 source was not read then: hosts that came may have been there"
run 0 "$folder/before" --since "$folder/part.json" --format json
member '.change.unreadable' '{"before":1,"now":0}'
run 0 "$folder/part.json"
shows "6 hosts, 4 classes, 1 vendor, 1 unreadable"
tells "part.json: a saved fleet that is not whole: 1 source was not read when it was saved"
# As a source it counts as a whole or not at all.
awk '/"count"/ && ++n == 2 { sub("[0-9]+,", "-1,") } 1' "$folder/before.json" >"$folder/odd.json"
run 65 "$folder/odd.json"
shows "0 hosts, 0 classes, 0 vendors, 1 unreadable"
tells "classes[1].count is not a number of hosts"

# A document that is none, a newer one, a part of one, one that contradicts itself.
run 66 "$folder/now" --since "$folder/nothing"
says "no such file"
run 65 "$folder/now" --since "$folder/before"
says "is no saved fleet"
run 65 "$folder/now" --since /dev/null
sed 's|cpucompat/fleet/1|cpucompat/fleet/2|' "$folder/before.json" >"$folder/odd.json"
run 65 "$folder/now" --since "$folder/odd.json"
says "a newer cpucompat made it, so update this one"
head -c 2000 "$folder/before.json" >"$folder/odd.json"
run 65 "$folder/now" --since "$folder/odd.json"
says "a part of one"
sed 's/"id": "./"id": "g/' "$folder/before.json" >"$folder/odd.json"
run 65 "$folder/now" --since "$folder/odd.json"
says "another id than the one beside it"
sed 's/"count": [0-9]*/"count": "many"/' "$folder/before.json" >"$folder/odd.json"
run 65 "$folder/now" --since "$folder/odd.json"
says "classes[0].count is not a number of hosts"
"$bin" probe --from @milan --format json >"$folder/odd.json"
run 65 "$folder/now" --since "$folder/odd.json"
says 'has the schema "cpucompat/report/1"'

# The purchase question, and who goes.
run 0 "$folder/before" --add @sapphire-rapids --remove old01
shows "6 hosts, 3 classes"
shows "go: 1 host: old01"
shows "come: 1 host: @sapphire-rapids"
shows "takes VMs as they are of 3 of 5 other hosts"
shows "gains 30: hle rtm avx512f"
shows "--verbose shows the fleet as it will be."
grep -q '^  A  ' "$folder/out" && fail "the planned fleet is shown though nobody asked"
run 0 "$folder/before" --add @sapphire-rapids --remove old01 --verbose
shows "  A       =  c  >"
run 0 "$folder/before" --add @milan --add @milan --remove web01 --remove web01 --format json
member '[.hosts, .change.appeared[].hosts, .change.gone[].hosts]' '[7,["@milan","@milan#2"],["web01"]]'
member '.change.baselines | map([.vendor, .before != null, .now != null])' '[["GenuineIntel",true,true],["AuthenticAMD",false,true]]'
# The same, asked of a fleet that is so already.
grep -v web01 "$folder/before" >"$folder/planned"
printf '@milan %s\n' "${fingerprints[milan]}" >>"$folder/planned"
run 0 "$folder/planned" --format json
planned=$(jq -c '[.hosts, .matrix, .pools, .baselines]' "$folder/out")
run 0 "$folder/before" --add @milan --remove web01 --format json
member '[.hosts, .matrix, .pools, .baselines]' "$planned"
run 66 "$folder/before" --remove web1
says "near it: web01"
run 66 "$folder/before" --remove web01-web03
says "--remove web01-web03: no host of this name; a list has several so: give --remove with each"
run 66 "$folder/before" --remove zzzzzzzz
says "nor one near it, among 6"
run 66 "$folder/long" --remove web01
says "no host here has a name"
run 66 "$folder/before" --add @saphire-rapids
says "did you mean @sapphire-rapids?"
run 66 "$folder/before" --add "$folder/nothing"
says "no such file"
run 64 "$folder/before" --since "$folder/before.json" --remove web01
says "--since looks back"
run 64 "$folder/before" --remove web01 --format csv
says "are told as text and json"
run 64 "$folder/before" --match 'cluster="a"'
says "--match leaves out series of a Prometheus server, and no SOURCE here is one"
run 64 "$folder/before" --add - --add -
says "only once"

# A baseline of KVM's view and one of the processors' own are no two that can be told apart bit by bit.
jq -c '.classes |= map(.kvm = {id: .id, text: .fingerprint})' "$folder/before.json" >"$folder/kvm.json"
run 0 "$folder/before.json" --since "$folder/kvm.json"
tells "as before what KVM offers is no longer known"
run 0 "$folder/kvm.json" --add @sapphire-rapids
tells "of what KVM offers guests now, of the processors' CPUID then, as not every host has both views"
grep -q 'no feature that a VM may need' "$folder/out" && fail "baselines of two views are compared"
run 0 "$folder/kvm.json" --add @sapphire-rapids --format json
member '.change.baselines | map([.gained, .lost])' '[[null,null]]'
run 0 "$folder/kvm.json" --remove old01 --format json
member '.change.baselines | map([(.gained | length) > 0, .lost])' '[[true,[]]]'

# What was not read of one host is not known of the baseline, and is no feature that comes or goes.
unread=$(sed 's/^\(cpc1:[^:]*:[^:]*\):[0-9a-f]*-/\1:x-/' <<<"$cascade")
printf 'part01 %s\n' "$unread" >"$folder/part"
printf '%s\n' "db01 $cascade" "db02 $cascade" >"$folder/whole"
run 0 "$folder/whole" "$folder/part"
tells "without B it gains 16 that were not read of it: pni"
run 0 "$folder/whole" --add "$folder/part"
tells "loses 16 that were not read of a host: pni"
grep -q 'no feature that a VM may need' "$folder/out" && fail "what was not read is said to stay"
run 0 "$folder/whole" "$folder/part" --remove part01 --format json
member '.change.baselines | map([.gained, .lost, (.learned | length), .forgotten])' '[[[],[],16,[]]]'

# A number of the baseline that falls is told, too.
sed 's/pa=46/pa=39/' <<<"low01 $cascade" >"$folder/low"
run 0 "$folder/whole" --add "$folder/low"
shows "no feature that a VM may need comes or goes"
shows "numbers: pa (46 -> 39)"

# The order: a round of all, old01 first, whose VMs come home again.
run 0 "$folder/before" --order
shows "1.  drain 1 host: old01"
shows "2.  drain 3 hosts, one at a time: web01-web03"
shows "VMs of old01 that are there go back"
shows "From step 1 on some VMs cannot return after a power cycle"
run 0 "$folder/before" --order --format json
member '[.order.exists, .order.round, (.order.steps | map([.action, .hosts[0], (.moves | length)])), .order.away, .order.blocks]' \
	'[true,true,[["drain","old01",1],["drain","web01",2],["drain","db01",1]],[],[]]'
run 20 "$folder/before" --order --remove web01 --remove web02 --remove web03
shows "VMs of web01 and 2 like it have nowhere to go as they are"
tells "db01 and 1 like it comes nearest"
shows "gfni (7.0.ecx[8])"
tells "or restart their VMs with a lower CPU model"
run 20 "$folder/before" --order --remove web01 --remove web02 --remove web03 --format json
member '[.order.exists, .order.steps, (.order.blocks[] | .hosts, .nearest, .verdict, (.reasons | length))]' \
	'[false,[],["web01","web02","web03"],1,"compatibility-mode",16]'
run 0 "$folder/before" --order --add @sapphire-rapids --remove web01 --remove web02 --remove web03
shows "1.  add 1 host: @sapphire-rapids"
shows "2.  drain 3 hosts, one at a time: web01 web02 web03"
run 0 "$folder/before" --order --remove web01
shows "its VMs go to others of web01 and 2 like it, which stay"
shows "At every step each VM could return"
run 20 @milan --order
shows "there is no other host."
# Two of one class of which an MSR was not read may differ in it.
unread=$(sed 's/^\(cpc1:[^:]*:[^:]*\):\([^:]*\):/\1:\2-x:/' <<<"$cascade")
printf '%s\n' "a $unread" "b $unread" >"$folder/unread"
run 30 "$folder/unread" --order
shows "because of what was not read"
tells "another like it might take them, and that depends on what was not read: msr.10a What to do: run \`cpucompat probe --format json\`"
run 0 "$folder/unread" @milan
tells "A (2 hosts; whether VMs move between them depends on what was not read)"

# Where VT-x is off no VM runs: none is stuck there, and none goes back there.
printf '%s\n' "on01 $cascade" "on02 $cascade" "off01 $ice" >"$folder/hosts"
run 0 "$folder/hosts" --format json
awk '/"hardware_virtualization"/ && ++n == 2 { sub("unknown", "disabled-by-firmware") } 1' "$folder/out" >"$folder/off.json"
run 0 "$folder/off.json" --order
shows "drain 1 host: off01"
shows "no VM runs there: VT-x is disabled by firmware"
run 20 "$folder/off.json" --order --remove on01 --remove on02
shows "VMs of on01 and 1 like it have nowhere to go"
shows "VT-x is disabled by firmware"
tells "What to do: add a host like those (--add asks what it changes), or switch on there what is off."
run 20 "$folder/hosts" @milan --order --remove @milan
shows "another vendor"
tells "What to do: add a host like those (--add asks what it changes)."
run 20 "$folder/hosts" --order --remove on01 --remove on02 --remove off01
shows "there is no other host."
tells "What to do: add a host like those (--add asks what it changes)."

# None, one, vendors that mix, a newer version, foreign files, and half of the hosts unreachable.
: >"$folder/none"
run 66 "$folder/nothing" --order
shows "0 hosts"
shows "Order: there is no host"
run 66 "$folder/nothing" --since "$folder/before.json"
shows "gone: 3 hosts: web01-web03"
run 0 @milan
shows "1 host, 1 class, 1 vendor"
printf '%s\n' "a $ice" "b ${fingerprints[milan]}" >"$folder/mixed"
run 0 "$folder/mixed"
shows "2 vendors"
shows "Baseline of AuthenticAMD"
sed 's/cpc1:/cpc2:/' "$folder/mixed" | cat - "$folder/before" >"$folder/newer"
run 0 "$folder/newer"
shows "6 hosts, 3 classes, 1 vendor, 2 unreadable"
tells "line 1: fingerprint version cpc2 is not known here (this program reads cpc1); a newer cpucompat made it, so update this one"
# More words than are known: kept, and compared.
words=$(sed 's/^cpc1:[^:]*:[^:]*:\([^:]*\):.*/\1/' <<<"$ice")
padding=$(printf -- '-0%.0s' $(seq $((100 - $(tr -cd - <<<"$words" | wc -c)))))
longer=$(sed "s/:$words:/:$words$padding-5:/" <<<"$ice")
printf '%s\n' "web01 $ice" "web02 $longer" >"$folder/longer"
run 0 "$folder/longer"
run 0 "$folder/longer" --since "$folder/before.json"
tells "changed: 1 host: web02"
run 0 "$folder/longer" --format json
member '[(.classes | length), .matrix, .classes[1].fingerprint]' "[2,[[\"=\",\">\"],[\"c\",\"=\"]],\"$longer\"]"
mkdir "$folder/foreign"
head -c 5000 /dev/urandom >"$folder/foreign/noise.bin"
echo '<html>' >"$folder/foreign/page.html"
echo '{"schema":"somebody/else/1"}' >"$folder/foreign/other.json"
echo "$ice" >"$folder/foreign/web01.txt"
run 0 "$folder/foreign"
shows "1 host, 1 class, 1 vendor, 3 unreadable"
shows "somebody/else/1"
run 0 "$folder/foreign/web01.txt" http://127.0.0.1:1 "unix:$folder/no" --order --add @ice-lake-sp
shows "2 unreadable"
shows "http://127.0.0.1:1: connection refused"

finish
