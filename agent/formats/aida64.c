/* SPDX-License-Identifier: MIT */
/*
 * The text of AIDA64, its forerunner EVEREST, and the InstLatx64 collection. Records
 * are alike in all flavours, everything around them differs and is passed over:
 *
 *	CPUID 00000007: 00000002-F3BFBFFB-BB417FEE-FFDD4430 [SL 00] [...]
 *	MSR 0000010A: 0000-0000-0028-FDEB [...]
 *	MSR 0000010B: < FAILED >
 *
 * Old files have no colon, tabs, two records on one line, stray NULs and no subleaf
 * numbers (SL, in hexadecimal). Which CPU a record is of, a header says:
 *
 *	------[ CPUID Registers / Logical CPU #0 ]------
 *	------[ Logical CPU #0 ]------
 *	------[ MSR Registers / Logical CPU #0 ]------
 *	------[ MSR Registers ]------                     of CPU 0
 *	CPU#000 AffMask: 0x0000000000000001
 *	CPUID Registers (CPU #1):                         counted from 1
 *
 * or, in files without any, another leaf 0 begins the next CPU.
 */
#include <string.h>

#include "cpus.h"
#include "lines.h"
#include "reader.h"
#include "text.h"

#define XSAVE_LEAF 0xdU

struct reader {
	struct cpc_cpus *cpus;
	unsigned int cpu;
	bool headed;	    /* a header named the CPU */
	size_t open_header; /* line of a CPU's header that no record has followed yet, or 0 */
	uint32_t leaf;	    /* of the last CPUID record of this CPU */
	uint32_t run;	    /* how many in a row had that leaf */
	bool layout_wanted; /* an unnumbered 0xD.0 announced components, and none was told apart yet */
};

enum record_kind { RECORD_NONE, RECORD_CPUID, RECORD_MSR };

/* A record's place in a line: `key` is leaf or address, `body` what follows it. */
struct record {
	enum record_kind kind;
	const char *start;
	uint32_t key;
	struct cpc_scan body;
};

/* Take `word`, blanks and exactly eight hex digits. */
static bool take_key(struct cpc_scan *scan, const char *word, uint32_t *ret_key)
{
	uint64_t key;
	const char *gap;

	if (!cpc_scan_text(scan, word))
		return false;
	gap = scan->at;
	cpc_scan_blanks(scan);
	if (scan->at == gap || !cpc_scan_hex(scan, 8, 8, &key))
		return false;
	*ret_key = (uint32_t)key;
	return true;
}

/* The next record of a line at or after `from`. */
static struct record find_record(const char *from, const char *end)
{
	for (const char *at = from; at < end; at++) {
		struct record record = { .start = at, .body = { at, end } };

		if (*at == 'C' && take_key(&record.body, "CPUID", &record.key))
			record.kind = RECORD_CPUID;
		else if (*at == 'M' && take_key(&record.body, "MSR", &record.key))
			record.kind = RECORD_MSR;
		if (record.kind)
			return record;
	}
	return (struct record){ .start = end, .body = { end, end } };
}

static void take_separator(struct cpc_scan *scan)
{
	cpc_scan_blanks(scan);
	(void)cpc_scan_text(scan, ":");
	cpc_scan_blanks(scan);
}

/* Take `count` groups of hex digits of that width, joined by dashes. */
static bool take_groups(struct cpc_scan *scan, unsigned int count, unsigned int width, uint64_t ret_groups[static 4])
{
	for (unsigned int i = 0; i < count; i++)
		if ((i && !cpc_scan_text(scan, "-")) || !cpc_scan_hex(scan, width, width, &ret_groups[i]))
			return false;
	return true;
}

static enum cpc_status damaged(const struct cpc_line *line, const struct record *record, struct cpc_error *reterr)
{
	char quote[CPC_QUOTE_SIZE];

	cpc_text_quote(quote, record->start, (size_t)(line->text + line->length - record->start));
	return cpc_fail(reterr, CPC_BAD_DATA, line->number, "%s record is damaged or cut short: \"%s\"",
			record->kind == RECORD_MSR ? "MSR" : "CPUID", quote);
}

/* The `[SL nn]` among the notes after a record. False where a note is cut off by the end of the input. */
static bool find_subleaf(const struct cpc_line *line, struct cpc_scan notes, bool *ret_numbered, uint64_t *ret_subleaf)
{
	const char *open = notes.at;
	const char *last = memrchr(notes.at, '[', (size_t)(notes.end - notes.at));

	*ret_numbered = false;
	while (!*ret_numbered && (open = memchr(open, '[', (size_t)(notes.end - open)))) {
		struct cpc_scan note = { open++, notes.end };

		*ret_numbered = cpc_scan_text(&note, "[SL ") && cpc_scan_hex(&note, 1, 8, ret_subleaf) &&
				cpc_scan_text(&note, "]");
	}
	return line->terminated || !last || memchr(last, ']', (size_t)(notes.end - last));
}

