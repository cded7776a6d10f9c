#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Layouts beside each other as a buyer sees them, and a cluster whose VMs are named.
set -u
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
need jq

subcommand=(plan)

# says CODE NEEDLE ARGUMENTS...: one line on standard error, and nothing else anywhere
says() {
	local needle=$2
	run "$1" "${@:3}"
	holds "the error of ${*:3}" "$needle" "$folder/err"
	equal "lines of errors of ${*:3}" 1 "$(wc -l <"$folder/err")"
	[ -s "$folder/out" ] && fail "there is output beside an error: $(head -n 1 "$folder/out")"
}

# member FILTER EXPECTED: of the document
member() {
	equal "$1" "$2" "$(jq -c "$1" "$folder/out")"
}

cat >"$folder/vms" <<END
# what six hosts of two sockets and 32 GB carried
web      2GiB  1 x30
db       8GiB  4 x4
mail    16384M 2
END

# The example that began it: the same sockets and memory, the same VMs, half the licences, and twice as much lost.
founding=(--policy hyperv-2008r2 --hosts 6x2x32GiB --hosts 3x4x64GiB --license-per-host 1000 --cores-per-socket 4
	--vms "$folder/vms")
run 0 "${founding[@]}" --hosts 1x12x192GiB
cat >"$folder/expected" <<END
3x4x64GiB is the cheapest on which all VMs fit with one host gone
  under hyperv-2008r2 (Hyper-V 2.0 (Windows Server 2008 R2))
  35 VMs with 48 vCPUs and 108 GiB (109.67 GiB with what the platform takes
  beside); a host keeps 2 GiB, and 8 vCPUs share a CPU

Layout       Hosts  Sockets  Cores   Memory  Licences  Cost
6x2x32GiB        6       12     48  192 GiB         6  6000
3x4x64GiB        3       12     48  192 GiB         3  3000
1x12x192GiB      1       12     48  192 GiB         1  1000

Layout       A host is  VMs restart   Full   then  Spare  With one gone
6x2x32GiB          1/6      6 to 14  60.9%  73.1%      2  all VMs fit
3x4x64GiB          1/3     12 to 30  58.9%  88.4%      1  all VMs fit
1x12x192GiB        1/1           35  57.7%      -      0  refused
VMs restart: when a host fails, spread evenly to at most. Full: of the memory
for VMs, and then with one host gone. Spare: hosts that can be gone.

  6x2x32GiB costs 3000 more and loses 1/6 of its capacity with a host, not 1/3.
  1x12x192GiB is refused: a single host is no redundancy, for nothing is left
    when it fails, and its VMs have nowhere to migrate to.
END
diff -u "$folder/expected" "$folder/out" || fail "the founding example reads otherwise"
run 0 "${founding[@]}" --hosts 1x12x192GiB
cp "$folder/out" "$folder/again"
run 0 "${founding[@]}" --hosts 1x12x192GiB
cmp -s "$folder/again" "$folder/out" || fail "the same question has another answer"
columns=132 run 0 "${founding[@]}"
awk 'length > 80 { wide = 1 } END { exit !wide }' "$folder/out" || fail "132 columns are not used"

run 0 "${founding[@]}" --hosts 1x12x192GiB --format json
member '[.schema, .policy, .verdict, .cheapest]' '["cpucompat/plan/1","hyperv-2008r2","fits",1]'
member '[.layouts[] | [.hosts, .total.sockets, .licenses.host, .cost, .one_gone.fit, .spare_hosts.at_least, .refused]]' \
	'[[6,12,6,"6000","fits",2,null],[3,12,3,"3000","fits",1,null],[1,12,1,"1000","does-not-fit",0,"one-host"]]'
member '[.layouts[].failure | [.of, .vms_spread_evenly, .vms_at_most]]' '[[6,6,14],[3,12,30],[1,35,35]]'
member '.vms' '{"count":35,"memory_bytes":115964116992,"vcpus":48}'
member '[.reckoned[] | .source == null]' '[false,false,false,false,false,false,false,false]'

# Exit codes: one does, none does, nobody knows.
vms=(--vms "$folder/vms")
run 20 --hosts 1x12x192GiB "${vms[@]}"
run 20 --hosts 2x2x64GiBx8 --hosts 3x2x16GiBx8 "${vms[@]}"
shows "No layout does: on none all VMs fit" "1 host has 63.5 GiB for them"
# Of those that are refused nobody says that VMs do not fit on them.
run 20 --policy hyperv-2008r2 --hosts 17x2x64GiBx8 --hosts 2x2x64GiBx8 "${vms[@]}"
shows "No layout does: where none is refused not all VMs fit" "at most 16 hosts"
run 20 --policy hyperv-2008r2 --hosts 17x2x64GiBx8 --hosts 1x12x192GiB "${vms[@]}"
shows "No layout does: all are refused"
run 0 --policy hyperv-2012 --hosts 17x2x64GiBx8 "${vms[@]}"
run 30 --hosts 6x2x32GiB
shows "none are named" "not known"
run 30 --hosts 6x2x32GiB "${vms[@]}"
shows "cannot be told" "--cores-per-socket"
run 0 --hosts 6x2x32GiB --cores-per-socket 4 "${vms[@]}"
run 0 --hosts 6x2x32GiBx2 --threads-per-core 2 "${vms[@]}"
# What the user says counts, and is shown as that.
run 20 --hosts 3x4x64GiBx4 "${vms[@]}" --host-reserve 11GiB
run 20 --hosts 3x4x64GiBx4 "${vms[@]}" --vcpus-per-cpu 1.4
run 0 --hosts 3x4x64GiBx4 "${vms[@]}" --vcpus-per-cpu 1.5 --host-reserve 0 --verbose
shows "a host keeps 0 MiB" "1.5 vCPUs share a" "as it was given"
# Money is exact.
run 0 --hosts 3x4x64GiBx4 "${vms[@]}" --license-per-host 0.1 --license-per-socket 0.0001 --license-per-core 1234567.89
shows "59259259.0212" "3+12+48"
# A list may come through a pipe.
run 0 --hosts 3x4x64GiBx4 --vms - <"$folder/vms"

