# SPDX-License-Identifier: MIT
# Sourced by scripts that ask the real libvirt: virsh with its test driver, which needs no daemon.

libvirt()
{
	timeout 120 virsh -c test:///default "$@"
}

# libvirt_names FOLDER: name, place and bit of features, as we call them in FOLDER/ours and libvirt in FOLDER/theirs
libvirt_names()
{
	awk -f "$CPC_SOURCE/tests/features.awk" "$CPC_SOURCE/include/cpucompat/words.def" \
		"$CPC_SOURCE/include/cpucompat/features.def" | cut -d ' ' -f 1,3 >"$1/ours"
	awk -F"'" '
function bit_of(mask,    bit) {
	for (bit = 0; bit < 32 && sprintf("0x%08x", 2 ^ bit) != mask; bit++)
		;
	return bit
}
/<feature name/ { name = $2 }
/<cpuid/ {
	leaf = sub_leaf = ""
	for (i = 1; i < NF; i += 2) {
		if ($i ~ /eax_in=$/) { leaf = tolower($(i + 1)); sub(/^0x0*/, "", leaf) }
		else if ($i ~ /ecx_in=$/) { sub_leaf = $(i + 1); sub(/^0x0*/, "", sub_leaf) }
		else { reg = $i; gsub(/[ =]/, "", reg); bit = bit_of($(i + 1)) }
	}
	print name, leaf "." (sub_leaf == "" ? 0 : sub_leaf) "." reg "[" bit "]"
}
/<msr/ { leaf = tolower($2); sub(/^0x0*/, "", leaf); print name, "msr." leaf "[" bit_of($6) "]" }' \
	/usr/share/libvirt/cpu_map/x86_features.xml >"$1/theirs"
}
