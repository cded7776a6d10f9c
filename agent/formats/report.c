/* SPDX-License-Identifier: MIT */
/*
 * Our own JSON report, read back. Only what was measured is taken from it: leaves,
 * MSRs and what the host said of itself. Everything derived is derived again, so a
 * report of another version is judged by this version's tables; one that contradicts itself is refused.
 */
#include <stdio.h>
#include <string.h>

#include <cpucompat/report.h>

#include "lines.h"
#include "reader.h"
#include "report_claims.h"
#include "report_cpus.h"
#include "text.h"

#define SCHEMA "cpucompat/report/1"

/*
 * jansson spends some hundred bytes on a value that may be three bytes of text. The
 * largest report that there can be, CPC_KINDS_MAX kinds of CPC_LEAVES_MAX leaves and
 * CPC_MSRS_MAX MSRs, holds about 700,000 values.
 */
#define VALUES_MAX (1U << 20)

bool cpc_report_recognise(const char *bytes, size_t length)
{
	size_t at = 0;

	while (at < length && at < CPC_RECOGNISE_MAX && (cpc_is_blank(bytes[at]) || bytes[at] == '\n'))
		at++;
	return at < length && bytes[at] == '{';
}

static bool too_many_values(const char *bytes, size_t length)
{
	size_t count = 0;

	/* Each value but the first is behind one of these. Those within strings count too: it is only a bound. */
	for (size_t i = 0; i < length; i++)
		count += bytes[i] == ',' || bytes[i] == '[' || bytes[i] == ':' || bytes[i] == '{';
	return count > VALUES_MAX;
}

/* A text that may be missing or null: the field keeps what it has. */
static enum cpc_status read_text(const json_t *parent, const char *key, const char *path, char *ret_text, size_t size,
				 struct cpc_error *reterr)
{
	const json_t *text = json_object_get(parent, key);

	if (!cpc_report_has(text))
		return CPC_OK;
	if (!json_is_string(text))
		return cpc_report_bad(path, "a string", reterr);
	cpc_text_copy(ret_text, size, json_string_value(text));
	return CPC_OK;
}

static enum cpc_status read_host(const json_t *root, struct cpc_capture *capture, struct cpc_error *reterr)
{
	json_t *host;
	enum cpc_status status = cpc_report_object(root, "host", &host, reterr);

	if (!status)
		status = read_text(host, "name", "host.name", capture->host_name, sizeof(capture->host_name), reterr);
	if (!status)
		status = read_text(host, "machine_id", "host.machine_id", capture->machine_id,
				   sizeof(capture->machine_id), reterr);
	if (!status)
		status = read_text(root, "collected_at", "collected_at", capture->collected_at,
				   sizeof(capture->collected_at), reterr);
	return status;
}

static enum cpc_status read_cpu_texts(const json_t *cpu, struct cpc_capture *capture, struct cpc_error *reterr)
{
	const json_t *libcpuid = json_object_get(cpu, "libcpuid");
	enum cpc_status status =
		read_text(cpu, "microcode", "cpu.microcode", capture->microcode, sizeof(capture->microcode), reterr);

	if (!status)
		status = read_text(cpu, "brand", "cpu.brand", capture->brand, sizeof(capture->brand), reterr);
	if (status || !cpc_report_has(libcpuid))
		return status;
	if (!json_is_object(libcpuid))
		return cpc_report_bad("cpu.libcpuid", "an object", reterr);
	status = read_text(libcpuid, "brand", "cpu.libcpuid.brand", capture->libcpuid_brand,
			   sizeof(capture->libcpuid_brand), reterr);
	if (!status)
		status = read_text(libcpuid, "codename", "cpu.libcpuid.codename", capture->libcpuid_codename,
				   sizeof(capture->libcpuid_codename), reterr);
	return status;
}

static bool probe_status(const char *name, enum cpc_probe_status *ret_status)
{
	static const enum cpc_probe_status all[] = { CPC_PROBE_OK, CPC_PROBE_ABSENT, CPC_PROBE_DENIED,
						     CPC_PROBE_FAILED };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (strcmp(name, cpc_probe_status_name(all[i])) != 0)
			continue;
		*ret_status = all[i];
		return true;
	}
	return false;
}

/* Probes above CPC_PROBES_MAX are a newer agent's, and left out. */
static enum cpc_status read_probes(const json_t *root, struct cpc_capture *capture, struct cpc_error *reterr)
{
	json_t *probes;
	const enum cpc_status status = cpc_report_object(root, "probes", &probes, reterr);
	const char *key;
	json_t *value;

