/* SPDX-License-Identifier: MIT */
/* A saved requirement table: what was found on its hosts. Its rows follow from that and are judged anew. */
#include "ready_document.h"

#include <stdlib.h>
#include <string.h>

#include <cpucompat/report.h>
#include <cpucompat/site_fields.h>

#include "formats.h"
#include "lines.h"
#include "report_cpus.h"
#include "text.h"

#define FAMILY "cpucompat/ready/"
#define SCHEMA FAMILY "1"

/** jansson spends some hundred bytes on a value; a host with full lists has some ten thousand. */
#define VALUES_MAX (1U << 21)

static bool starts_with(const char *bytes, size_t length, const char *text)
{
	return length >= strlen(text) && !memcmp(bytes, text, strlen(text));
}

static size_t count_blanks(const char *bytes, size_t length)
{
	size_t count = 0;

	while (count < length && (cpc_is_blank(bytes[count]) || bytes[count] == '\n' || bytes[count] == '\r'))
		count++;
	return count;
}

/** Whether a table's own schema comes behind a key. */
static bool is_schema(const char *bytes, size_t length)
{
	size_t at = count_blanks(bytes, length);

	if (at == length || bytes[at++] != ':')
		return false;
	at += count_blanks(bytes + at, length - at);
	return starts_with(bytes + at, length - at, "\"" FAMILY);
}

bool cpc_ready_document_recognise(const char *bytes, size_t length)
{
	static const char key[] = "\"schema\"";
	const char *const end = bytes + length;
	const size_t mark = cpc_text_mark(bytes, length);
	const char *at = bytes + mark;

	at += count_blanks(at, length - mark);
	if (at == end || *at != '{')
		return false;
	/* A table has reports in it, with schemas of their own: whose comes first depends on who wrote it. */
	while ((at = memmem(at, (size_t)(end - at), key, sizeof(key) - 1))) {
		at += sizeof(key) - 1;
		if (is_schema(at, (size_t)(end - at)))
			return true;
	}
	return false;
}

static bool too_many_values(const char *bytes, size_t length)
{
	size_t count = 0;

	for (size_t i = 0; i < length; i++)
		count += bytes[i] == ',' || bytes[i] == '[' || bytes[i] == ':' || bytes[i] == '{';
	return count > VALUES_MAX;
}

/** Fail because of a member: `part` and `name` are ours, and no foreign bytes. */
static enum cpc_status bad(const char *part, const char *name, struct cpc_error *reterr)
{
	return cpc_fail(reterr, CPC_BAD_DATA, 0, "is no requirement table of ours: its %s.%s is of another kind", part,
			name);
}

static bool read_text(const json_t *value, char *ret_text, size_t size)
{
	const char *text = json_string_value(value);
	const size_t length = text ? strlen(text) : 0;

	if (!text || json_string_length(value) != length || length >= size)
		return false;
	for (size_t i = 0; i < length; i++) {
		if (text[i] < ' ' || text[i] > '~')
			return false;
	}
	memcpy(ret_text, text, length + 1);
	return true;
}

static bool read_number(const json_t *value, struct cpc_measurement *ret_number)
{
	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return false;
	*ret_number = (struct cpc_measurement){ .known = true, .value = (uint64_t)json_integer_value(value) };
	return true;
}

/** One of our names; a newer one of the same kind is `otherwise`. */
static bool read_name(const json_t *value, const char *(*name)(unsigned int), unsigned int count,
		      unsigned int otherwise, unsigned int *ret_value)
{
	if (!json_is_string(value))
		return false;
	*ret_value = otherwise;
	for (unsigned int i = 0; i < count; i++) {
		if (!strcmp(json_string_value(value), name(i)))
			*ret_value = i;
	}
	return true;
}

static const char *kind_name(unsigned int value)
{
	return cpc_port_kind_name(value);
}

static const char *transport_name(unsigned int value)
{
	return cpc_transport_name(value);
}

static const char *status_name(unsigned int value)
{
	return cpc_probe_status_name(value);
}

/** null is what is not known, and so is what is missing. */
static bool read_field(const json_t *value, const struct cpc_site_field *field, char *base)
{
	void *at = base + field->offset;
	unsigned int named = 0;
	bool good = false;

	if (!value || json_is_null(value))
		return true;
	switch (field->kind) {
	case CPC_SITE_TEXT:
		return read_text(value, at, field->size);
	case CPC_SITE_NUMBER:
		return read_number(value, at);
	case CPC_SITE_TRISTATE:
		*(enum cpc_tristate *)at = json_is_true(value) ? CPC_SET : CPC_CLEAR;
		return json_is_boolean(value);
	case CPC_SITE_BOOLEAN:
		*(bool *)at = json_is_true(value);
		return json_is_boolean(value);
	case CPC_SITE_PORT_KIND:
		good = read_name(value, kind_name, CPC_PORT_KIND_COUNT, CPC_PORT_OTHER, &named);
		*(enum cpc_port_kind *)at = named;
		return good;
	case CPC_SITE_TRANSPORT:
		good = read_name(value, transport_name, CPC_TRANSPORT_COUNT, CPC_TRANSPORT_UNKNOWN, &named);
		*(enum cpc_transport *)at = named;
		return good;
	}
	return false;
}

static enum cpc_status read_item(const json_t *object, const struct cpc_site_part *part, char *base,
				 struct cpc_error *reterr)
{
	if (!json_is_object(object))
		return bad("site", part->name, reterr);
	for (size_t i = 0; i < part->field_count; i++) {
		if (!read_field(json_object_get(object, part->fields[i].name), &part->fields[i], base))
			return bad(part->name, part->fields[i].name, reterr);
	}
	return CPC_OK;
}

