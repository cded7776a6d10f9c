/* SPDX-License-Identifier: MIT */
/*
 * /proc/cpuinfo of Linux on x86: a partial view. A fingerprint is made of it whose
 * known bits are those that the text proves (cpuinfo_flags.c says which those are),
 * and everything else is unknown.
 *
 * Beside the flags the text proves vendor and signature; the highest basic leaf,
 * and so that the registers of leaves above it are zero; linear address bits; and
 * the CLFLUSH line. Physical address bits are shown less those that memory encryption
 * took (x86_phys_bits in amd.c and intel.c), so they count only where there is none.
 *
 * Processors of one host may differ: what all of them show is known.
 */
#include <string.h>

#include "cpuinfo_flags.h"
#include "lines.h"
#include "reader.h"
#include "text.h"

/* What one processor's block says; a number that it does not say is unknown. */
struct block {
	size_t line; /* of its first line, or 0 where there is no block yet */
	uint32_t number;
	struct cpc_span vendor;
	struct cpc_span brand;
	struct cpc_span microcode;
	struct cpc_span flags;
	struct cpc_span vmx_flags;
	struct cpc_number family;
	struct cpc_number model;
	struct cpc_number stepping;
	struct cpc_number level;     /* highest basic leaf */
	struct cpc_number line_size; /* of CLFLUSH, bytes */
	struct cpc_number physical;
	struct cpc_number linear;
};

struct reader {
	struct cpc_capture *capture;
	struct cpc_flag_index index;
	struct block block;
	struct block first;
	struct cpc_span flags; /* those that `shown` was made of */
	uint32_t shown[CPC_WORD_COUNT];
};

/*
 * The kernel takes off the bits that are keys of SME (in AMD's family 17h and later)
 * or TME. With SME neither flag need be left to tell; TME shows.
 */
static void doubt_physical(struct block *block)
{
	const bool intel = cpc_span_equals(block->vendor, "GenuineIntel");
	const bool amd = cpc_span_equals(block->vendor, "AuthenticAMD");

	if (intel && block->family.value != 15 && !cpc_span_has_word(block->flags, "tme"))
		return;
	if (amd && block->family.value < 0x17)
		return;
	block->physical.unknown = true;
}

/* Without CLFLUSH the kernel has a line size of its own. */
static void doubt_line_size(struct block *block)
{
	if (!cpc_span_has_word(block->flags, "clflush") || block->line_size.value % 8)
		block->line_size.unknown = true;
}

/* What a host offers is what its least processor has. */
static void take_least(struct cpc_number *all, struct cpc_number one)
{
	all->unknown |= one.unknown;
	if (one.value < all->value)
		all->value = one.value;
}

/* Blocks */

static enum cpc_tristate flag(bool shown)
{
	return shown ? CPC_SET : CPC_CLEAR;
}

static void fold_flag(enum cpc_tristate *all, enum cpc_tristate one, bool first)
{
	*all = first || *all == one ? one : CPC_UNKNOWN;
}

/* A kernel may have no name for EPT, and says nothing of it then (vmx_flags.def). */
static enum cpc_tristate ept_flag(struct cpc_span flags)
{
	static const char *const names[] = {
#define CPC_VMX_FLAG(name) name,
#include <cpucompat/vmx_flags.def>
#undef CPC_VMX_FLAG
	};

	if (cpc_span_has_word(flags, "ept"))
		return CPC_SET;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (cpc_span_has_word(flags, names[i]))
			return CPC_CLEAR;
	return cpc_span_has_word(flags, "vmx") ? CPC_UNKNOWN : CPC_CLEAR;
}

static void fold_host_flags(struct cpc_capture *capture, const struct block *block, bool first)
{
	const struct cpc_span flags = block->flags;

	fold_flag(&capture->cpuinfo_vmx, flag(cpc_span_has_word(flags, "vmx")), first);
	fold_flag(&capture->cpuinfo_svm, flag(cpc_span_has_word(flags, "svm")), first);
	fold_flag(&capture->cpuinfo_npt, flag(cpc_span_has_word(flags, "npt")), first);
	fold_flag(&capture->cpuinfo_ept, ept_flag(flags), first);
	fold_flag(&capture->cpuinfo_vmx_ept,
		  block->vmx_flags.text ? flag(cpc_span_has_word(block->vmx_flags, "ept")) : CPC_UNKNOWN, first);
}