	if (status)
		return status;
	json_object_foreach(probes, key, value)
	{
		const char *word = json_string_value(value);
		struct cpc_probe_result probe = { 0 };

		if (capture->probe_count == CPC_PROBES_MAX)
			break;
		cpc_text_copy(probe.name, sizeof(probe.name), key);
		if (!word || !probe_status(word, &probe.status)) {
			char path[CPC_PATH_SIZE];

			cpc_text_printable(probe.name, sizeof(probe.name), key);
			(void)snprintf(path, sizeof(path), "probes.%s", probe.name);
			return cpc_report_bad(path, "\"ok\", \"absent\", \"denied\" or \"failed\"", reterr);
		}
		capture->probes[capture->probe_count++] = probe;
	}
	return CPC_OK;
}

bool cpc_report_partial_word(const json_t *row, struct cpc_fingerprint *fingerprint)
{
	const json_t *index = json_array_get(row, 0);
	uint64_t set;
	uint64_t unread;
	json_int_t word;

	if (!json_is_integer(index) || json_array_size(row) != 3 || !cpc_report_hex(json_array_get(row, 1), 8, &set) ||
	    !cpc_report_hex(json_array_get(row, 2), 8, &unread))
		return false;
	word = json_integer_value(index);
	if (word < 0 || word >= (json_int_t)fingerprint->word_count)
		return false;
	/* No more than the text left open: bits that it keeps are those that are compared. */
	if (set & unread || (set | unread) & ~(uint64_t)fingerprint->unread[word] || !unread)
		return false;
	fingerprint->words[word] = (uint32_t)set;
	fingerprint->unread[word] = (uint32_t)unread;
	return true;
}

static enum cpc_status read_partial(const json_t *root, struct cpc_capture *capture, struct cpc_error *reterr)
{
	const json_t *rows =
		json_object_get(json_object_get(json_object_get(root, "fingerprints"), "cpuid"), "partial");
	const json_t *count = json_object_get(json_object_get(root, "cpu"), "logical_cpus");

	if (json_is_integer(count) && json_integer_value(count) > 0 && json_integer_value(count) <= CPC_CPUS_MAX)
		capture->logical_cpus = (size_t)json_integer_value(count);
	if (!rows || json_is_null(rows))
		return CPC_OK;
	if (!json_is_array(rows))
		return cpc_report_bad("fingerprints.cpuid.partial", "an array", reterr);
	for (size_t i = 0; i < json_array_size(rows); i++) {
		char path[CPC_INDEXED_PATH_SIZE];

		(void)snprintf(path, sizeof(path), "fingerprints.cpuid.partial[%zu]", i);
		if (!cpc_report_partial_word(json_array_get(rows, i), &capture->fingerprint))
			return cpc_report_bad(path, "[word, \"0x...\" set, \"0x...\" unread] that fits the text",
					      reterr);
	}
	capture->partial = true;
	return CPC_OK;
}

static enum cpc_status read_fingerprint(const json_t *root, struct cpc_capture *capture, struct cpc_error *reterr)
{
	const json_t *text = json_object_get(json_object_get(json_object_get(root, "fingerprints"), "cpuid"), "text");
	enum cpc_status status;

	if (!cpc_report_has(text))
		return cpc_fail(reterr, CPC_BAD_DATA, 0,
				"report: holds neither cpu.kinds nor leaves.cpuid nor fingerprints.cpuid.text");
	if (!json_is_string(text))
		return cpc_report_bad("fingerprints.cpuid.text", "a string", reterr);
	capture->origin = CPC_ORIGIN_FINGERPRINT;
	status =
		cpc_fingerprint_parse(json_string_value(text), json_string_length(text), &capture->fingerprint, reterr);
	return status ? status : read_partial(root, capture, reterr);
}

/* The kinds, else the leaves, else the fingerprint: the first of them that is there. */
static enum cpc_status read_registers(const json_t *root, const json_t *cpu, struct cpc_capture *capture,
				      struct cpc_error *reterr)
{
	const json_t *kinds = json_object_get(cpu, "kinds");
	json_t *leaves;
	const enum cpc_status status = cpc_report_object(root, "leaves", &leaves, reterr);

	if (status)
		return status;
	leaves = json_object_get(leaves, "cpuid");
	if (cpc_report_has(kinds))
		return cpc_report_kinds(kinds, leaves, capture, reterr);
	if (cpc_report_has(leaves))
		return cpc_report_leaves(leaves, capture, reterr);
	return read_fingerprint(root, capture, reterr);
}

static enum cpc_status read_kvm(const json_t *root, struct cpc_capture *capture, struct cpc_error *reterr)
{
	const json_t *leaves = json_object_get(json_object_get(root, "leaves"), "kvm");
	json_t *msrs;
	const enum cpc_status status = cpc_report_object(root, "msrs", &msrs, reterr);

