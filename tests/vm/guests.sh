# SPDX-License-Identifier: MIT
# Sourced by scripts that hold the agent in a guest against the guest's kernel: models.sh and e2e/guests.sh.
. "${CPC_SOURCE:?}/tests/vm/lib.sh"
# TCG has the bits of every row on any machine.
VM_ACCEL=tcg
declare -A status_of=([p]=present [h]=hidden-by-hypervisor)
: >"$folder/excused"

# guest_rows WHEN: the rows of models.tsv for that; all without
guest_rows()
{
	grep -v '^#' "$CPC_SOURCE/tests/vm/models.tsv" | awk -F'\t' -v when="${1:-}" '!when || $8 == when'
}

# lines: the words of standard input, sorted, each once
lines()
{
	tr -s ' \t' '\n\n' | sed '/^$/d' | LC_ALL=C sort -u
}

# cpuinfo FIELD FILE: of its first processor
cpuinfo()
{
	sed -n "s/^$1[[:space:]]*: *//p" "$2" | head -n 1
}

# metric NAME-AND-LABELS: whether $place/metrics has such a one that is 1
metric()
{
	grep -qxF "$1 1" "$place/metrics" || fail "$cpu: no metric $1 that is 1"
}

# said JQ-FILTER: of $place/report
said()
{
	jq -r "$1" "$place/report"
}

# ask_guest: what the agent, the program and the kernel in the guest $name say, in $place
ask_guest()
{
	vm_get "$name" /v1/report >"$place/report" && vm_get "$name" /metrics >"$place/metrics" &&
		vm_get "$name" /v1/fingerprint >"$place/fingerprint" &&
		vm_do "$name" 'cat /proc/cpuinfo' >"$place/cpuinfo" &&
		vm_do "$name" 'cpucompat probe --format fingerprint' >"$place/program" &&
		vm_do "$name" 'cpucompat ready --policy hyperv-2016 --format json; test $? -le 30' >"$place/ready" ||
		fail "$cpu: something in the guest does not answer"
}

# The kernel's flags against the report's features, both ways: every difference must have its reason.
check_flags()
{
	local who difference
	grep '^flags' "$place/cpuinfo" | sort -u >"$place/flags.all"
	equal "$cpu: kinds of flags in /proc/cpuinfo" 1 "$(wc -l <"$place/flags.all")"
	cut -d: -f2 "$place/flags.all" | lines >"$place/flags"
	said '.features.cpuid[]' | lines >"$place/features"
	[ "$(LC_ALL=C comm -12 "$place/flags" "$place/features" | wc -l)" -ge 25 ] || fail "$cpu: few flags are in both"
	{
		LC_ALL=C comm -23 "$place/flags" "$place/features" | sed 's/^/kernel\t/'
		LC_ALL=C comm -13 "$place/flags" "$place/features" | sed 's/^/report\t/'
	} >"$place/differences"
	awk -F'\t' -v cpu="$cpu" -v excused="$folder/excused" '
		/^#/ { next }
		FNR == NR { rows++; who[rows] = $1; name[rows] = "^(" $2 ")$"; where[rows] = "^(" $3 ")$"; row[rows] = $0; next }
		{
			for (i = 1; i <= rows; i++)
				if ($1 == who[i] && $2 ~ name[i] && cpu ~ where[i]) { print row[i] >>excused; next }
			print
		}' "$CPC_SOURCE/tests/vm/differences.tsv" "$place/differences" >"$place/unexplained"
	while IFS=$'\t' read -r who difference; do fail "$cpu: $difference is of the $who alone"; done <"$place/unexplained"
}

# Numbers and names that both tell.
check_identity()
{
	equal "$cpu: vendor" "$(cpuinfo vendor_id "$place/cpuinfo")" "$(said .cpu.vendor)"
	equal "$cpu: vendor" "$vendor" "$(said .cpu.vendor)"
	equal "$cpu: family, model, stepping" \
		"$(cpuinfo 'cpu family' "$place/cpuinfo") $(cpuinfo model "$place/cpuinfo") $(cpuinfo stepping "$place/cpuinfo")" \
		"$(said '.cpu | "\(.family) \(.model) \(.stepping)"')"
	equal "$cpu: brand" "$(cpuinfo 'model name' "$place/cpuinfo")" "$(said .cpu.brand)"
	equal "$cpu: microcode" "$(cpuinfo microcode "$place/cpuinfo")" "$(said .cpu.microcode)"
	equal "$cpu: address sizes" "$(cpuinfo 'address sizes' "$place/cpuinfo")" \
		"$(sed -nE 's/.*:pa=([0-9]+),la=([0-9]+),.*/\1 bits physical, \2 bits virtual/p' "$place/fingerprint")"
	equal "$cpu: CLFLUSH line" "$(cpuinfo 'clflush size' "$place/cpuinfo")" \
		"$(sed -nE 's/.*,clf=([0-9]+).*/\1/p' "$place/fingerprint")"
}

# One kind of CPU, and as many as QEMU made.
check_kinds()
{
	equal "$cpu: logical CPUs" "${cpus%%,*}" "$(said .cpu.logical_cpus)"
	equal "$cpu: logical CPUs of the kernel" "${cpus%%,*}" "$(grep -c '^processor' "$place/cpuinfo")"
	equal "$cpu: kinds" 1 "$(said '.cpu.kinds | length')"
	equal "$cpu: CPUs of the kind" "$(seq -s , 0 $((${cpus%%,*} - 1)) | sed -E 's/^(0),(.*,)?([0-9]+)$/\1-\3/')" \
		"$(said '.cpu.kinds[0].cpus')"
}

