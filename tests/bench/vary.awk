# SPDX-License-Identifier: MIT
# usage: awk -v count=N -f vary.awk FINGERPRINTS
# N fingerprints of as many classes: first those that are read, then each of them with one feature switched off, as
# firmware or a boot parameter does it, then with another. The feature is the lowest bit of one hex digit of one word; in
# round V that is the Vth digit that is not 0, from the right, word by word. The last word is left as it is, for words do
# not end in a zero one. Always the same N.
{ rows[NR] = $0 }
END {
	split("1 0,2 0,3 2,4 0,5 4,6 4,7 6,8 0,9 8,a 8,b a,c 8,d c,e c,f e", pairs, ",")
	for (i in pairs) {
		split(pairs[i], pair, " ")
		without[pair[1]] = pair[2]
	}
	for (n = 1; n <= NR && made < count; n++)
		emit(rows[n])
	for (round = 1; made < count && round <= 300; round++)
		for (n = 1; n <= NR && made < count; n++)
			vary(rows[n], round)
	exit made < count
}

# Equal but for family, model and stepping is one class.
function emit(text,   fields, key) {
	split(text, fields, ":")
	key = fields[2] ":" fields[4] ":" fields[5]
	if (key in seen)
		return
	seen[key] = 1
	made++
	print text
}

function vary(text, round,   fields, words, many, w, d, digit, at, joined) {
	split(text, fields, ":")
	many = split(fields[4], words, "-")
	for (w = 1; w < many; w++)
		for (d = length(words[w]); d >= 1; d--) {
			digit = substr(words[w], d, 1)
			if (!(digit in without) || ++at < round)
				continue
			words[w] = substr(words[w], 1, d - 1) without[digit] substr(words[w], d + 1)
			sub(/^0+/, "", words[w])
			if (words[w] == "")
				words[w] = "0"
			joined = words[1]
			for (d = 2; d <= many; d++)
				joined = joined "-" words[d]
			emit(fields[1] ":" fields[2] ":" fields[3] ":" joined ":" fields[5])
			return
		}
}
