# SPDX-License-Identifier: MIT
# From reports of the corpus (catalogue.sh) to the rows of the catalogue: which dumps are real processors, which of
# several dumps of one processor is taken, what it is called, and in which order the rows stand.

def microcode_digits: ltrimstr("0x");

# The report, what its dump is called and where it comes from.
def described($dumps): [., ($dumps | split("\n") | map(select(. != "") | split("\t")))] | transpose
  | map(.[0] + {file: .[1][0], origin: .[1][1], revision: (.[1][2] | microcode_digits)});

# Why a dump is not a row; null for a real processor.
def why_left_out:
  .cpu.brand as $brand
  | if (.file | test("^(bochs|drpizza-sde)/|SDE_Emulator")) or (.cpu.vendor | test("^Virtual CPU"))
       or ($brand | test("^(Virtual CPU|QEMU)")) then "an emulator"
    elif .hypervisor or (.file | test("^firecracker/|VirtualBox")) then "seen through a hypervisor"
    elif .file | test("_novendor") then "made up for a test"
    elif .unknown | index("80000008.0.eax[7:0]") then "cut off"
    elif ($brand | test("^Genuine Intel\\(R\\) CPU (@|0|[0-9.]+GHz)|CPU 000 @|Eng(ineering)? Sample"))
      or ($brand | test("^CentaurHauls CPU|^Quad-Core Processor \\(|^Athlon XP \\(Palomin"))
      # Knights Landing before its first stepping for sale; its brand is blank.
      or (.cpu.vendor == "GenuineIntel" and .cpu.family == 6 and .cpu.model == 87 and .cpu.stepping == 0)
      then "an engineering sample"
    elif $brand | test("Processor model unknown") then "firmware gave it no brand"
    else null end;

# One processor: its brand and its signature.
def key: [.cpu.vendor, .cpu.brand, .cpu.family, .cpu.model, .cpu.stepping] | map(tostring) | join("|");

def ones: {"0": 0, "1": 1, "2": 1, "3": 2, "4": 1, "5": 2, "6": 2, "7": 3,
           "8": 1, "9": 2, "a": 2, "b": 3, "c": 2, "d": 3, "e": 3, "f": 4};

# Bits that are set in the words of the fingerprint.
def bits: [.fingerprints.cpuid.text | split(":")[3] | scan("[0-9a-f]") | ones[.]] | add // 0;

# Of several dumps of one processor: the least unread, then that which saw the most kinds of core, then the newest
# microcode, then the most bits.
def best: sort_by([(.unknown | length), -(.cpu.kinds | length), (.revision | explode | map(-.)), -bits, .file])
  | length as $count
  | .[0] + {of: $count};

def is_server: .cpu.brand
  | test("Xeon|EPYC|Opteron|Atom\\(TM\\) CPU [CS][0-9]|Atom\\(R\\) [CP][0-9]|Hygon C86 [57][0-9]{3} "; "i");

def slug: ascii_downcase | gsub("\\+"; "-plus") | gsub("[^a-z0-9]+"; "-") | gsub("^-|-$"; "");

def signature($between): .cpu | [.family, .model, .stepping] | map(tostring) | join($between);

