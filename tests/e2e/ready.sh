#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The requirement table as its user sees it: of this machine, of hosts as folders, of a cluster; exit codes and disks.
set -u
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
need jq
bin=${CPC_BIN:?}/cpucompat
make=$CPC_BIN/tests/site_make
make_disk=$CPC_BIN/tests/disk_make

# run CODE ARGUMENTS...: output in out, errors in err
run() {
	local expected=$1 code
	shift
	COLUMNS=80 "$bin" "$@" >"$folder/out" 2>"$folder/err"
	code=$?
	[ $code = "$expected" ] || fail "cpucompat $*: exit code $code instead of $expected: $(head -n 1 "$folder/err")"
}

# shows NEEDLE: the output has it
shows() {
	holds "the output" "$1" "$folder/out"
}

# row TITLE MINIMUM REALISTIC: the table says so
row() {
	grep -qE "^$1 +$2  +$3( |$)" "$folder/out" || fail "no '$1 $2 $3' in: $(grep -E "^$1" "$folder/out")"
}

# This machine, whatever it is: every row is there, none is wider than the terminal.
COLUMNS=80 "$bin" ready --policy hyperv-2008r2 >"$folder/out" 2>"$folder/err"
code=$?
case $code in 20 | 30) ;; *) fail "this machine alone is no cluster, and the exit code is $code" ;; esac
[ "$(sed -n '/^Row/,/^$/p' "$folder/out" | grep -c '^[A-Z]')" = 12 ] || fail "not all eleven rows are there"
[ -s "$folder/err" ] && fail "on standard error: $(head -n 1 "$folder/err")"
awk 'length > 80 { exit 1 }' "$folder/out" || fail "lines are wider than 80 columns"
COLUMNS=132 "$bin" ready --policy hyperv-2008r2 >"$folder/wide"
[ "$(wc -l <"$folder/wide")" -lt "$(wc -l <"$folder/out")" ] || fail "132 columns are not used"

# Hosts as folders.
for host in fc fc-lost iscsi kvm-guest container empty hostile leading-out; do
	mkdir "$folder/$host"
	"$make" "$host" "$folder/$host" || fail "site_make $host"
done
policy=(--policy hyperv-2008r2)
run 20 ready @ice-lake-sp --sysroot "$folder/fc" "${policy[@]}"
row Processor met "cannot see"
row "Network ports" met "not met"
row "Storage ports" met met
row "Shared storage" "cannot see" "cannot see"
row "Host system" "not met" "not met"
shows "run it on the host itself with --active"
run 20 ready @ice-lake-sp --sysroot "$folder/fc-lost" "${policy[@]}"
row "Storage ports" met "not met"
run 20 ready @ice-lake-sp --sysroot "$folder/iscsi" "${policy[@]}"
row "Storage ports" met "not met"
for host in kvm-guest container; do
	run 30 ready @ice-lake-sp --sysroot "$folder/$host" "${policy[@]}"
	row "Network ports" "cannot see" "cannot see"
	row "Storage ports" "cannot see" "cannot see"
	row "Shared storage" "cannot see" "cannot see"
	row "Host system" "cannot see" "cannot see"
	row Directory "cannot see" "cannot see"
done
# Whatever the folder, there is a table.
for host in $("$make"); do
	[ -d "$folder/$host" ] || { mkdir "$folder/$host" && "$make" "$host" "$folder/$host"; } || fail "site_make $host"
	COLUMNS=80 "$bin" ready @ice-lake-sp --sysroot "$folder/$host" --policy hyperv-2022 >"$folder/out" 2>"$folder/err"
	code=$?
	case $code in 0 | 10 | 20 | 30) ;; *) fail "$host: exit code $code" ;; esac
	[ -s "$folder/err" ] && fail "$host: $(head -n 1 "$folder/err")"
	awk 'length > 80 { exit 1 }' "$folder/out" || fail "$host: lines are wider than 80 columns"
done
run 30 ready @ice-lake-sp --sysroot "$folder/empty" "${policy[@]}"
shows "cannot be told"
# Nothing of an empty folder is met, but for the processor, which was given.
[ "$(sed -n '/^Servers/,/^$/p' "$folder/out" | grep -c ' met ')" = 1 ] || fail "an empty folder meets something"
run 20 ready @ice-lake-sp --sysroot "$folder/hostile" "${policy[@]}"

# Links lead nowhere out of a folder: what this machine has is not found in it.
run 66 ready --sysroot "$folder/leading-out" "${policy[@]}"
run 20 ready @ice-lake-sp --sysroot "$folder/leading-out" "${policy[@]}"
for title in "Network ports" "Host system" DNS "Shared storage"; do row "$title" "cannot see" "cannot see"; done
row Capacity "not asked" "cannot see"
mkdir -p "$folder/linked/proc" "$folder/linked/real"
cp /proc/cpuinfo "$folder/linked/real/cpuinfo"
ln -s /real/cpuinfo "$folder/linked/proc/cpuinfo"
run 30 ready --sysroot "$folder/linked" "${policy[@]}"