/* Leaves that have subleaves; where numbers are missing the position in the run is the number. */
static bool has_subleaves(uint32_t leaf)
{
	switch (leaf) {
#define CPC_SUBLEAVES(row, kind, first, reg, mask) case row:
#include <cpucompat/subleaves.def>
#undef CPC_SUBLEAVES
		return true;
	default:
		return false;
	}
}

/* Leave the run of one leaf: an XSAVE layout that it announced and did not tell is unknown. */
static void end_run(struct reader *reader)
{
	if (reader->layout_wanted)
		cpc_cpus_layout_unknown(reader->cpus, reader->cpu);
	reader->layout_wanted = false;
	reader->run = 0;
}

/*
 * Number a record of leaf 0xD that has no number. Tools print only components that
 * exist, so from the third on the position says nothing. The first is subleaf 0. The
 * second is subleaf 1, unless its eax, which there holds a handful of flag bits (SDM
 * vol. 2A, CPUID leaf 0DH), can only be the size of a component. False: drop it.
 */
static bool number_xsave(struct reader *reader, struct cpc_leaf *leaf)
{
	leaf->subleaf = reader->run;
	if (reader->run == 0)
		reader->layout_wanted = (leaf->regs[CPC_EAX] & ~3U) || leaf->regs[CPC_EDX];
	return reader->run == 0 || (reader->run == 1 && leaf->regs[CPC_EAX] < 0x40);
}

/* Put a leaf where it belongs: next CPU, subleaf. False: its subleaf cannot be told. */
static bool place_leaf(struct reader *reader, struct cpc_leaf *leaf, bool numbered)
{
	bool placed = true;

	if (leaf->leaf == 0 && !reader->headed && cpc_cpus_leaves(reader->cpus, reader->cpu)) {
		end_run(reader);
		reader->cpu++;
	} else if (leaf->leaf != reader->leaf) {
		end_run(reader);
	}
	if (numbered) {
		if (leaf->leaf == XSAVE_LEAF && leaf->subleaf > 1)
			reader->layout_wanted = false;
	} else if (leaf->leaf == XSAVE_LEAF) {
		placed = number_xsave(reader, leaf);
	} else if (has_subleaves(leaf->leaf)) {
		leaf->subleaf = reader->run;
	}
	reader->leaf = leaf->leaf;
	reader->run++;
	return placed;
}

static enum cpc_status read_cpuid(struct reader *reader, const struct cpc_line *line, struct record *record,
				  struct cpc_error *reterr)
{
	struct cpc_leaf leaf = { .leaf = record->key };
	uint64_t groups[4];
	uint64_t subleaf = 0;
	bool numbered;

	take_separator(&record->body);
	if (!take_groups(&record->body, 4, 8, groups))
		return damaged(line, record, reterr);
	for (int reg = 0; reg < CPC_REG_COUNT; reg++)
		leaf.regs[reg] = (uint32_t)groups[reg];
	if (!find_subleaf(line, record->body, &numbered, &subleaf))
		return damaged(line, record, reterr);
	leaf.subleaf = (uint32_t)subleaf;
	reader->open_header = 0;
	if (!place_leaf(reader, &leaf, numbered))
		return CPC_OK;
	return cpc_cpus_add_leaf(reader->cpus, reader->cpu, line->number, &leaf, reterr);
}

/* Registers that change while one looks are printed three times; the collection keeps the first. */
static enum cpc_status read_msr(struct reader *reader, const struct cpc_line *line, struct record *record,
				struct cpc_error *reterr)
{
	struct cpc_msr msr = { .address = record->key };
	uint64_t groups[4];

	take_separator(&record->body);
	if (cpc_scan_text(&record->body, "<")) {
		if (!memchr(record->body.at, '>', (size_t)(record->body.end - record->body.at)))
			return damaged(line, record, reterr);
	} else {
		if (!take_groups(&record->body, 4, 4, groups))
			return damaged(line, record, reterr);
		msr.readable = true;
		msr.value = groups[0] << 48 | groups[1] << 32 | groups[2] << 16 | groups[3];
	}
	return cpc_cpus_add_msr(reader->cpus, reader->cpu, line->number, &msr, reterr);
}

/* Whether `word` stands in a line; leaves `ret_after` behind it. */
static bool find_word(const struct cpc_line *line, const char *word, struct cpc_scan *ret_after)
{
	const char *found = memmem(line->text, line->length, word, strlen(word));

	if (!found)
		return false;
	*ret_after = (struct cpc_scan){ found + strlen(word), line->text + line->length };
	return true;
}

