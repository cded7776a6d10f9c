# SPDX-License-Identifier: MIT
# Of words.def and features.def, in this order: name, QEMU's name, place and bit (MSR halves as one register), rule.
BEGIN { FS = "[(), \"]+" }
FNR == NR {
	if (/^CPC_(WORD|REPORTED)\(/) {
		leaf = substr($3, 3); sub(/^0+/, "", leaf)
		place[$2] = $5 ~ /^MSR/ ? "msr." leaf : leaf "." $4 "." tolower($5)
		base[$2] = $5 == "MSR_HI" ? 32 : 0
	}
	next
}
/^CPC_FEATURE\(/ { print $4, $5, place[$2] "[" $3 + base[$2] "]", $6 }
