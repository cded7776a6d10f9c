/* SPDX-License-Identifier: MIT */
/*
 * The raw text of libcpuid (cpuid_serialize_raw_data(), `cpuid_tool --save`), read
 * without libcpuid:
 *
 *	version=0.7.0                                       since 0.3
 *	_________________ Logical CPU #0 _________________  since 0.6, where all CPUs were asked
 *	basic_cpuid[7]=00000000 209c01a9 00000000 00000000
 *	ext_cpuid[8]=00003030 00001007 0000500f 00000000
 *	intel_fn4[1]=1c004122 00c0003f 0000007f 00000000
 *
 * Row N of basic_cpuid is leaf N and of ext_cpuid leaf 0x80000000 + N, each of 32 rows
 * and asked with ecx zero; row N of the other tables is subleaf N of one leaf. There
 * are always as many rows whatever the processor has: those above its maximum echo
 * another leaf, and are dropped.
 *
 * What has no row was not asked: subleaves of leaf 7, all of leaf 0xD but the first,
 * leaves from 0x20 and 0x80000020 on, MSRs. Where the processor has them they are
 * unread, not clear, and so is the XSAVE layout.
 *
 * A line of dashes begins what libcpuid's tests expect of the dump.
 */
#include <string.h>

#include "cpus.h"
#include "lines.h"
#include "reader.h"
#include "text.h"

/* Rows of a table that are read; libcpuid has 32 at most. */
#define ROWS_MAX 256

#define SEPARATOR "----------"
#define HEADER_RULE "_________________"

struct table {
	const char *name;
	uint32_t leaf;
	bool of_leaves; /* its rows are leaves, not subleaves */
};

/* In libcpuid's order. Names without an `h` at the end count in decimal. */
static const struct table tables[] = {
	{ .name = "basic_cpuid", .leaf = 0, .of_leaves = true },
	{ .name = "ext_cpuid", .leaf = 0x80000000U, .of_leaves = true },
	{ .name = "intel_fn4", .leaf = 4 },
	{ .name = "intel_fn11", .leaf = 0xb },
	{ .name = "intel_fn12h", .leaf = 0x12 },
	{ .name = "intel_fn14h", .leaf = 0x14 },
	{ .name = "amd_fn8000001dh", .leaf = 0x8000001dU },
	{ .name = "amd_fn80000026h", .leaf = 0x80000026U },
};

struct reader {
	struct cpc_cpus *cpus;
	unsigned int cpu;
	size_t open_header;   /* line of a header that no row has followed yet, or 0 */
	bool basic[ROWS_MAX]; /* leaves of this CPU that have a row of their own */
	bool extended[ROWS_MAX];
};

/* A row's place: which table, which row. `table` is NULL for one that a newer libcpuid may have. */
struct row {
	const struct table *table;
	uint32_t index;
};

static bool take_name(struct cpc_scan *scan, const struct table **ret_table)
{
	const char *start = scan->at;
	size_t length;

	while (scan->at < scan->end &&
	       ((*scan->at >= 'a' && *scan->at <= 'z') || *scan->at == '_' || (*scan->at >= '0' && *scan->at <= '9')))
		scan->at++;
	length = (size_t)(scan->at - start);
	*ret_table = NULL;
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		if (strlen(tables[i].name) == length && memcmp(tables[i].name, start, length) == 0)
			*ret_table = &tables[i];
	return length;
}

/* Take `name[12]=`. */
static bool take_place(struct cpc_scan *scan, struct row *ret_row)
{
	return take_name(scan, &ret_row->table) && cpc_scan_text(scan, "[") &&
	       cpc_scan_decimal(scan, &ret_row->index) && cpc_scan_text(scan, "]=");
}

/* Take four words, whole ones, and nothing after them. */
static bool take_registers(struct cpc_scan *scan, uint32_t ret_regs[static CPC_REG_COUNT])
{
	for (int reg = 0; reg < CPC_REG_COUNT; reg++) {
		uint64_t value;

		cpc_scan_blanks(scan);
		if (!cpc_scan_hex(scan, 8, 8, &value))
			return false;
		ret_regs[reg] = (uint32_t)value;
	}
	return cpc_scan_done(scan);
}

/* Take `____ Logical CPU #12 ____`. */
static bool take_header(struct cpc_scan scan, uint32_t *ret_cpu)
{
	return cpc_scan_text(&scan, HEADER_RULE " Logical CPU #") && cpc_scan_decimal(&scan, ret_cpu) &&
	       cpc_scan_text(&scan, " " HEADER_RULE) && cpc_scan_done(&scan);
}

static enum cpc_status not_a_line(const struct cpc_line *line, struct cpc_error *reterr)
{
	struct cpc_scan scan = cpc_scan_of(line);
	char quote[CPC_QUOTE_SIZE];

