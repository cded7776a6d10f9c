/* SPDX-License-Identifier: MIT */
/*
 * The text of `cpuid -r` (Todd Allen's cpuid):
 *
 *	CPU 0:
 *	   0x00000007 0x00: eax=0x00000002 ebx=0xf3bfbffb ecx=0xbb417fee edx=0xffdd4430
 *
 * `cpuid -1 -r` heads its one section `CPU:`. MSRs may stand in a section, of the
 * same CPU (`0x0000010a: 0x000000000028fdeb`, or `fail` where the read faulted), or
 * anywhere without a colon, of every CPU (`0x0000010a 0x000000000c08e6fb`, as libvirt's
 * cpu-gather prints them). A CPU's sections add up, so `cat x.txt x.msr` is one dump.
 *
 * A line that is none of these is an error: in a format so plain it means that the
 * text is damaged, or something else.
 */
#include "cpus.h"
#include "lines.h"
#include "reader.h"
#include "text.h"

struct reader {
	struct cpc_cpus *cpus;
	unsigned int cpu;
	size_t open_header; /* line of a header that nothing has followed yet, or 0 */
};

/* Take `CPU 12:` or `CPU:`, which is CPU 0. */
static bool take_header(struct cpc_scan scan, uint32_t *ret_cpu)
{
	uint32_t cpu = 0;

	if (!cpc_scan_text(&scan, "CPU"))
		return false;
	cpc_scan_blanks(&scan);
	if (!cpc_scan_text(&scan, ":") && !(cpc_scan_decimal(&scan, &cpu) && cpc_scan_text(&scan, ":")))
		return false;
	*ret_cpu = cpu;
	return cpc_scan_done(&scan);
}

/* Digits that a number must have: those of a line that the input ends in may be cut off. */
static unsigned int digits(const struct cpc_line *line, unsigned int full)
{
	return line->terminated ? 1 : full;
}

static bool take_hex(struct cpc_scan *scan, unsigned int min, unsigned int max, uint64_t *ret_value)
{
	return cpc_scan_text(scan, "0x") && cpc_scan_hex(scan, min, max, ret_value);
}

/* Take the four registers of a leaf, and nothing after them. */
static bool take_registers(const struct cpc_line *line, struct cpc_scan *scan, struct cpc_leaf *leaf)
{
	static const char *const names[CPC_REG_COUNT] = { "eax=", "ebx=", "ecx=", "edx=" };

	for (int reg = 0; reg < CPC_REG_COUNT; reg++) {
		uint64_t value;

		cpc_scan_blanks(scan);
		if (!cpc_scan_text(scan, names[reg]) || !take_hex(scan, digits(line, 8), 8, &value))
			return false;
		leaf->regs[reg] = (uint32_t)value;
	}
	return cpc_scan_done(scan);
}

/* Take the value of an MSR, or `fail`, and nothing after it. */
static bool take_msr_value(const struct cpc_line *line, struct cpc_scan *scan, struct cpc_msr *msr)
{
	cpc_scan_blanks(scan);
	msr->readable = !cpc_scan_text(scan, "fail");
	if (msr->readable && !take_hex(scan, digits(line, 16), 16, &msr->value))
		return false;
	return cpc_scan_done(scan);
}

static enum cpc_status not_a_line(const struct cpc_line *line, struct cpc_error *reterr)
{
	const struct cpc_scan scan = cpc_scan_of(line);
	char quote[CPC_QUOTE_SIZE];

	cpc_text_quote(quote, scan.at, (size_t)(scan.end - scan.at));
	if (!line->terminated)
		return cpc_fail(reterr, CPC_BAD_DATA, line->number, "the dump is cut short here: \"%s\"", quote);
	return cpc_fail(reterr, CPC_BAD_DATA, line->number, "not a line that `cpuid -r` prints: \"%s\"", quote);
}

/* A line that begins with a leaf or an MSR address. */
static enum cpc_status read_answer(struct reader *reader, const struct cpc_line *line, struct cpc_scan scan,
				   struct cpc_error *reterr)
{
	uint64_t address;
	uint64_t second;
	struct cpc_scan rest;

	if (!take_hex(&scan, 1, 8, &address))
		return not_a_line(line, reterr);
	struct cpc_msr msr = { .address = (uint32_t)address, .readable = true };

	rest = scan;
	if (cpc_scan_text(&rest, ":"))
		return take_msr_value(line, &rest, &msr)
			       ? cpc_cpus_add_msr(reader->cpus, reader->cpu, line->number, &msr, reterr)
			       : not_a_line(line, reterr);
	cpc_scan_blanks(&rest);
	if (take_hex(&rest, 1, 8, &second) && cpc_scan_text(&rest, ":")) {
		struct cpc_leaf leaf = { .leaf = (uint32_t)address, .subleaf = (uint32_t)second };

		return take_registers(line, &rest, &leaf)
			       ? cpc_cpus_add_leaf(reader->cpus, reader->cpu, line->number, &leaf, reterr)
			       : not_a_line(line, reterr);
	}
	return take_msr_value(line, &scan, &msr)
		       ? cpc_cpus_add_msr(reader->cpus, CPC_EVERY_CPU, line->number, &msr, reterr)
		       : not_a_line(line, reterr);
}

static enum cpc_status empty_section(size_t line, struct cpc_error *reterr)
{
	return cpc_fail(reterr, CPC_BAD_DATA, line, "nothing follows this header: the dump is cut short");
}

static enum cpc_status read_line(struct reader *reader, const struct cpc_line *line, struct cpc_error *reterr)
{
	const struct cpc_scan scan = cpc_scan_of(line);
	uint32_t cpu;

	if (scan.at == scan.end || *scan.at == '#')
		return CPC_OK;
	if (!take_header(scan, &cpu)) {
		reader->open_header = 0;
		return read_answer(reader, line, scan, reterr);
	}
	if (reader->open_header)
		return empty_section(reader->open_header, reterr);
	if (cpu >= CPC_CPUS_MAX)
		return cpc_fail(reterr, CPC_BAD_DATA, line->number, "CPU %u: only CPUs below %d are followed", cpu,
				CPC_CPUS_MAX);
	reader->cpu = cpu;
	reader->open_header = line->number;
	return CPC_OK;
}

bool cpc_cpuid_r_recognise(const char *bytes, size_t length)
{
	struct cpc_line line;
	struct cpc_scan scan;
	uint32_t cpu;
	uint64_t address;

	if (!cpc_lines_first(bytes, length, &line))
		return false;
	scan = cpc_scan_of(&line);
	if (take_header(scan, &cpu))
		return true;
	return take_hex(&scan, 1, 8, &address) && scan.at < scan.end && (*scan.at == ':' || cpc_is_blank(*scan.at));
}

enum cpc_status cpc_cpuid_r_read(const char *bytes, size_t length, struct cpc_captures *captures,
				 struct cpc_error *reterr)
{
	struct cpc_capture *capture = cpc_captures_start(captures, CPC_ORIGIN_DUMP);
	struct reader reader = { .cpus = cpc_cpus_new(false) };
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
		status = empty_section(reader.open_header, reterr);
	if (!status)
		status = cpc_cpus_finish(reader.cpus, capture, reterr);
	cpc_cpus_free(reader.cpus);
	return status;
}