static void begin_fingerprint(struct reader *reader, const struct block *block)
{
	struct cpc_capture *capture = reader->capture;
	struct cpc_fingerprint *fingerprint = &capture->fingerprint;

	fingerprint->family = (uint32_t)block->family.value;
	fingerprint->model = (uint32_t)block->model.value;
	fingerprint->stepping = block->stepping.unknown ? 0 : (uint32_t)block->stepping.value;
	fingerprint->word_count = CPC_WORD_COUNT;
	memcpy(fingerprint->vendor, block->vendor.text, block->vendor.length);
	memcpy(fingerprint->words, reader->shown, sizeof(reader->shown));
	cpc_span_copy(capture->brand, sizeof(capture->brand), block->brand);
	cpc_span_copy(capture->microcode, sizeof(capture->microcode), block->microcode);
	reader->first = *block;
}

/* A further processor of the host: what both show stays known. */
static void fold_block(struct reader *reader, const struct block *block)
{
	struct block *all = &reader->first;

	for (size_t i = 0; i < CPC_WORD_COUNT; i++)
		reader->capture->fingerprint.words[i] &= reader->shown[i];
	take_least(&all->level, block->level);
	take_least(&all->physical, block->physical);
	take_least(&all->linear, block->linear);
	all->line_size.unknown |= block->line_size.unknown || block->line_size.value != all->line_size.value;
	if (!cpc_spans_same(all->microcode, block->microcode))
		reader->capture->microcode[0] = '\0';
}

static enum cpc_status check_block(const struct reader *reader, const struct block *block, struct cpc_error *reterr)
{
	const struct block *first = &reader->first;

	if (!block->vendor.length)
		return cpc_fail(reterr, CPC_BAD_DATA, block->line,
				"processor %u has no vendor_id: not /proc/cpuinfo of an x86 processor, or cut short",
				block->number);
	if (block->vendor.length >= CPC_VENDOR_SIZE || cpc_span_equals(block->vendor, "unknown"))
		return cpc_fail(reterr, CPC_BAD_DATA, block->line,
				"processor %u has a vendor_id that CPUID cannot have", block->number);
	if (block->family.unknown || block->model.unknown || !block->flags.text)
		return cpc_fail(reterr, CPC_BAD_DATA, block->line,
				"processor %u has no cpu family, model or flags: the text is cut short", block->number);
	if (first->line && !cpc_spans_same(first->vendor, block->vendor))
		return cpc_fail(reterr, CPC_BAD_DATA, block->line,
				"processor %u is of another vendor than processor %u", block->number, first->number);
	return CPC_OK;
}

static enum cpc_status end_block(struct reader *reader, struct cpc_error *reterr)
{
	struct block *block = &reader->block;
	const bool first = !reader->first.line;
	enum cpc_status status;

	if (!block->line)
		return CPC_OK;
	status = check_block(reader, block, reterr);
	if (status)
		return status;
	if (first || !cpc_spans_same(block->flags, reader->flags))
		cpc_flags_prove(&reader->index, block->flags, block->vendor, reader->shown);
	reader->flags = block->flags;
	doubt_physical(block);
	doubt_line_size(block);
	fold_host_flags(reader->capture, block, first);
	if (first)
		begin_fingerprint(reader, block);
	else
		fold_block(reader, block);
	reader->capture->logical_cpus++;
	block->line = 0;
	return CPC_OK;
}

static enum cpc_status begin_block(struct reader *reader, const struct cpc_line *line, struct cpc_span value,
				   struct cpc_error *reterr)
{
	const struct cpc_number unknown = { .unknown = true };
	const struct cpc_number number = cpc_span_number(value, CPC_CPUS_MAX - 1);
	const uint32_t last = reader->block.number;
	enum cpc_status status = end_block(reader, reterr);

