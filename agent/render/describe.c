/* SPDX-License-Identifier: MIT */
#include "describe.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "escape.h"

void cpc_describe_signature(const struct cpc_signature *signature, char ret_line[static CPC_LINE_SIZE])
{
	char vendor[CPC_VENDOR_TEXT_SIZE];

	cpc_vendor_text(signature->vendor, vendor);
	snprintf(ret_line, CPC_LINE_SIZE, "%s %u.%u.%u %s", vendor, signature->family, signature->model,
		 signature->stepping, cpc_microarchitecture(signature));
}

void cpc_describe_cpu(const struct cpc_fingerprint *fingerprint, char ret_line[static CPC_LINE_SIZE])
{
	const struct cpc_signature signature = cpc_fingerprint_signature(fingerprint);

	cpc_describe_signature(&signature, ret_line);
}

const char *cpc_verdict_words(enum cpc_verdict verdict)
{
	static const char *const words[CPC_VERDICT_COUNT] = {
		[CPC_SAME] = "same",
		[CPC_MIGRATABLE] = "moves as it is",
		[CPC_COMPATIBILITY_MODE] = "needs",
		[CPC_IMPOSSIBLE] = "does not move",
		[CPC_VERDICT_UNKNOWN] = "unknown",
	};

	return words[verdict];
}

const char *cpc_mode_words(const struct cpc_policy *policy)
{
	return policy->mode_name ? policy->mode_name : "compatibility mode";
}

void cpc_class_letters(size_t class, char ret_letters[static CPC_CLASS_LETTERS_SIZE])
{
	char reversed[CPC_CLASS_LETTERS_SIZE];
	size_t length = 0;

	for (size_t rest = class + 1; rest && length + 1 < CPC_CLASS_LETTERS_SIZE; rest = (rest - 1) / 26)
		reversed[length++] = (char)('A' + (rest - 1) % 26);
	for (size_t i = 0; i < length; i++)
		ret_letters[i] = reversed[length - 1 - i];
	ret_letters[length] = '\0';
}

const char *cpc_evidence_source_name(enum cpc_evidence_source source)
{
	static const char *const names[CPC_EVIDENCE_SOURCE_COUNT] = {
		[CPC_EVIDENCE_CPUID] = "cpuid",
		[CPC_EVIDENCE_MSR] = "msr",
		[CPC_EVIDENCE_CPUINFO] = "cpuinfo",
		[CPC_EVIDENCE_MODULE] = "module",
		[CPC_EVIDENCE_KVM] = "kvm",
		[CPC_EVIDENCE_HYPERVISOR] = "hypervisor",
		[CPC_EVIDENCE_CATALOGUE] = "catalogue",
	};

	return names[source];
}

const char *cpc_tristate_name(enum cpc_tristate value)
{
	static const char *const names[] = { [CPC_CLEAR] = "clear", [CPC_SET] = "set", [CPC_UNKNOWN] = "unknown" };

	return names[value];
}

void cpc_describe_evidence(const struct cpc_evidence *evidence, char ret_line[static CPC_EVIDENCE_SIZE])
{
	/* An MSR's place names its source. */
	static const char *const sources[CPC_EVIDENCE_SOURCE_COUNT] = {
		[CPC_EVIDENCE_CPUID] = "cpuid ",	   [CPC_EVIDENCE_MSR] = "",
		[CPC_EVIDENCE_CPUINFO] = "/proc/cpuinfo ", [CPC_EVIDENCE_MODULE] = "module ",
		[CPC_EVIDENCE_KVM] = "/dev/kvm ",	   [CPC_EVIDENCE_HYPERVISOR] = "hypervisor ",
		[CPC_EVIDENCE_CATALOGUE] = "catalogue ",
	};
	char cpus[CPC_CPU_LIST_SIZE] = "";

	if (evidence->cpus)
		cpc_cpu_set_print(evidence->cpus, cpus);
	snprintf(ret_line, CPC_EVIDENCE_SIZE, "%s%s%s%s %s%s%s%s%s", sources[evidence->source], evidence->where,
		 *evidence->where ? " " : "", evidence->name, cpc_tristate_name(evidence->value),
		 *cpus ? " on CPUs " : "", cpus, evidence->inferred ? ", inferred" : "",
		 evidence->disputed ? ", disputed" : "");
}

