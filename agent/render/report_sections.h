/* SPDX-License-Identifier: MIT */
/*
 * The longer sections of a report's text.
 */
#ifndef CPC_REPORT_SECTIONS_H
#define CPC_REPORT_SECTIONS_H

#include <cpucompat/report.h>

#include "layout.h"

/** The four requirements, each with its status and evidence. */
void cpc_put_requirements(struct cpc_text *text, const struct cpc_report *report);

/** The set features by group; those for the host alone where the style is verbose. */
void cpc_put_features(struct cpc_text *text, const struct cpc_report *report);

/** What could not be read and how to read it; nothing where everything was. */
void cpc_put_unread(struct cpc_text *text, const struct cpc_report *report);

/** Where KVM's view and the processor's differ. Nothing without a view of KVM's. */
void cpc_put_kvm(struct cpc_text *text, const struct cpc_report *report);

#endif