# What is wrong is said in one line, with the place.
while IFS='|' read -r code needle arguments; do
	read -ra words <<<"$arguments"
	says "$code" "$needle" "${words[@]}"
done <<END
64|give layouts: --hosts HOSTSxSOCKETSxMEMORY[xCORES]|
64|what is '6x2x32GiB'?|6x2x32GiB
64|--hosts: '32GB' may mean 1000s or 1024s|--hosts 6x2x32GB
64|--hosts: '6x2' is no layout|--hosts 6x2
64|--hosts: '0' is no number of hosts from 1 to 1024|--hosts 0x2x32GiB
64|--hosts: '-6' is no number of hosts|--hosts -6x2x32GiB
64|--license-per-host: '1,5' is no number from 0 to 10000000, with at most 4 digits|--hosts 2x2x32GiB --license-per-host 1,5
64|--license-per-socket: '-1' is no number|--hosts 2x2x32GiB --license-per-socket -1
64|--cores-per-socket: '0' is no number of cores|--hosts 2x2x32GiB --cores-per-socket 0
64|--threads-per-core: '9' is no number of threads|--hosts 2x2x32GiB --threads-per-core 9
64|--vcpus-per-cpu: '0' is no number from 0.1 to 100|--hosts 2x2x32GiB --vcpus-per-cpu 0
64|--host-reserve: '2ZiB' is not memory|--hosts 2x2x32GiB --host-reserve 2ZiB
64|unknown format 'html'|--hosts 2x2x32GiB --format html
66|missing: no such file; --vms wants a list of VMs|--hosts 2x2x32GiB --vms $folder/missing
65|is a directory|--hosts 2x2x32GiB --vms $folder
END
bad_list() {
	printf "$1" >"$folder/bad"
	says 65 "$folder/bad$2" --hosts 2x2x32GiB --vms "$folder/bad"
}
bad_list '' ': names no VM'
bad_list 'web 4GiB 2\ndb 16GB 4\n' ":2: '16GB' may mean 1000s or 1024s"
bad_list 'web 4096 2\n' ":1: '4096' is not from 1MiB"
bad_list 'web\n' ':1: too few words'
bad_list '\n\nweb 4GiB none\n' ":3: 'none' is no number of vCPUs"
bad_list 'web 4GiB 2 x0\n' ":1: '0' is no number of VMs"
head -c 100000 /dev/zero | tr '\0' 'a' >"$folder/bad"
says 65 "$folder/bad:1: line is longer" --hosts 2x2x32GiB --vms "$folder/bad"

for command in plan ready; do
	"$CPC_BIN/cpucompat" $command --help | awk 'length > 80 { exit 1 }' || fail "the help of $command is wider than 80 columns"
done

# A cluster whose VMs are named.
subcommand=(ready)
mkdir "$folder/fc"
"$CPC_BIN/tests/site_make" fc "$folder/fc" || fail "site_make fc"
for name in one two three; do
	run 20 @ice-lake-sp --sysroot "$folder/fc" --policy hyperv-2008r2 --format json
	sed 's/"fc"/"'$name'"/; s/"machine_id": *[^,]*/"machine_id": "0000000000000000000000000000'"$(printf %s $name | md5sum | head -c 4)"'"/' \
		"$folder/out" >"$folder/$name.json"
done
cluster=("$folder/one.json" "$folder/two.json" "$folder/three.json" --assume host_os --assume virtual_disks --assume processor)
run 0 "${cluster[@]}" --vms "$folder/vms"
grep -qE '^Capacity +not asked +met +' "$folder/out" || fail "the VMs are not judged: $(grep '^Capacity' "$folder/out")"
shows "vms: 35" "vms memory: 108 GiB"
# Without a list nothing is asked under this policy.
run 0 "${cluster[@]}"
grep -qE '^Capacity +not asked +not asked +' "$folder/out" || fail "capacity is asked of KVM"
# Of hosts of 64 GiB two take 127, as KVM leaves them.
echo 'a 2GiB 1 x64' >"$folder/more"
run 10 "${cluster[@]}" --vms "$folder/more"
shows "127 GiB of 128 GiB"
echo 'a 64GiB 1' >"$folder/large"
run 10 "${cluster[@]}" --vms "$folder/large"
shows "the largest VM fits on no host that is left"
run 10 "${cluster[@]}" --vms "$folder/large" --format json
member '[.rows[] | select(.row == "capacity") | .asked.realistic, .realistic, .remedy]' '[true,"not-met","enlarge-hosts"]'
member '[.rows[] | select(.row == "capacity").evidence[] | select(.name == "without_host") | .value, .where]' \
	'["does-not-fit","largest-vm","does-not-fit","largest-vm","does-not-fit","largest-vm"]'
member '[.vms.count, .reckoned.host_keeps_bytes.value]' '[1,536870912]'
run 0 "${cluster[@]}" --format json
member '[.vms, .reckoned]' '[null,null]'
# What is saved is read back, with the VMs of another day.
run 10 "${cluster[@]}" --vms "$folder/large" --verbose
shows "asked: VMs were named (--vms)" "one without_host does-not-fit (largest-vm)" "reserved_host_memory_mb"
says 64 "name them with --vms FILE" "${cluster[@]}" --host-reserve 1GiB
says 64 "standard input can be read only once" - --vms -
says 65 ":1: too few words" "${cluster[@]}" --vms <(echo web)

finish
