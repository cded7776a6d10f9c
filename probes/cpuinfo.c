/* SPDX-License-Identifier: MIT */
/*
 * What the kernel made of the processor: /proc/cpuinfo, its first processor's block.
 * A CPUID bit that is set while its flag is missing says that firmware switched the
 * feature off, and `ept` is nowhere in CPUID at all.
 */
#include "probe_inside.h"

#include <string.h>

/* A block is about 3 KiB, with every flag that Linux 6.12 knows about 5 KiB. */
#define BLOCK_SIZE 16384

/* Part of a text. */
struct span {
	const char *text;
	size_t length;
};

static bool equals(struct span span, const char *text)
{
	return span.length == strlen(text) && memcmp(span.text, text, span.length) == 0;
}

static bool has_word(struct span words, const char *word)
{
	while (words.length) {
		const char *blank = memchr(words.text, ' ', words.length);
		const struct span first = { words.text, blank ? (size_t)(blank - words.text) : words.length };
		const size_t used = first.length + (blank ? 1 : 0);

		if (equals(first, word))
			return true;
		words.text += used;
		words.length -= used;
	}
	return false;
}

static struct span trim(struct span span)
{
	while (span.length && (span.text[0] == ' ' || span.text[0] == '\t')) {
		span.text++;
		span.length--;
	}
	while (span.length && (span.text[span.length - 1] == ' ' || span.text[span.length - 1] == '\t'))
		span.length--;
	return span;
}

/* "0x" and hex digits; "" for anything else. */
static void take_microcode(struct cpc_capture *capture, struct span value)
{
	const size_t digits = value.length > 2 ? strspn(value.text + 2, "0123456789abcdef") : 0;

	if (digits && digits == value.length - 2 && value.text[0] == '0' && value.text[1] == 'x')
		cpc_text_clean(capture->microcode, sizeof(capture->microcode), value.text, value.length);
}

static enum cpc_tristate flag(struct span flags, const char *name)
{
	return has_word(flags, name) ? CPC_SET : CPC_CLEAR;
}

/* A kernel may have no name for EPT, and says nothing of it then (vmx_flags.def). */
static enum cpc_tristate ept_flag(struct span flags)
{
	static const char *const names[] = {
#define CPC_VMX_FLAG(name) name,
#include <cpucompat/vmx_flags.def>
#undef CPC_VMX_FLAG
	};

	if (has_word(flags, "ept"))
		return CPC_SET;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (has_word(flags, names[i]))
			return CPC_CLEAR;
	return has_word(flags, "vmx") ? CPC_UNKNOWN : CPC_CLEAR;
}

/* Only Linux 5.6 and later have `vmx flags`. */
static void take_line(struct cpc_capture *capture, struct span key, struct span value)
{
	if (equals(key, "flags")) {
		capture->cpuinfo_vmx = flag(value, "vmx");
		capture->cpuinfo_svm = flag(value, "svm");
		capture->cpuinfo_ept = ept_flag(value);
		capture->cpuinfo_npt = flag(value, "npt");
	} else if (equals(key, "vmx flags")) {
		capture->cpuinfo_vmx_ept = flag(value, "ept");
	} else if (equals(key, "microcode")) {
		take_microcode(capture, value);
	}
}

/* The block ends at an empty line; a last line that was cut says nothing about what it no longer shows. */
static void take_block(struct cpc_capture *capture, const char *text)
{
	for (const char *line = text, *end; (end = strchr(line, '\n')) && end != line; line = end + 1) {
		const char *colon = memchr(line, ':', (size_t)(end - line));

		if (!colon)
			continue;
		take_line(capture, trim((struct span){ line, (size_t)(colon - line) }),
			  trim((struct span){ colon + 1, (size_t)(end - colon - 1) }));
	}
}

enum cpc_probe_status cpc_probe_cpuinfo(const struct cpc_env *env, struct cpc_capture *capture)
{
	char text[BLOCK_SIZE];
	const int length = cpc_sysroot_read(env->sysroot, "/proc/cpuinfo", text, sizeof(text));

	if (length < 0)
		return cpc_probe_status_of(length);
	take_block(capture, text);
	return capture->cpuinfo_vmx == CPC_UNKNOWN ? CPC_PROBE_FAILED : CPC_PROBE_OK;
}