	if (status)
		return status;
	if (number.unknown)
		return cpc_fail(reterr, CPC_BAD_DATA, line->number, "processor: only numbers below %d are followed",
				CPC_CPUS_MAX);
	if (reader->first.line && number.value <= last)
		return cpc_fail(reterr, CPC_BAD_DATA, line->number,
				"processor %u after processor %u: this is more than one host",
				(unsigned int)number.value, last);
	reader->block = (struct block){
		.line = line->number,
		.number = (uint32_t)number.value,
		.family = unknown,
		.model = unknown,
		.stepping = unknown,
		.level = unknown,
		.line_size = unknown,
		.physical = unknown,
		.linear = unknown,
	};
	return CPC_OK;
}

/* Lines */

/* "46 bits physical, 48 bits virtual" */
static void take_address_sizes(struct block *block, struct cpc_span value)
{
	struct cpc_scan scan = { value.text, value.text + value.length };
	uint32_t physical;
	uint32_t linear;

	if (!cpc_scan_decimal(&scan, &physical) || !cpc_scan_text(&scan, " bits physical, ") ||
	    !cpc_scan_decimal(&scan, &linear) || !cpc_scan_text(&scan, " bits virtual") || !cpc_scan_done(&scan))
		return;
	if (!physical || physical > 64 || !linear || linear > 64)
		return;
	block->physical = (struct cpc_number){ .value = physical };
	block->linear = (struct cpc_number){ .value = linear };
}

/* "0x" and hex digits; nothing for anything else. */
static void take_microcode(struct block *block, struct cpc_span value)
{
	struct cpc_scan scan = { value.text, value.text + value.length };
	uint64_t revision;

	if (cpc_scan_text(&scan, "0x") && cpc_scan_hex(&scan, 1, 16, &revision) && cpc_scan_done(&scan))
		block->microcode = value;
}

/* CPUID's vendor may begin or end with blanks: only the one that the kernel puts before it is taken off. */
static struct cpc_span vendor_of(struct cpc_span raw)
{
	while (raw.length && (raw.text[raw.length - 1] == '\r' || raw.text[raw.length - 1] == '\0'))
		raw.length--;
	if (raw.length && *raw.text == ' ') {
		raw.text++;
		raw.length--;
	}
	return cpc_span_trim(raw).length ? raw : cpc_span_trim(raw);
}

static void take_line(struct block *block, struct cpc_span key, struct cpc_span raw)
{
	const struct cpc_span value = cpc_span_trim(raw);

	if (cpc_span_equals(key, "vendor_id"))
		block->vendor = vendor_of(raw);
	else if (cpc_span_equals(key, "cpu family"))
		block->family = cpc_span_number(value, UINT32_MAX);
	else if (cpc_span_equals(key, "model"))
		block->model = cpc_span_number(value, UINT32_MAX);
	else if (cpc_span_equals(key, "stepping"))
		block->stepping = cpc_span_number(value, UINT32_MAX);
	else if (cpc_span_equals(key, "model name") && !cpc_span_equals(value, "unknown"))
		block->brand = value;
	else if (cpc_span_equals(key, "microcode"))
		take_microcode(block, value);
	else if (cpc_span_equals(key, "flags"))
		block->flags = value;
	else if (cpc_span_equals(key, "vmx flags"))
		block->vmx_flags = value;
	else if (cpc_span_equals(key, "cpuid level"))
		block->level = cpc_span_number(value, 0xffff);
	else if (cpc_span_equals(key, "clflush size"))
		block->line_size = cpc_span_number(value, 255 * 8);
	else if (cpc_span_equals(key, "address sizes"))
		take_address_sizes(block, value);
}

static enum cpc_status read_line(struct reader *reader, const struct cpc_line *line, struct cpc_error *reterr)
{
	const struct cpc_scan scan = cpc_scan_of(line);
	const char *colon = memchr(scan.at, ':', (size_t)(scan.end - scan.at));
	char quote[CPC_QUOTE_SIZE];
	struct cpc_span key;
	struct cpc_span raw;

	/* A last line without its end may have lost some of it, and says nothing certain. */
	if (scan.at == scan.end || *scan.at == '#' || !line->terminated)
		return CPC_OK;
	if (!colon) {
		cpc_text_quote(quote, scan.at, (size_t)(scan.end - scan.at));
		return cpc_fail(reterr, CPC_BAD_DATA, line->number, "not a line of /proc/cpuinfo: \"%s\"", quote);
	}
	key = cpc_span_trim((struct cpc_span){ scan.at, (size_t)(colon - scan.at) });
	raw = (struct cpc_span){ colon + 1, (size_t)(scan.end - colon - 1) };
	if (cpc_span_equals(key, "processor"))
		return begin_block(reader, line, cpc_span_trim(raw), reterr);
	take_line(&reader->block, key, raw);
	return CPC_OK;
}