	if (status || !cpc_report_has(leaves))
		return status;
	return cpc_report_kvm(leaves, json_object_get(msrs, "kvm"), &capture->kvm, reterr);
}

/* Numbers that a probe found; what follows from leaves is worked out again, and not read. */
static enum cpc_status read_measured(const json_t *root, struct cpc_capture *capture, struct cpc_error *reterr)
{
	json_t *scalars;
	const enum cpc_status status = cpc_report_object(root, "scalars", &scalars, reterr);

	for (unsigned int id = 0; id < CPC_SCALAR_COUNT && status == CPC_OK; id++) {
		const json_t *value = json_object_get(scalars, cpc_scalars[id].name);
		char path[CPC_PATH_SIZE];

		if (!cpc_scalars[id].derived || cpc_scalar_in_text((enum cpc_scalar_id)id) || !cpc_report_has(value))
			continue;
		(void)snprintf(path, sizeof(path), "scalars.%s", cpc_scalars[id].name);
		if (!json_is_integer(value) || json_integer_value(value) < 0)
			return cpc_report_bad(path, "a number or null", reterr);
		capture->measured[id] =
			(struct cpc_measurement){ .known = true, .value = (uint64_t)json_integer_value(value) };
	}
	return status;
}

/* What was made of a dump stays one: nobody knows where that CPUID was executed. */
static void read_vantage(const json_t *root, struct cpc_capture *capture)
{
	const char *vantage = json_string_value(json_object_get(root, "vantage"));

	if (vantage && strcmp(vantage, cpc_vantage_name(CPC_DUMP)) == 0 && capture->origin == CPC_ORIGIN_REPORT)
		capture->origin = CPC_ORIGIN_DUMP;
}

static enum cpc_status check_schema(const json_t *root, struct cpc_error *reterr)
{
	const json_t *schema = json_object_get(root, "schema");
	char quote[CPC_QUOTE_SIZE];

	if (!json_is_string(schema))
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "is JSON, but no report of cpucompat: it names no schema");
	if (strcmp(json_string_value(schema), SCHEMA) == 0)
		return CPC_OK;
	cpc_text_quote(quote, json_string_value(schema), json_string_length(schema));
	return cpc_fail(reterr, CPC_BAD_DATA, 0, "has the schema \"%s\"; what can be read here is " SCHEMA, quote);
}

static enum cpc_status read_root(const json_t *root, struct cpc_capture *capture, struct cpc_error *reterr)
{
	json_t *cpu;
	enum cpc_status status = check_schema(root, reterr);

	if (!status)
		status = cpc_report_object(root, "cpu", &cpu, reterr);
	if (!status)
		status = read_host(root, capture, reterr);
	if (!status)
		status = read_cpu_texts(cpu, capture, reterr);
	if (!status)
		status = cpc_report_kernel(root, capture, reterr);
	if (!status)
		status = read_probes(root, capture, reterr);
	if (!status)
		status = read_registers(root, cpu, capture, reterr);
	if (!status)
		status = cpc_report_microcodes(json_object_get(cpu, "microcodes"), capture, reterr);
	if (!status)
		status = cpc_report_odd_msrs(json_object_get(cpu, "odd_msrs"), capture, reterr);
	if (!status)
		status = read_kvm(root, capture, reterr);
	if (!status)
		status = read_measured(root, capture, reterr);
	if (!status)
		status = cpc_report_history_read(root, &capture->history, reterr);
	if (!status)
		status = cpc_report_claims(root, capture, reterr);
	if (!status)
		read_vantage(root, capture);
	return status;
}

static enum cpc_status not_json(const json_error_t *error, struct cpc_error *reterr)
{
	char text[JSON_ERROR_TEXT_LENGTH];

	/* jansson says nothing where an allocation failed, and elsewhere quotes the input, which may hold anything. */
	if (!error->text[0])
		return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	cpc_text_printable(text, sizeof(text), error->text);
	return cpc_fail(reterr, CPC_BAD_DATA, error->line > 0 ? (size_t)error->line : 0, "is not valid JSON: %s", text);
}

enum cpc_status cpc_report_read(const char *bytes, size_t length, struct cpc_captures *captures,
				struct cpc_error *reterr)
{
	struct cpc_capture *capture;
	enum cpc_status status;
	json_error_t error;
	json_t *root;

	if (too_many_values(bytes, length))
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "is JSON with more values than a report can have");
	root = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, &error);
	if (!root)
		return not_json(&error, reterr);
	capture = cpc_captures_start(captures, CPC_ORIGIN_REPORT);
	status = capture ? read_root(root, capture, reterr) : cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	json_decref(root);
	return status;
}
