/* SPDX-License-Identifier: MIT */
/*
 * Building JSON documents. Every call takes over the value it is given. What runs
 * out of memory sets `failed`, and cpc_json_finish() looks at it once, at the end.
 */
#ifndef CPC_JSON_H
#define CPC_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include <cpucompat/buffer.h>
#include <cpucompat/compare.h>
#include <cpucompat/status.h>

struct cpc_json {
	json_t *root;
	bool failed;
};

/** An object whose first key is `schema`. */
struct cpc_json cpc_json_start(const char *schema);

/** Append the document and a newline to `out`, and release it. CPC_INTERNAL where memory ran out. */
enum cpc_status cpc_json_finish(struct cpc_json *json, struct cpc_buffer *out, struct cpc_error *reterr);

void cpc_json_put(struct cpc_json *json, json_t *object, const char *key, json_t *value);
void cpc_json_append(struct cpc_json *json, json_t *array, json_t *value);

/** A new object or array inside another, borrowed; NULL where memory ran out, which every call here tolerates. */
json_t *cpc_json_object(struct cpc_json *json, json_t *object, const char *key);
json_t *cpc_json_array(struct cpc_json *json, json_t *object, const char *key);

/** A string; bytes of one that is not UTF-8 are escaped as %XX. */
json_t *cpc_json_text(const char *text);

/** "0x1f" */
json_t *cpc_json_hex(uint64_t value);

/** A number, or null where it is unknown. */
json_t *cpc_json_number(struct cpc_number number);

/** The same of what is always known, and of what was measured. */
json_t *cpc_json_count(uint64_t value);
json_t *cpc_json_measurement(struct cpc_measurement value);

/** true, false, or null where it is unknown. */
json_t *cpc_json_tristate(enum cpc_tristate value);

/** A report as a document of its own, cpucompat/report/1, to be put into another. */
json_t *cpc_json_report(struct cpc_json *json, const struct cpc_report *report);

/** The vantage, hypervisor and compatibility mode of a report, as members of the document. */
void cpc_json_vantage(struct cpc_json *json, const struct cpc_report *report);

/** `history`: {since, failures, failing_since, views: {cpuid: {changes, changed_at, previous_id}, kvm}}, or null. */
void cpc_json_history(struct cpc_json *json, const struct cpc_report *report);

/** {id, silicon, text, complete}: complete where nothing in it is unread, so that equal ids move freely both ways */
json_t *cpc_json_fingerprint(struct cpc_json *json, const struct cpc_fingerprint *fingerprint);

/**
 * What a fingerprint's text cannot say of a word that was read in part, where it has an
 * `x`: [word, bits that are set, bits that are unread].
 */
json_t *cpc_json_partial(struct cpc_json *json, const struct cpc_fingerprint *fingerprint);

/**
 * A finding of a direction, {code, name, where, rule, weight, mitigation, sure, a, b}: as sure as what is known
 * of the bit and of its place in the policy. `swapped` where the direction's source is the document's b: the values are
 * always those of a and b.
 */
json_t *cpc_json_finding(struct cpc_json *json, const struct cpc_finding *finding, const struct cpc_policy *policy,
			 const struct cpc_direction *direction, bool swapped);

#endif