# What is assumed does not count; what is not asked is met.
run 20 ready @ice-lake-sp --sysroot "$folder/fc" --assume servers --assume virtual_disks
row Directory "not asked" "not asked"
run 0 ready @ice-lake-sp --sysroot "$folder/fc" --assume servers --assume virtual_disks --assume host_os
shows "Assumed to be met: servers, virtual_disks, host_os"

# Disks.
disks() {
	run "$1" ready @ice-lake-sp --sysroot "$folder/fc" --assume servers --assume host_os "${@:2}"
}
for image in vhd_fixed vhd_dynamic vhdx_dynamic; do "$make_disk" "$image" "$folder/$image" || fail "disk_make $image"; done
disks 0 --disk "$folder/vhd_fixed"
run 20 ready @ice-lake-sp --sysroot "$folder/fc" "${policy[@]}" --disk "$folder/vhd_dynamic"
row "Virtual disks" met "not met"
run 20 ready @ice-lake-sp --sysroot "$folder/fc" "${policy[@]}" --disk "$folder/vhdx_dynamic"
row "Virtual disks" "not met" "not met"
shows "convert the disk"
disks 66 --disk "$folder/missing"
disks 65 --disk "$folder/fc"

# Saved tables are a cluster: two machines and one twice. A folder is a host, whatever its processor was read from.
run 20 ready @ice-lake-sp --sysroot "$folder/fc/" "${policy[@]}" --format json
cp "$folder/out" "$folder/saved.json"
run 64 ready "$folder/saved.json" "$folder/saved.json"
holds "the error" "two hosts are called fc" "$folder/err"
sed 's/"fc"/"one"/; s/"machine_id": *[^,]*/"machine_id": "00000000000000000000000000000001"/' "$folder/saved.json" >"$folder/one.json"
sed 's/"fc"/"two"/; s/"machine_id": *[^,]*/"machine_id": "00000000000000000000000000000002"/' "$folder/saved.json" >"$folder/two.json"
run 20 ready "$folder/one.json" "$folder/two.json" "${policy[@]}"
row Servers met met
shows "one / two: same"
row "Network ports" met "not met"
grep -q "make the hosts alike" "$folder/out" && fail "one host differs from itself"
shows "names of the virtual switches"
run 64 ready "$folder/one.json" "$folder/one.json"
holds "the error" "are one machine" "$folder/err"

# A host that differs from the others is named, with what they have; iSCSI's only port is a caution.
cp -a "$folder/iscsi" "$folder/odd"
run 20 ready @ice-lake-sp --sysroot "$folder/odd" "${policy[@]}" --format json
sed 's/"machine_id": *[^,]*/"machine_id": "00000000000000000000000000000003"/' "$folder/out" >"$folder/odd.json"
run 20 ready "$folder/odd.json" "$folder/one.json" "$folder/two.json" "${policy[@]}" --verbose
tr -s '\n ' '  ' <"$folder/out" >"$folder/flat"
holds "the output" "Network ports in production of odd (links): 1 x 1000 Mbit/s, where one has 4 x 1000 Mbit/s" "$folder/flat"
holds "the output" "Storage ports in production of odd (ways by transport): 1 x iscsi, where one has 2 x fibre-channel" "$folder/flat"
holds "the output" "! Shared storage of odd (eno1): give iSCSI a port of its own" "$folder/flat"
head -c 2000 "$folder/one.json" >"$folder/half.json"
run 65 ready "$folder/half.json"
run 20 ready "$folder/one.json" "$folder/two.json" "${policy[@]}" --format json
[ "$(jq -r '[.schema, (.hosts | length), (.rows | length), .verdict] | join(" ")' "$folder/out")" = \
	"cpucompat/ready/1 2 11 not-ready" ] || fail "the document is another one"
[ "$(jq -r '[.rows[] | .cautions[].remedy] | join(" ")' "$folder/out")" = compare-the-switches-names ] ||
	fail "other cautions"
[ "$(jq -r '[.rows[] | select((.minimum == "met" | not) and .remedy == null)] | length' "$folder/out")" = 0 ] ||
	fail "a row without a remedy"

# What does not go together.
run 64 ready --assume nothing
run 64 ready @ice-lake-sp @milan --sysroot "$folder/fc"
run 64 ready @ice-lake-sp --sysroot "$folder/fc" --active
run 64 ready --update-name x.example.com
for name in "" . a..b x 'x y.example.com' '*.example.com' "$(printf '%0300d' 1).example.com"; do
	run 64 ready --active --update-name "$name"
done
run 66 ready --sysroot "$folder/empty"
# A folder that is none is not one of which nothing can be seen.
run 66 ready @ice-lake-sp --sysroot "$folder/nowhere"
holds "the error" "$folder/nowhere: no such folder" "$folder/err"
run 65 ready @ice-lake-sp --sysroot "$folder/one.json"
run 64 ready @ice-lake-sp --sysroot ""

finish