/* The CPU that a header names. */
static bool take_header(const struct cpc_line *line, uint32_t *ret_cpu)
{
	struct cpc_scan scan = cpc_scan_of(line);

	if (cpc_scan_text(&scan, "CPU#"))
		return cpc_scan_decimal(&scan, ret_cpu);
	if (cpc_scan_text(&scan, "CPUID Registers")) {
		if (find_word(line, "Logical CPU #", &scan))
			return cpc_scan_decimal(&scan, ret_cpu);
		if (!find_word(line, "(CPU #", &scan) || !cpc_scan_decimal(&scan, ret_cpu) || !*ret_cpu)
			return false;
		--*ret_cpu;
		return true;
	}
	if (!cpc_scan_text(&scan, "---"))
		return false;
	if (find_word(line, "Logical CPU #", &scan))
		return cpc_scan_decimal(&scan, ret_cpu);
	*ret_cpu = 0;
	return find_word(line, "[ MSR Registers ]", &scan);
}

static enum cpc_status read_header(struct reader *reader, const struct cpc_line *line, uint32_t cpu,
				   struct cpc_error *reterr)
{
	struct cpc_scan scan;

	if (cpu >= CPC_CPUS_MAX)
		return cpc_fail(reterr, CPC_BAD_DATA, line->number, "CPU %u: only CPUs below %d are followed", cpu,
				CPC_CPUS_MAX);
	end_run(reader);
	reader->headed = true;
	reader->cpu = cpu;
	reader->open_header = find_word(line, "MSR Registers", &scan) ? 0 : line->number;
	return CPC_OK;
}

/* Whether a last line without records is the beginning of a record or a header. */
static bool is_cut(const struct cpc_line *line)
{
	static const char *const words[] = { "CPUID ", "MSR " };
	struct cpc_scan scan = cpc_scan_of(line);
	struct cpc_scan rest;

	if (line->terminated || scan.at == scan.end)
		return false;
	if (*scan.at == '-')
		return find_word(line, "---[", &rest) && !find_word(line, "]---", &rest);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		const size_t left = (size_t)(scan.end - scan.at);
		uint64_t value;

		rest = scan;
		if (left < strlen(words[i]) && memcmp(scan.at, words[i], left) == 0)
			return true;
		if (cpc_scan_text(&rest, words[i]) && cpc_scan_hex(&rest, 0, 8, &value) && cpc_scan_done(&rest))
			return true;
	}
	return false;
}

static enum cpc_status cut_short(size_t line, struct cpc_error *reterr)
{
	return cpc_fail(reterr, CPC_BAD_DATA, line, "the dump is cut short here");
}

static enum cpc_status read_line(struct reader *reader, const struct cpc_line *line, struct cpc_error *reterr)
{
	const char *end = line->text + line->length;
	struct record record = find_record(line->text, end);
	enum cpc_status status = CPC_OK;
	uint32_t cpu;

	if (!record.kind) {
		if (is_cut(line))
			return cut_short(line->number, reterr);
		return take_header(line, &cpu) ? read_header(reader, line, cpu, reterr) : CPC_OK;
	}
	while (record.kind && status == CPC_OK) {
		const struct record next = find_record(record.body.at, end);

		/* The C of a CPUID glued to a record would pass for one more digit of it. */
		record.body.end = next.start;
		status = record.kind == RECORD_MSR ? read_msr(reader, line, &record, reterr)
						   : read_cpuid(reader, line, &record, reterr);
		record = next;
	}
	return status;
}

bool cpc_aida64_recognise(const char *bytes, size_t length)
{
	const char *end = bytes + (length < CPC_RECOGNISE_MAX ? length : CPC_RECOGNISE_MAX);
	struct record record = find_record(bytes, end);

	while (record.kind) {
		uint64_t group;

		take_separator(&record.body);
		if (cpc_scan_hex(&record.body, record.kind == RECORD_MSR ? 4 : 8, 8, &group) &&
		    cpc_scan_text(&record.body, "-"))
			return true;
		record = find_record(record.body.at, end);
	}
	return false;
}

enum cpc_status cpc_aida64_read(const char *bytes, size_t length, struct cpc_captures *captures,
				struct cpc_error *reterr)
{
	struct cpc_capture *capture = cpc_captures_start(captures, CPC_ORIGIN_DUMP);
	struct reader reader = { .cpus = cpc_cpus_new(true) };
	struct cpc_lines lines = cpc_lines_of(bytes, length);
	struct cpc_line line;
	enum cpc_status status = CPC_OK;

	if (!capture || !reader.cpus)
		status = cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	while (status == CPC_OK && cpc_lines_next(&lines, &line))
		status = read_line(&reader, &line, reterr);
	if (!status)
		status = cpc_lines_status(&lines, reterr);
	if (!status && reader.open_header)
		status = cut_short(reader.open_header, reterr);
	if (!status) {
		end_run(&reader);
		status = cpc_cpus_finish(reader.cpus, capture, reterr);
	}
	cpc_cpus_free(reader.cpus);
	return status;
}