# The brand without trademarks, vendor, frequency behind an `@`, counts of cores and graphics: "xeon-gold-6338". Parts
# from before brands are called by their kind and signature.
def plain_name:
  ({"GenuineIntel": "intel", "AuthenticAMD": "amd", "CyrixInstead": "cyrix"}[.cpu.vendor] // "x86") as $maker
  | if .cpu.brand == "" then "\(.cpu.microarchitecture) \(signature(" "))"
    else .cpu.brand
      | gsub("\\((R|TM)\\)"; ""; "i")
      # A trademark sign that somebody's firmware turned into letters.
      | sub("CoreT "; "Core ") | sub("(?<=[0-9])tm\\b"; "")
      | sub(" ?@.*"; "")
      | sub("^[0-9]+th Gen "; "")
      | sub(",? (w/|with|APU with|SOC with|Radeon|R[4-7],|RADEON).*"; "") | sub(", .*"; "")
      | gsub("\\b(Single|Dual|Triple|Quad|Six|Eight|[0-9]+)[- ]Cores?\\b"; ""; "i")
      | sub("^Genuine Intel "; "Maker ")
      | gsub("\\b(CPU|Processor|Intel|AMD)\\b"; " "; "i")
      | sub("^Maker "; "Intel ")
      | sub(" 0 *$"; "")
    end
  | slug
  | if test("^[a-z]") then . else "\($maker)-\(.)" end;

# Names that the file gave before.
def names_of($given):
  [$given | scan("CPC_CATALOGUE\\(\"([^\"]+)\",[^\n]*\n\t(\"[^\n]*\"),\n\t\"cpc[0-9]+:([^:]+):([0-9.]+):")]
  | map({key: ([(.[2] | gsub("%20"; " ")), (.[1] | fromjson)] + (.[3] | split(".")) | join("|")), value: .[0]})
  | from_entries;

# Parts of one brand and several signatures get the signature to their names, but for one that had the name before.
# No other name is kept, so that the rule above stays the only one.
def named($given): names_of($given) as $names
  | map(. + {key: key, plain: plain_name} | . + {long: "\(.plain)-\(signature("-"))"})
  | (group_by(.plain) | map({key: .[0].plain, value: length}) | from_entries) as $bearers
  | ($names | [.[]]) as $taken
  | map($names[.key] as $had | . + {name: (
      if $had == .plain or $had == .long then $had
      elif $bearers[.plain] == 1 and (.plain | IN($taken[]) | not) or .cpu.brand == "" then .plain
      else .long end)});

def aliased($aliases):
  [$aliases | scan("(\\S+) (\\S+)")] as $pairs
  | ([$pairs[][1]] - map(.name)) as $astray
  | if $astray != [] then error("no row is named \($astray | join(", "))") else . end
  | map(. as $row | . + {alias: ([$pairs[] | select(.[1] == $row.name) | .[0]][0] // "")});

# Parts for servers first; Intel, AMD, the others; the kinds with the most bits first, which are the newest ones; and
# names so that 9 comes before 10.
def ordered:
  def natural: [scan("[0-9]+|[^0-9]+") | if test("^[0-9]") then [0, tonumber] else [1, .] end];
  group_by([.server, .cpu.vendor, .cpu.microarchitecture])
  | map((map(bits) | max) as $bits | map(. + {bits: $bits})) | add
  | sort_by([(.server | not), ({"GenuineIntel": 0, "AuthenticAMD": 1}[.cpu.vendor] // 2), .cpu.vendor, -.bits,
             .cpu.microarchitecture, (.name | natural)]);

def tristate: {"present": "SET", "disabled-by-firmware": "SET", "absent": "CLEAR"}[.] // "UNKNOWN";

# libvirt's files all come from one folder.
def where_from: .origin
  + (if (.origin | test("^libvirt")) then ": \(.file | split("/")[1] | rtrimstr(".txt"))" else "" end)
  + (if .of > 1 then "; the most complete and recent of \(.of)" else "" end);

def head: "/* SPDX-License-Identifier: MIT */
/*
 * Real processors, as somebody could buy them: this tool's own fingerprints of published dumps.
 *
 *   CPC_CATALOGUE(name, alias, part, virtualization, slat, brand, fingerprint, source)
 *
 *   name            what follows the `@`; made of the brand, and kept for ever
 *   alias           a generation's name, on the part that stands for it; or \"\"
 *   part            SERVER, or OTHER: for desktops, laptops and devices
 *   virtualization  VT-x or AMD-V, as the dump shows it: SET, CLEAR or UNKNOWN
 *   slat            EPT or RVI, likewise
 *   brand           as CPUID has it; \"\" before there were brands
 *   source          where the figures come from
 *
 * Servers first, and in each part the kinds with the most features first. Written by
 * tests/catalogue.sh and held against it by a test; no row is edited by hand.
 */";

def row: "CPC_CATALOGUE(\(.name | @json), \(.alias | @json), \(if .server then "SERVER" else "OTHER" end), "
  + "\(.requirements.hardware_virtualization.status | tristate), \(.requirements.slat.status | tristate),\n\t"
  + "\(.cpu.brand | @json),\n\t\(.fingerprints.cpuid.text | @json),\n\t\(where_from | @json))";

[inputs | del(.leaves)] | described($dumps)
| if $want == "left-out" then map(select(why_left_out) | "\(why_left_out)\t\(.file)\t\(.cpu.brand)") | sort[]
  else
    map(select(why_left_out | not)) | group_by(key) | map(best + {server: (.[0] | is_server)})
    | named($given) | aliased($aliases) | ordered
    | if $want == "dumps" then .[] | "\(.name)\t\(.file)" else head, (.[] | row) end
  end
