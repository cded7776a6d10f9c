/* SPDX-License-Identifier: MIT */
/*
 * libvirt's <cpudata>, as its cpu-data.py gathers it and its own tests hold it:
 *
 *	<!-- AMD EPYC 7502 32-Core Processor -->
 *	<cpudata arch='x86'>
 *	  <cpuid eax_in='0x00000007' ecx_in='0x00' eax='0x00000000' ebx='0x219c91a9' .../>
 *	  <msr index='0x10a' edx='0x00000000' eax='0x00000048'/>
 *	</cpudata>
 *
 * One CPU. Old files have no ecx_in, or name the leaf `function`: both mean subleaf 0.
 * New ones leave out leaves of zeros; what is not there is unread all the same, since
 * a text that was cut looks no different. Where the gatherer could not open
 * /dev/cpu/0/msr it took KVM's word for an MSR, and the text does not say so.
 *
 * Elements that are not known are passed over, as libvirt does.
 */
#include <string.h>

#include "cpus.h"
#include "lines.h"
#include "reader.h"
#include "text.h"
#include "xml.h"

struct reader {
	struct cpc_cpus *cpus;
	unsigned int depth;
};

/* A value such as "0x1f". */
static bool hex_value(const char *text, uint32_t *ret_value)
{
	struct cpc_scan scan = { text, text + strlen(text) };
	uint64_t value;

	if (!cpc_scan_text(&scan, "0x") || !cpc_scan_hex(&scan, 1, 8, &value) || scan.at != scan.end)
		return false;
	*ret_value = (uint32_t)value;
	return true;
}

/* An attribute that must be there, and be a number of 32 bits. */
static enum cpc_status take_number(const char *const *attributes, const char *name, size_t line, uint32_t *ret_value,
				   struct cpc_error *reterr)
{
	const char *text = cpc_xml_attribute(attributes, name);
	char quote[CPC_QUOTE_SIZE];

	if (!text)
		return cpc_fail(reterr, CPC_BAD_DATA, line, "cpudata: an element without %s", name);
	if (hex_value(text, ret_value))
		return CPC_OK;
	cpc_text_quote(quote, text, strlen(text));
	return cpc_fail(reterr, CPC_BAD_DATA, line, "cpudata: %s is \"%s\", not a number such as 0x1f", name, quote);
}

static enum cpc_status read_root(const char *name, const char *const *attributes, size_t line, struct cpc_error *reterr)
{
	const char *arch = cpc_xml_attribute(attributes, "arch");
	char quote[CPC_QUOTE_SIZE];

	if (strcmp(name, "cpudata") != 0) {
		cpc_text_quote(quote, name, strlen(name));
		return cpc_fail(reterr, CPC_BAD_DATA, line, "is XML that begins with <%s>; what is read is <cpudata>",
				quote);
	}
	if (arch && strcmp(arch, "x86") == 0)
		return CPC_OK;
	cpc_text_quote(quote, arch ? arch : "", arch ? strlen(arch) : 0);
	return cpc_fail(reterr, CPC_BAD_DATA, line, "is <cpudata> of arch \"%s\"; what is read is x86", quote);
}

static enum cpc_status read_cpuid(struct reader *reader, const char *const *attributes, size_t line,
				  struct cpc_error *reterr)
{
	static const char *const names[CPC_REG_COUNT] = { "eax", "ebx", "ecx", "edx" };
	struct cpc_leaf leaf = { 0 };
	const bool old = !cpc_xml_attribute(attributes, "eax_in") && cpc_xml_attribute(attributes, "function");
	enum cpc_status status = take_number(attributes, old ? "function" : "eax_in", line, &leaf.leaf, reterr);

	if (!status && cpc_xml_attribute(attributes, "ecx_in"))
		status = take_number(attributes, "ecx_in", line, &leaf.subleaf, reterr);
	for (int reg = 0; reg < CPC_REG_COUNT && status == CPC_OK; reg++)
		status = take_number(attributes, names[reg], line, &leaf.regs[reg], reterr);
	return status ? status : cpc_cpus_add_leaf(reader->cpus, 0, line, &leaf, reterr);
}

static enum cpc_status read_msr(struct reader *reader, const char *const *attributes, size_t line,
				struct cpc_error *reterr)
{
	struct cpc_msr msr = { .readable = true };
	uint32_t low = 0;
	uint32_t high = 0;
	enum cpc_status status = take_number(attributes, "index", line, &msr.address, reterr);

	if (!status)
		status = take_number(attributes, "eax", line, &low, reterr);
	if (!status)
		status = take_number(attributes, "edx", line, &high, reterr);
	msr.value = (uint64_t)high << 32 | low;
	return status ? status : cpc_cpus_add_msr(reader->cpus, 0, line, &msr, reterr);
}

static enum cpc_status on_start(void *context, const char *name, const char *const *attributes, size_t line,
				struct cpc_error *reterr)
{
	struct reader *reader = context;

	reader->depth++;
	if (reader->depth == 1)
		return read_root(name, attributes, line, reterr);
	if (reader->depth == 2 && strcmp(name, "cpuid") == 0)
		return read_cpuid(reader, attributes, line, reterr);
	if (reader->depth == 2 && strcmp(name, "msr") == 0)
		return read_msr(reader, attributes, line, reterr);
	return CPC_OK;
}

static enum cpc_status on_end(void *context, const char *name, size_t line, struct cpc_error *reterr)
{
	struct reader *reader = context;

	(void)name;
	(void)line;
	(void)reterr;
	reader->depth--;
	return CPC_OK;
}

bool cpc_libvirt_recognise(const char *bytes, size_t length)
{
	static const char element[] = "<cpudata";
	const char *const end = bytes + (length < CPC_RECOGNISE_MAX ? length : CPC_RECOGNISE_MAX);
	struct cpc_scan scan = { bytes, end };

	/* Comments may hold anything, so what is looked for is the element behind any first tag. */
	for (cpc_scan_blanks(&scan); scan.at < end && *scan.at == '\n'; cpc_scan_blanks(&scan))
		scan.at++;
	if (scan.at == end || *scan.at != '<')
		return false;
	while (scan.at && !cpc_scan_text(&scan, element))
		scan.at = memchr(scan.at + 1, '<', (size_t)(end - scan.at - 1));
	return scan.at;
}

enum cpc_status cpc_libvirt_read(const char *bytes, size_t length, struct cpc_captures *captures,
				 struct cpc_error *reterr)
{
	struct cpc_capture *capture = cpc_captures_start(captures, CPC_ORIGIN_DUMP);
	struct reader reader = { .cpus = cpc_cpus_new(false) };
	const struct cpc_xml_handler handler = { .context = &reader, .start = on_start, .end = on_end };
	enum cpc_status status = CPC_OK;

	if (!capture || !reader.cpus)
		status = cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	if (!status)
		status = cpc_xml_read(bytes, length, &handler, reterr);
	if (!status)
		status = cpc_cpus_finish(reader.cpus, capture, reterr);
	cpc_cpus_free(reader.cpus);
	return status;
}
