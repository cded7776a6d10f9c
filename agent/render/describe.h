/* SPDX-License-Identifier: MIT */
/*
 * Names and short phrases that several formats share.
 */
#ifndef CPC_DESCRIBE_H
#define CPC_DESCRIBE_H

#include <cpucompat/compare.h>
#include <cpucompat/report.h>

/** Room for a line about a processor or a piece of evidence. */
#define CPC_LINE_SIZE 160

/** "GenuineIntel 6.106.6 Ice Lake-SP" */
void cpc_describe_signature(const struct cpc_signature *signature, char ret_line[static CPC_LINE_SIZE]);

/** The same of the processor that a fingerprint names. */
void cpc_describe_cpu(const struct cpc_fingerprint *fingerprint, char ret_line[static CPC_LINE_SIZE]);

/** Room for a piece of evidence and the CPUs that it is about. */
#define CPC_EVIDENCE_SIZE (CPC_LINE_SIZE + CPC_CPU_LIST_SIZE)

/** "cpuid 1.0.ecx[5] vmx set", "/proc/cpuinfo flags vmx set", "msr.3a[2] vmx_outside_smx clear on CPUs 4-7, disputed"
 */
void cpc_describe_evidence(const struct cpc_evidence *evidence, char ret_line[static CPC_EVIDENCE_SIZE]);

/** Tell the visitor, in lines with a label each, from where a processor was seen and through what. */
void cpc_each_vantage_line(const struct cpc_report *report,
			   void (*visit)(void *context, const char *label, const char *line), void *context);

/**
 * A hypervisor's release by its name: "Windows Server 2022", "later than Windows Server 2022",
 * "4.17"; false where it told none, or none that we know.
 */
bool cpc_hypervisor_release(const struct cpc_hypervisor *hypervisor, char ret_release[static CPC_LINE_SIZE]);

/** "cpuid", "msr", "cpuinfo", "module", "kvm", "hypervisor": the JSON word */
const char *cpc_evidence_source_name(enum cpc_evidence_source source);

/** "set", "clear", "unknown" */
const char *cpc_tristate_name(enum cpc_tristate value);

/** "disabled by firmware": a requirement's status for people */
const char *cpc_status_words(enum cpc_requirement_status status);

/**
 * A pool of a class whose hosts do not take each other's VMs is no pool as others are: what is to be said of it behind
 * the number of its hosts, or "". `within` is the class's verdict to itself.
 */
const char *cpc_pool_caution(size_t hosts, enum cpc_verdict within);

/** "live", "report", "dump", "fingerprint" */
const char *cpc_origin_name(enum cpc_origin origin);

/** "=", ">", "c", "x", "?": a verdict in a matrix */
const char *cpc_verdict_letter(enum cpc_verdict verdict);

/** The platform's own word for the mode of a verdict `compatibility-mode`: "a lower CPU model". */
const char *cpc_mode_words(const struct cpc_policy *policy);

/** "same", "moves as it is", "needs", "does not move", "unknown": after "needs" comes the mode. */
const char *cpc_verdict_words(enum cpc_verdict verdict);

/** Room for a class's letters: 26^7 is more than there are. */
#define CPC_CLASS_LETTERS_SIZE 8

/** The name of a class of a fleet by its number, from 0: A, B, ... Z, AA, AB, ... as spreadsheets count. */
void cpc_class_letters(size_t class, char ret_letters[static CPC_CLASS_LETTERS_SIZE]);

/** "refusal", "warning", "note" */
const char *cpc_weight_name(enum cpc_weight weight);

/** What a finding is about: its name (or place, where it has none), its place, and what it means ("" where nobody
 * knows). */
struct cpc_subject {
	char name[CPC_WHERE_SIZE];
	char where[CPC_WHERE_SIZE];
	const char *meaning;
};

struct cpc_subject cpc_subject_of(const struct cpc_finding *finding, const char *vendor);

/** Room for a name and its place. */
#define CPC_SUBJECT_SIZE (2 * CPC_WHERE_SIZE + 4)

/** "avx512ifma (7.0.ebx[21])", or the place alone of what has no name. Returns `ret_line`. */
const char *cpc_subject_line(const struct cpc_subject *subject, char ret_line[static CPC_SUBJECT_SIZE]);

/** The place of a whole word: `msr.10a`, `7.0.ebx`. */
void cpc_word_where(unsigned int word, char ret_where[static CPC_WHERE_SIZE]);

/** A bit that is set in a report. */
struct cpc_set_bit {
	const struct cpc_feature *feature; /**< NULL for an unnamed one */
	char name[CPC_WHERE_SIZE];	   /**< the feature's, or the place */
};

/** Tell the visitor of each bit that is set in words of a fingerprint: its feature's name, or its place. */
void cpc_each_bit_name(const uint32_t words[static CPC_WORDS_MAX], void (*visit)(void *context, const char *name),
		       void *context);

/** Which view of a report this fingerprint of its is. */
enum cpc_view cpc_view_of(const struct cpc_report *report, const struct cpc_fingerprint *fingerprint);

/**
 * Tell the visitor of every bit set in a view that is no noise: named ones in table
 * order, then unnamed compared ones. Nothing where the report has no such view.
 */
void cpc_each_set_bit(const struct cpc_report *report, enum cpc_view view,
		      void (*visit)(void *context, const struct cpc_set_bit *bit), void *context);

/** Tell the visitor of the place of everything in a view that could not be read, each once. */
void cpc_each_unread(const struct cpc_report *report, enum cpc_view view,
		     void (*visit)(void *context, const char *where), void *context);

/** The XSAVE layout as the fingerprint's text has it; false where it is unknown. "" where there is none. */
bool cpc_layout_text(const struct cpc_fingerprint *fingerprint, char ret_text[static CPC_FINGERPRINT_SIZE]);

/** "unchanged since 2026-11-26T04:45:29Z", "2 changes since ...": of a view; false where nobody remembers, or has not
 * seen it. */
bool cpc_history_line(const struct cpc_report *report, enum cpc_view view, char ret_line[static CPC_LINE_SIZE]);

/** That the report is older than it should be, for its agent can make no newer; false where it is as it should be. */
bool cpc_stale_line(const struct cpc_report *report, char ret_line[static CPC_LINE_SIZE]);

/** Seconds since the epoch as RFC 3339 in UTC, as a capture has its time; "" where it is none of our days. Returns
 * `ret_text`. */
const char *cpc_time_text(int64_t seconds, char ret_text[static CPC_TIME_SIZE]);

/** RFC 3339 in UTC as seconds since the epoch; false for anything else. */
bool cpc_seconds_of(const char *time, long long *ret_seconds);

/** A capture's time in seconds since the epoch; false where it has none. */
bool cpc_collected_seconds(const struct cpc_capture *capture, long long *ret_seconds);

#endif