# requirement NAME STATUS [FLAG]: in the report and in the metrics; a flag that the kernel shows is present, and the reverse
requirement()
{
	local shown=no
	equal "$cpu: $1" "${status_of[$2]}" "$(said ".requirements.$1.status")"
	equal "$cpu: $1 is disputed" false "$(said ".requirements.$1.disputed")"
	metric "cpucompat_requirement_status{requirement=\"$1\",status=\"${status_of[$2]}\"}"
	! grep -qxE "$3" "$place/flags" || shown=yes
	equal "$cpu: the kernel's flag for $1" "$([ "$2" = p ] && echo yes || echo no)" $shown
}

check_requirements()
{
	requirement hardware_virtualization "$virtualization" 'vmx|svm'
	requirement slat "$slat" 'ept|npt'
	requirement execute_disable "$xd" nx
	requirement long_mode p lm
	equal "$cpu: vantage" guest "$(said .vantage)"
	equal "$cpu: hypervisor" "QEMU TCG TCGTCGTCGTCG" "$(said '.hypervisor | "\(.name) \(.signature)"')"
}

# What the agent serves, what it shows to Prometheus and what the program says are one and the same.
check_fingerprints()
{
	local text
	text=$(cat "$place/fingerprint")
	[[ $text == cpc1:$vendor:* ]] || fail "$cpu: fingerprint $text"
	equal "$cpu: fingerprint of the report" "$text" "$(said .fingerprints.cpuid.text)"
	equal "$cpu: fingerprint of the program" "$text" "$(cat "$place/program")"
	equal "$cpu: unread" true "$(said '.fingerprints.cpuid.complete and .unknown == []')"
	metric "cpucompat_fingerprint_info{view=\"cpuid\",id=\"$(said .fingerprints.cpuid.id)\",fingerprint=\"$text\"}"
	vm_get "$name" /v1/compare --data-binary "@$place/report" >"$place/comparison"
	equal "$cpu: beside itself" same "$(jq -r .relation "$place/comparison")"
	# A fingerprint does not say that it is a guest's: without XD it is a host that cannot have any.
	[ "$xd" = p ] || return 0
	vm_get "$name" /v1/compare --get --data-urlencode "with=$text" >"$place/comparison"
	equal "$cpu: beside its fingerprint" same "$(jq -r .relation "$place/comparison")"
}

# Where the guest has a /dev/kvm, the report has what that offers.
check_kvm()
{
	equal "$cpu: what KVM offers is known" "$([ "$kvm" = yes ] && echo true || echo false)" \
		"$(said '.fingerprints.kvm != null and .features.kvm != null')"
	equal "$cpu: the probe of KVM" "$([ "$kvm" = yes ] && echo ok || echo absent)" "$(said .probes.kvm)"
	[ "$kvm" = yes ] || return
	equal "$cpu: unread of what KVM offers" true "$(said .fingerprints.kvm.complete)"
	metric "cpucompat_fingerprint_info{view=\"kvm\",id=\"$(said .fingerprints.kvm.id)\",fingerprint=\"$(said .fingerprints.kvm.text)\"}"
	equal "$cpu: what KVM offers to the program" "$(said .fingerprints.kvm.text)" \
		"$(vm_do "$name" 'cpucompat probe --format kvm-fingerprint')"
	# What it emulates or makes up itself comes on top; nothing of the vectors that the processor has not.
	equal "$cpu: vectors that KVM alone has" "" "$(said '(.features.kvm - .features.cpuid) | map(select(test("sse|avx|^fma"))) | join(" ")')"
}

# The requirement table's rows that a guest of QEMU's can tell something of, by a policy that asks for SLAT.
check_ready()
{
	local met=met
	[ "$virtualization$slat$xd" = ppp ] || met=cannot-see
	equal "$cpu: ready: processor" "$met" "$(jq -r '.rows[] | select(.row == "processor").minimum' "$place/ready")"
	equal "$cpu: ready: a virtio port" 1 \
		"$(jq -r '[.rows[] | select(.row == "network_ports").found[] | select(.name == "paravirtual_ports").value][0]' "$place/ready")"
}

# guest_start NAME CPU CPUS
guest_start()
{
	VM_CPUS=$3
	vm_start "$1" "$2" || fail "$2: QEMU does not start it"
}

# guest_check NAME ROW...: wait for the guest of that row, ask and check it, and end it
guest_check()
{
	local name=$1 place="$folder/vm.$1" cpu=$2 cpus=$3 vendor=$4 virtualization=$5 slat=$6 xd=$7 kvm=$8 before=$failures
	if ! vm_wait "$name"; then
		fail "$cpu: the agent is not ready"
	elif ask_guest; then
		check_flags
		check_identity
		check_kinds
		check_requirements
		check_fingerprints
		check_kvm
		check_ready
		! grep -E 'segfault|traps:|vm: agent ended' "$(vm_console "$name")" || fail "$cpu: see the console"
	fi
	vm_stop "$name"
	touch "$place/flags" "$place/features" "$place/differences"
	printf '%-32s %-30s %3s in both, %2s excused, %s failures\n' "$cpu" "$cpus" \
		"$(LC_ALL=C comm -12 "$place/flags" "$place/features" | wc -l)" "$(wc -l <"$place/differences")" $((failures - before))
}

# guests_check [WHEN]: all of the rows, two at a time
guests_check()
{
	local rows=() row i
	mapfile -t rows < <(guest_rows "${1:-}")
	for ((i = 0; i < ${#rows[@]}; i++)); do
		for ((; started < ${#rows[@]} && started < i + 2; started++)); do
			IFS=$'\t' read -ra row <<<"${rows[started]}"
			guest_start "g$started" "${row[0]}" "${row[1]}"
		done
		IFS=$'\t' read -ra row <<<"${rows[i]}"
		guest_check "g$i" "${row[@]}"
	done
	guests=${#rows[@]}
}
started=0
