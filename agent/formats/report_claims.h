/* SPDX-License-Identifier: MIT */
#ifndef CPC_REPORT_CLAIMS_H
#define CPC_REPORT_CLAIMS_H

#include <jansson.h>

#include <cpucompat/capture.h>

/**
 * Whether what a report says of its fingerprints follows from what it holds: each id from its
 * text, and the text of the cpuid view from the leaves that were read into `capture`. Nothing is taken
 * from either, but a document that contradicts itself is not to be believed in the rest. CPC_BAD_DATA where it does.
 */
enum cpc_status cpc_report_claims(const json_t *root, const struct cpc_capture *capture, struct cpc_error *reterr);

#endif