	cpc_text_quote(quote, scan.at, (size_t)(scan.end - scan.at));
	if (cpc_scan_text(&scan, "arm_"))
		return cpc_fail(reterr, CPC_BAD_DATA, line->number, "is libcpuid's dump of an ARM processor");
	if (!line->terminated)
		return cpc_fail(reterr, CPC_BAD_DATA, line->number, "the dump is cut short here: \"%s\"", quote);
	return cpc_fail(reterr, CPC_BAD_DATA, line->number, "not a line of libcpuid's raw text: \"%s\"", quote);
}

/*
 * Subleaf 0 of a leaf that has a row of its own was asked twice, maybe on another
 * CPU (libcpuid before 0.6 was not pinned), and was left zero where libcpuid
 * converted somebody else's dump: the leaf's own row counts.
 */
static bool asked_before(const struct reader *reader, const struct row *row)
{
	const uint32_t number = row->table->leaf & (ROWS_MAX - 1);

	if (row->table->of_leaves || row->index)
		return false;
	return row->table->leaf < ROWS_MAX ? reader->basic[number] : reader->extended[number];
}

static enum cpc_status read_row(struct reader *reader, const struct cpc_line *line, struct cpc_scan scan,
				struct cpc_error *reterr)
{
	struct row row;
	struct cpc_leaf leaf;

	if (!take_place(&scan, &row) || row.index >= ROWS_MAX || !take_registers(&scan, leaf.regs))
		return not_a_line(line, reterr);
	reader->open_header = 0;
	if (!row.table || asked_before(reader, &row))
		return CPC_OK;
	leaf.leaf = row.table->of_leaves ? row.table->leaf + row.index : row.table->leaf;
	leaf.subleaf = row.table->of_leaves ? 0 : row.index;
	if (row.table->of_leaves)
		(row.table->leaf ? reader->extended : reader->basic)[row.index] = true;
	return cpc_cpus_add_leaf(reader->cpus, reader->cpu, line->number, &leaf, reterr);
}

static enum cpc_status empty_section(size_t line, struct cpc_error *reterr)
{
	return cpc_fail(reterr, CPC_BAD_DATA, line, "nothing follows this header: the dump is cut short");
}

static enum cpc_status begin_cpu(struct reader *reader, size_t line, uint32_t cpu, struct cpc_error *reterr)
{
	if (reader->open_header)
		return empty_section(reader->open_header, reterr);
	if (cpu >= CPC_CPUS_MAX)
		return cpc_fail(reterr, CPC_BAD_DATA, line, "CPU %u: only CPUs below %d are followed", cpu,
				CPC_CPUS_MAX);
	*reader = (struct reader){ .cpus = reader->cpus, .cpu = cpu, .open_header = line };
	return CPC_OK;
}

static enum cpc_status read_line(struct reader *reader, const struct cpc_line *line, bool *ret_end,
				 struct cpc_error *reterr)
{
	struct cpc_scan scan = cpc_scan_of(line);
	uint32_t cpu;

	if (scan.at == scan.end || *scan.at == '#' || cpc_scan_text(&scan, "version="))
		return CPC_OK;
	if (cpc_scan_text(&scan, SEPARATOR)) {
		*ret_end = true;
		return CPC_OK;
	}
	return take_header(scan, &cpu) ? begin_cpu(reader, line->number, cpu, reterr)
				       : read_row(reader, line, scan, reterr);
}

/* `version=` alone may be anybody's: the line after it decides. */
bool cpc_libcpuid_recognise(const char *bytes, size_t length)
{
	struct cpc_lines lines = cpc_lines_of(bytes, length < CPC_RECOGNISE_MAX ? length : CPC_RECOGNISE_MAX);
	struct cpc_line line;

	while (cpc_lines_next(&lines, &line)) {
		struct cpc_scan scan = cpc_scan_of(&line);
		uint32_t cpu;

		if (scan.at == scan.end || *scan.at == '#' || cpc_scan_text(&scan, "version="))
			continue;
		return take_header(scan, &cpu) || cpc_scan_text(&scan, "basic_cpuid[") ||
		       cpc_scan_text(&scan, "arm_midr=");
	}
	return false;
}

enum cpc_status cpc_libcpuid_read(const char *bytes, size_t length, struct cpc_captures *captures,
				  struct cpc_error *reterr)
{
	struct cpc_capture *capture = cpc_captures_start(captures, CPC_ORIGIN_DUMP);
	struct reader reader = { .cpus = cpc_cpus_new(false) };
	struct cpc_lines lines = cpc_lines_of(bytes, length);
	struct cpc_line line;
	enum cpc_status status = CPC_OK;
	bool end = false;

	if (!capture || !reader.cpus)
		status = cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	else
		cpc_cpus_drop_absent(reader.cpus);
	while (status == CPC_OK && !end && cpc_lines_next(&lines, &line))
		status = read_line(&reader, &line, &end, reterr);
	if (!status)
		status = cpc_lines_status(&lines, reterr);
	if (!status && reader.open_header)
		status = empty_section(reader.open_header, reterr);
	if (!status)
		status = cpc_cpus_finish(reader.cpus, capture, reterr);
	cpc_cpus_free(reader.cpus);
	return status;
}