const char *cpc_status_words(enum cpc_requirement_status status)
{
	static const char *const words[CPC_REQUIREMENT_STATUS_COUNT] = {
		[CPC_REQUIREMENT_UNKNOWN] = "unknown",
		[CPC_PRESENT] = "present",
		[CPC_ABSENT] = "absent",
		[CPC_DISABLED_BY_FIRMWARE] = "disabled by firmware",
		[CPC_HIDDEN_BY_HYPERVISOR] = "hidden by hypervisor",
	};

	return words[status];
}

const char *cpc_pool_caution(size_t hosts, enum cpc_verdict within)
{
	if (hosts < 2 || cpc_verdict_moves(within))
		return "";
	if (within == CPC_VERDICT_UNKNOWN)
		return "; whether VMs move between them depends on what was not read";
	return "; no VM moves between them";
}

const char *cpc_origin_name(enum cpc_origin origin)
{
	static const char *const names[] = {
		[CPC_ORIGIN_LIVE] = "live",
		[CPC_ORIGIN_REPORT] = "report",
		[CPC_ORIGIN_DUMP] = "dump",
		[CPC_ORIGIN_FINGERPRINT] = "fingerprint",
	};

	return names[origin];
}

const char *cpc_weight_name(enum cpc_weight weight)
{
	static const char *const names[] = {
		[CPC_NOTE] = "note",
		[CPC_WARNING] = "warning",
		[CPC_REFUSAL] = "refusal",
	};

	return names[weight];
}

bool cpc_layout_text(const struct cpc_fingerprint *fingerprint, char ret_text[static CPC_FINGERPRINT_SIZE])
{
	char text[CPC_FINGERPRINT_SIZE];
	const char *start;

	*ret_text = '\0';
	if (fingerprint->layout_unknown)
		return false;
	cpc_fingerprint_print(fingerprint, text);
	start = strstr(text, ",xs=");
	if (!start)
		start = strstr(text, ":xs=");
	if (start) {
		size_t length = strcspn(start + 4, ",");

		memcpy(ret_text, start + 4, length);
		ret_text[length] = '\0';
	}
	return true;
}

void cpc_each_bit_name(const uint32_t words[static CPC_WORDS_MAX], void (*visit)(void *context, const char *name),
		       void *context)
{
	for (unsigned int word = 0; word < CPC_WORDS_MAX; word++) {
		for (uint32_t bits = words[word]; bits; bits &= bits - 1) {
			const unsigned int bit = (unsigned int)__builtin_ctz(bits);
			/* A newer agent's words have no name here. */
			const struct cpc_feature *feature = word < CPC_WORD_COUNT ? cpc_feature_at(word, bit) : NULL;
			char where[CPC_WHERE_SIZE];

			cpc_word_bit_where(word, bit, where);
			visit(context, feature ? feature->name : where);
		}
	}
}

const char *cpc_time_text(int64_t seconds, char ret_text[static CPC_TIME_SIZE])
{
	const time_t time = (time_t)seconds;
	struct tm parts;

	if (!gmtime_r(&time, &parts) || !strftime(ret_text, CPC_TIME_SIZE, "%Y-%m-%dT%H:%M:%SZ", &parts))
		ret_text[0] = '\0';
	return ret_text;
}

bool cpc_seconds_of(const char *time, long long *ret_seconds)
{
	struct tm tm = { 0 };
	const char *end = strptime(time, "%Y-%m-%dT%H:%M:%SZ", &tm);

	if (!end || *end)
		return false;
	*ret_seconds = (long long)timegm(&tm);
	return true;
}

bool cpc_collected_seconds(const struct cpc_capture *capture, long long *ret_seconds)
{
	return cpc_seconds_of(capture->collected_at, ret_seconds);
}

const char *cpc_verdict_letter(enum cpc_verdict verdict)
{
	static const char *const letters[CPC_VERDICT_COUNT] = {
		[CPC_SAME] = "=",	[CPC_MIGRATABLE] = ">",	     [CPC_COMPATIBILITY_MODE] = "c",
		[CPC_IMPOSSIBLE] = "x", [CPC_VERDICT_UNKNOWN] = "?",
	};

	return letters[verdict];
}
