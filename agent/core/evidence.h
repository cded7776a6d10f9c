/* SPDX-License-Identifier: MIT */
/* Inside core: gathering what speaks for a requirement, and what against it. */
#ifndef CPC_EVIDENCE_H
#define CPC_EVIDENCE_H

#include "derive.h"

/** Which way a piece of evidence leans. */
enum cpc_leaning { CPC_NEUTRAL, CPC_FOR, CPC_AGAINST };

/** A requirement whose evidence is being gathered. Zero-initialise but for the pointers. */
struct cpc_ledger {
	const struct cpc_report *report;
	struct cpc_requirement *requirement;
	enum cpc_leaning leanings[CPC_EVIDENCE_MAX];
};

/** What the CPUs of a host say of one bit: both where they do not agree, neither where nobody knows. */
struct cpc_reading {
	bool set;
	bool clear;
};

/** Add a line. Returns it, or a line that nobody will see where there is no room. */
struct cpc_evidence *cpc_note(struct cpc_ledger *ledger, enum cpc_evidence_source source, const char *where,
			      const char *name, enum cpc_tristate value, enum cpc_leaning leaning);

/**
 * Look at a bit of CPUID or of an MSR on every CPU, a line for each answer. CPUs that
 * disagree dispute each other. An MSR that nobody tried to read gets no line.
 */
struct cpc_reading cpc_look_at_bit(struct cpc_ledger *ledger, enum cpc_feature_id id, enum cpc_leaning when_set,
				   enum cpc_leaning when_clear);

/** A flag of /proc/cpuinfo; no line where it was not read. */
void cpc_look_at_flag(struct cpc_ledger *ledger, const char *line, const char *flag, enum cpc_tristate value,
		      enum cpc_leaning when_clear);

/** Whether the module is live; a line only then, which leans for it. */
bool cpc_look_at_module(struct cpc_ledger *ledger, enum cpc_kvm_module module);

/** A parameter of a live module: what it found and made of it. UNKNOWN where the module is not live. */
enum cpc_tristate cpc_look_at_parameter(struct cpc_ledger *ledger, enum cpc_kvm_parameter parameter);

/** A bit of what KVM offers guests; a line where it is set, for its absence proves nothing. */
bool cpc_look_at_kvm(struct cpc_ledger *ledger, enum cpc_feature_id id);

/** What a row of the catalogue tells; no line where it tells nothing, or where there is no row. */
void cpc_look_at_row(struct cpc_ledger *ledger, const char *name, enum cpc_tristate value);

/** That there is a hypervisor, which may hide what it likes. */
void cpc_note_hypervisor(struct cpc_ledger *ledger);

/** Whether any line leans that way. */
bool cpc_leans(const struct cpc_ledger *ledger, enum cpc_leaning leaning);

/** Mark the lines that contradict each other, and the requirement where there are any. */
void cpc_settle(struct cpc_ledger *ledger);

#endif