static enum cpc_status read_list(const json_t *object, const struct cpc_site_part *part, struct cpc_site *site,
				 struct cpc_error *reterr)
{
	const json_t *items = json_object_get(object, "items");
	size_t *left_out = (size_t *)(void *)((char *)site + part->left_out_offset);
	struct cpc_measurement more;

	if (!json_is_array(items))
		return bad(part->name, "items", reterr);
	if (!read_number(json_object_get(object, "left_out"), &more))
		return bad(part->name, "left_out", reterr);
	for (size_t i = 0; i < json_array_size(items); i++) {
		const size_t before = *left_out;
		char *item = part->add(site);
		enum cpc_status status;

		if (!item && *left_out == before)
			return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
		status = item ? read_item(json_array_get(items, i), part, item, reterr) : CPC_OK;
		if (status)
			return status;
	}
	*left_out += more.value > UINT32_MAX ? UINT32_MAX : (size_t)more.value;
	return CPC_OK;
}

static enum cpc_status read_results(const json_t *probes, struct cpc_site *site, struct cpc_error *reterr)
{
	for (unsigned int id = 0; id < CPC_SITE_PROBE_COUNT; id++) {
		const char *name = cpc_site_probe_name(id);
		const json_t *result = json_object_get(probes, name);
		unsigned int status = CPC_PROBE_ABSENT;

		/* What did not look, or ended in a way that we do not know, saw nothing. */
		if (result && !read_name(json_object_get(result, "status"), status_name, CPC_PROBE_FAILED + 1,
					 CPC_PROBE_FAILED, &status))
			return bad(name, "status", reterr);
		if (result && !read_text(json_object_get(result, "needs"), site->results[id].needs, CPC_SHORT_SIZE))
			return bad(name, "needs", reterr);
		site->results[id].status = status;
	}
	return CPC_OK;
}

static enum cpc_status read_site(const json_t *object, struct cpc_site *site, struct cpc_error *reterr)
{
	enum cpc_status status = read_results(json_object_get(object, "probes"), site, reterr);

	for (size_t i = 0; i < cpc_site_part_count && !status; i++) {
		const struct cpc_site_part *part = &cpc_site_parts[i];
		const json_t *value = json_object_get(object, part->name);

		if (part->item_size)
			status = read_list(value, part, site, reterr);
		else
			status = read_item(value, part, (char *)site + part->offset, reterr);
	}
	return status;
}

static enum cpc_status read_host(const json_t *facts, struct cpc_ready_document_host *host, struct cpc_error *reterr)
{
	const json_t *name = json_object_get(facts, "host");
	const json_t *report = json_object_get(facts, "report");
	const json_t *site = json_object_get(facts, "site");
	char *text;

	if (!json_is_string(name))
		return bad("facts", "host", reterr);
	cpc_text_printable(host->name, sizeof(host->name), json_string_value(name));
	if (!json_is_object(report))
		return bad("facts", "report", reterr);
	text = json_dumps(report, JSON_COMPACT);
	if (!text)
		return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	cpc_buffer_puts(&host->report, text);
	free(text);
	if (host->report.failed)
		return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	if (!site || json_is_null(site))
		return CPC_OK;
	host->has_site = true;
	return json_is_object(site) ? read_site(site, &host->site, reterr) : bad("facts", "site", reterr);
}

static enum cpc_status read_root(const json_t *root, struct cpc_ready_document *document, struct cpc_error *reterr)
{
	const char *schema = json_string_value(json_object_get(root, "schema"));
	const json_t *facts = json_object_get(root, "facts");
	const size_t count = json_array_size(facts);
	enum cpc_status status = CPC_OK;

	if (!schema || strcmp(schema, SCHEMA) != 0)
		return cpc_fail(reterr, CPC_BAD_DATA, 0,
				"is not of the schema " SCHEMA "; use a newer version of this "
				"program");
	if (!count || count > CPC_READY_HOSTS_MAX)
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "has facts of %zu hosts, and 1 to %d are wanted", count,
				CPC_READY_HOSTS_MAX);
	document->hosts = calloc(count, sizeof(*document->hosts));
	if (!document->hosts)
		return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	for (; document->count < count && !status; document->count++)
		status = read_host(json_array_get(facts, document->count), &document->hosts[document->count], reterr);
	return status;
}

enum cpc_status cpc_ready_document_read(const char *bytes, size_t length, struct cpc_ready_document *ret_document,
					struct cpc_error *reterr)
{
	struct cpc_ready_document document = { .count = 0 };
	json_error_t error;
	enum cpc_status status;
	json_t *root;
	size_t mark;

	*ret_document = document;
	if (length > CPC_INPUT_MAX || too_many_values(bytes, length))
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "is larger than requirement tables are");
	mark = cpc_text_mark(bytes, length);
	root = json_loadb(bytes + mark, length - mark, JSON_REJECT_DUPLICATES, &error);
	/* jansson says nothing where an allocation failed. */
	if (!root && !error.text[0])
		return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	if (!root)
		return cpc_fail(reterr, CPC_BAD_DATA, error.line > 0 ? (size_t)error.line : 0, "is not valid JSON");
	status = read_root(root, &document, reterr);
	json_decref(root);
	if (status)
		cpc_ready_document_free(&document);
	*ret_document = document;
	return status;
}

void cpc_ready_document_free(struct cpc_ready_document *document)
{
	for (size_t i = 0; i < document->count; i++) {
		cpc_buffer_free(&document->hosts[i].report);
		cpc_site_free(&document->hosts[i].site);
	}
	free(document->hosts);
	*document = (struct cpc_ready_document){ .count = 0 };
}