/* The fingerprint */

/* A leaf above the highest, or of another vendor's group, is not there, and what is not there is clear. */
static bool is_absent(const struct cpc_fingerprint *fingerprint, const struct cpc_number *level, uint32_t leaf)
{
	if (cpc_leaf_group(leaf) == 0xc0000000U)
		return !cpc_has_centaur_leaves(fingerprint->vendor);
	return !level->unknown && leaf < 0x40000000U && leaf > level->value;
}

static void mark_unread(struct cpc_fingerprint *fingerprint, const struct cpc_number *level)
{
	uint32_t masks[CPC_WORD_COUNT];

	cpc_canonical_masks(masks);
	for (size_t i = 0; i < CPC_WORD_COUNT; i++) {
		const struct cpc_register_info *info = &cpc_registers[i];
		const uint32_t leaf = info->place >= CPC_PLACE_MSR_LO ? 7 : info->leaf; /* 7 announces the MSR */

		fingerprint->words[i] &= masks[i];
		if (fingerprint->words[i] || !is_absent(fingerprint, level, leaf))
			fingerprint->unread[i] = masks[i] & ~fingerprint->words[i];
	}
}

static void finish_fingerprint(struct reader *reader)
{
	struct cpc_fingerprint *fingerprint = &reader->capture->fingerprint;
	const struct block *all = &reader->first;

	mark_unread(fingerprint, &all->level);
	fingerprint->layout_unknown = !is_absent(fingerprint, &all->level, 0xd);
	for (unsigned int i = 0; i < CPC_SCALAR_COUNT; i++)
		if (cpc_scalar_in_text((enum cpc_scalar_id)i) && cpc_scalars[i].rule != CPC_SCALAR_LAYOUT)
			fingerprint->scalars[i].unknown =
				cpc_scalars[i].derived || !is_absent(fingerprint, &all->level, cpc_scalars[i].leaf);
	fingerprint->scalars[CPC_S_xa].unknown = fingerprint->layout_unknown;
	fingerprint->scalars[CPC_S_pa] = all->physical;
	fingerprint->scalars[CPC_S_la] = all->linear;
	fingerprint->scalars[CPC_S_clf] = all->line_size;
	fingerprint->scalars[CPC_S_mbl] = all->level;
}

bool cpc_cpuinfo_recognise(const char *bytes, size_t length)
{
	struct cpc_line line;
	struct cpc_scan scan;
	uint32_t number;

	if (!cpc_lines_first(bytes, length, &line))
		return false;
	scan = cpc_scan_of(&line);
	if (!cpc_scan_text(&scan, "processor"))
		return false;
	cpc_scan_blanks(&scan);
	if (!cpc_scan_text(&scan, ":"))
		return false;
	cpc_scan_blanks(&scan);
	return cpc_scan_decimal(&scan, &number);
}

enum cpc_status cpc_cpuinfo_read(const char *bytes, size_t length, struct cpc_captures *captures,
				 struct cpc_error *reterr)
{
	struct reader reader = { .capture = cpc_captures_start(captures, CPC_ORIGIN_FINGERPRINT) };
	struct cpc_lines lines = cpc_lines_of(bytes, length);
	struct cpc_line line;
	enum cpc_status status = CPC_OK;

	if (!reader.capture)
		return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	reader.capture->partial = true;
	cpc_flag_index_of(&reader.index);
	while (status == CPC_OK && cpc_lines_next(&lines, &line))
		status = read_line(&reader, &line, reterr);
	if (!status)
		status = cpc_lines_status(&lines, reterr);
	if (!status)
		status = end_block(&reader, reterr);
	if (!status && !reader.first.line)
		status = cpc_fail(reterr, CPC_BAD_DATA, 0, "holds no whole processor: the text is cut short");
	if (!status)
		finish_fingerprint(&reader);
	return status;
}
