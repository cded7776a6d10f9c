/* SPDX-License-Identifier: MIT */
/*
 * What the readers share with the table in formats.c.
 */
#ifndef CPC_READER_H
#define CPC_READER_H

#include "formats.h"

/**
 * A new capture of that origin at the end of the list, with everything that the
 * input may not tell set to unknown (zero would mean "clear"). NULL without memory.
 */
struct cpc_capture *cpc_captures_start(struct cpc_captures *captures, enum cpc_origin origin);

bool cpc_report_recognise(const char *bytes, size_t length);
enum cpc_status cpc_report_read(const char *bytes, size_t length, struct cpc_captures *captures,
				struct cpc_error *reterr);

/* Its recogniser is in list.h. */
enum cpc_status cpc_fingerprints_read(const char *bytes, size_t length, struct cpc_captures *captures,
				      struct cpc_error *reterr);

bool cpc_cpuid_r_recognise(const char *bytes, size_t length);
enum cpc_status cpc_cpuid_r_read(const char *bytes, size_t length, struct cpc_captures *captures,
				 struct cpc_error *reterr);

bool cpc_aida64_recognise(const char *bytes, size_t length);
enum cpc_status cpc_aida64_read(const char *bytes, size_t length, struct cpc_captures *captures,
				struct cpc_error *reterr);

bool cpc_libcpuid_recognise(const char *bytes, size_t length);
enum cpc_status cpc_libcpuid_read(const char *bytes, size_t length, struct cpc_captures *captures,
				  struct cpc_error *reterr);

bool cpc_libvirt_recognise(const char *bytes, size_t length);
enum cpc_status cpc_libvirt_read(const char *bytes, size_t length, struct cpc_captures *captures,
				 struct cpc_error *reterr);

bool cpc_cpuinfo_recognise(const char *bytes, size_t length);
enum cpc_status cpc_cpuinfo_read(const char *bytes, size_t length, struct cpc_captures *captures,
				 struct cpc_error *reterr);

#endif
