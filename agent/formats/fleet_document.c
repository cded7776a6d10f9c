/* SPDX-License-Identifier: MIT */
/* A saved fleet. What was counted and read is taken from it; verdicts, pools and baselines are asked anew. */
#include "fleet_document.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats.h"
#include "lines.h"
#include "report_cpus.h"
#include "sieve.h"
#include "text.h"

#define FAMILY "cpucompat/fleet/"
#define SCHEMA FAMILY "1"

/** What is read of a document. Its greatest member by far is the matrix. */
static const char *const members[] = { "schema", "hosts", "classes", NULL };

/** jansson spends some hundred bytes on a value; names of a million hosts are as many. */
#define VALUES_MAX (1U << 21)

/** Hosts of a class: more than there are processors, and sums of it are far from overflowing. */
#define COUNT_MAX ((json_int_t)1 << 36)

#define NAME_SIZE 256

/** Where in a document, for errors. */
struct place {
	char path[CPC_INDEXED_PATH_SIZE];
};

#if defined(__GNUC__)
__attribute__((format(printf, 1, 2)))
#endif
static struct place
place_of(const char *format, ...)
{
	struct place place;
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(place.path, sizeof(place.path), format, arguments);
	va_end(arguments);
	return place;
}

static enum cpc_status bad(const struct place *place, const char *wanted, struct cpc_error *reterr)
{
	return cpc_fail(reterr, CPC_BAD_DATA, 0, "saved fleet: %s is not %s", place->path, wanted);
}

bool cpc_fleet_document_recognise(const char *bytes, size_t length)
{
	static const char magic[] = "\"" FAMILY;
	size_t at = 0;

	while (at < length && (cpc_is_blank(bytes[at]) || bytes[at] == '\n' || bytes[at] == '\r'))
		at++;
	if (at == length || bytes[at] != '{')
		return false;
	return memmem(bytes, length < CPC_RECOGNISE_MAX ? length : CPC_RECOGNISE_MAX, magic, sizeof(magic) - 1);
}

static bool too_many_values(const char *bytes, size_t length)
{
	size_t count = 0;

	for (size_t i = 0; i < length; i++)
		count += bytes[i] == ',' || bytes[i] == '[' || bytes[i] == ':' || bytes[i] == '{';
	return count > VALUES_MAX;
}

/** A fingerprint's text, which must have the id beside it, and what is known of the words that it leaves open. */
static enum cpc_status read_fingerprint(const json_t *text, const json_t *id, const json_t *partial,
					const struct place *place, struct cpc_fingerprint *ret_fingerprint,
					struct cpc_error *reterr)
{
	char expected[CPC_ID_SIZE];
	struct cpc_error error;

	if (!json_is_string(text))
		return bad(place, "a fingerprint", reterr);
	if (cpc_fingerprint_parse(json_string_value(text), json_string_length(text), ret_fingerprint, &error))
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "saved fleet: %s: %s", place->path, error.what);
	cpc_fingerprint_id(ret_fingerprint, expected);
	if (!json_is_string(id) || strcmp(json_string_value(id), expected) != 0)
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "saved fleet: %s has another id than the one beside it",
				place->path);
	if (partial && !json_is_array(partial))
		return bad(place, "beside an array of what is partial", reterr);
	for (size_t i = 0; i < json_array_size(partial); i++)
		if (!cpc_report_partial_word(json_array_get(partial, i), ret_fingerprint))
			return bad(place, "beside a `partial` that fits it", reterr);
	return CPC_OK;
}

static enum cpc_status read_kvm(const json_t *kvm, size_t index, struct cpc_fingerprint *ret_kvm, bool *ret_has,
				struct cpc_error *reterr)
{
	const struct place place = place_of("classes[%zu].kvm", index);

	*ret_has = kvm && !json_is_null(kvm);
	if (!*ret_has)
		return CPC_OK;
	return read_fingerprint(json_object_get(kvm, "text"), json_object_get(kvm, "id"),
				json_object_get(kvm, "partial"), &place, ret_kvm, reterr);
}

/** Documents of old have no such member: then nobody knows. */
static enum cpc_status read_vantage(const json_t *class, size_t index, struct cpc_side *side, struct cpc_error *reterr)
{
	const json_t *vantage = json_object_get(class, "vantage");
	const json_t *dumped = json_object_get(class, "dumped");
	const struct place vantage_place = place_of("classes[%zu].vantage", index);
	const struct place dumped_place = place_of("classes[%zu].dumped", index);
	const char *word = json_string_value(vantage);

	side->vantage = CPC_DUMP;
	for (unsigned int i = 0; i < CPC_VANTAGE_COUNT && word; i++) {
		if (strcmp(word, cpc_vantage_name(i)) != 0)
			continue;
		side->vantage = i;
		word = NULL;
	}
	if (word || (vantage && !json_is_string(vantage)))
		return bad(&vantage_place, "a vantage", reterr);
	if (dumped && !json_is_boolean(dumped))
		return bad(&dumped_place, "true or false", reterr);
	side->dumped = dumped ? json_is_true(dumped) : side->vantage == CPC_DUMP;
	return CPC_OK;
}

static enum cpc_status read_requirements(const json_t *class, size_t index, struct cpc_side *side,
					 struct cpc_error *reterr)
{
	const json_t *requirements = json_object_get(class, "requirements");

	for (unsigned int i = 0; i < CPC_REQUIREMENT_COUNT; i++) {
		const json_t *value = json_object_get(requirements, cpc_requirement_key(i));
		const struct place place = place_of("classes[%zu].requirements.%s", index, cpc_requirement_key(i));
		const char *word = json_string_value(value);
		unsigned int status = 0;

		while (word && status < CPC_REQUIREMENT_STATUS_COUNT &&
		       strcmp(word, cpc_requirement_status_name(status)) != 0)
			status++;
		if (value && (!word || status == CPC_REQUIREMENT_STATUS_COUNT))
			return bad(&place, "a requirement's status", reterr);
		side->requirements[i] = status;
	}
	return CPC_OK;
}

/** Names are copied: those of a document may hold what a terminal would obey. */
static enum cpc_status read_names(const json_t *hosts, size_t index, char **ret_names, struct cpc_error *reterr)
{
	for (size_t i = 0; i < json_array_size(hosts); i++) {
		const char *text = json_string_value(json_array_get(hosts, i));
		const struct place place = place_of("classes[%zu].hosts[%zu]", index, i);
		char name[NAME_SIZE];

		if (!text)
			return bad(&place, "a name", reterr);
		cpc_text_copy(name, sizeof(name), text);
		ret_names[i] = strdup(name);
		if (!ret_names[i])
			return cpc_out_of_memory(reterr);
	}
	return CPC_OK;
}

static enum cpc_status add_hosts(const json_t *class, size_t index, const struct cpc_side *side,
				 struct cpc_fleet *fleet, struct cpc_error *reterr)
{
	const json_t *count = json_object_get(class, "count");
	const json_t *hosts = json_object_get(class, "hosts");
	const struct place count_place = place_of("classes[%zu].count", index);
	const struct place hosts_place = place_of("classes[%zu].hosts", index);
	const size_t name_count = json_array_size(hosts);
	enum cpc_status status;
	char **names;

	if (!json_is_integer(count) || json_integer_value(count) < 1 || json_integer_value(count) > COUNT_MAX)
		return bad(&count_place, "a number of hosts", reterr);
	if (!json_is_array(hosts) || name_count > (size_t)json_integer_value(count))
		return bad(&hosts_place, "an array of at most so many names", reterr);
	names = calloc(name_count + 1, sizeof(*names));
	if (!names)
		return cpc_out_of_memory(reterr);
	status = read_names(hosts, index, names, reterr);
	if (!status)
		status = cpc_fleet_add_alike(fleet, side, names, name_count, (size_t)json_integer_value(count), reterr);
	for (size_t i = 0; i < name_count; i++)
		free(names[i]);
	free(names);
	return status;
}

static enum cpc_status read_class(const json_t *class, size_t index, struct cpc_fleet *fleet, struct cpc_error *reterr)
{
	const struct place place = place_of("classes[%zu].fingerprint", index);
	struct cpc_fingerprint fingerprint;
	struct cpc_fingerprint kvm;
	struct cpc_side side = { .fingerprint = &fingerprint };
	bool has_kvm;
	enum cpc_status status = read_fingerprint(json_object_get(class, "fingerprint"), json_object_get(class, "id"),
						  json_object_get(class, "partial"), &place, &fingerprint, reterr);

	if (!status)
		status = read_kvm(json_object_get(class, "kvm"), index, &kvm, &has_kvm, reterr);
	if (!status)
		status = read_vantage(class, index, &side, reterr);
	if (!status)
		status = read_requirements(class, index, &side, reterr);
	if (status)
		return status;
	side.kvm = has_kvm ? &kvm : NULL;
	return add_hosts(class, index, &side, fleet, reterr);
}

static enum cpc_status check_schema(const json_t *root, struct cpc_error *reterr)
{
	const char *schema = json_string_value(json_object_get(root, "schema"));
	char quote[CPC_QUOTE_SIZE];

	if (!schema)
		return cpc_fail(reterr, CPC_BAD_DATA, 0,
				"is JSON, but no fleet of cpucompat: it names no schema; `cpucompat fleet --format "
				"json` writes one");
	if (strcmp(schema, SCHEMA) == 0)
		return CPC_OK;
	cpc_text_quote(quote, schema, strlen(schema));
	if (strncmp(schema, FAMILY, strlen(FAMILY)) == 0)
		return cpc_fail(reterr, CPC_BAD_DATA, 0,
				"has the schema \"%s\", and what can be read here is " SCHEMA
				"; a newer cpucompat made it, so update this one",
				quote);
	return cpc_fail(reterr, CPC_BAD_DATA, 0,
			"has the schema \"%s\"; a saved fleet has " SCHEMA ", as `cpucompat fleet --format json` "
			"writes it",
			quote);
}

static enum cpc_status read_root(const json_t *root, struct cpc_fleet *fleet, struct cpc_error *reterr)
{
	static const struct place classes_place = { .path = "classes" };
	static const struct place hosts_place = { .path = "hosts" };
	const json_t *classes = json_object_get(root, "classes");
	const json_t *hosts = json_object_get(root, "hosts");
	enum cpc_status status = check_schema(root, reterr);

	if (status)
		return status;
	if (!json_is_array(classes))
		return bad(&classes_place, "an array", reterr);
	for (size_t i = 0; i < json_array_size(classes) && !status; i++)
		status = read_class(json_array_get(classes, i), i, fleet, reterr);
	if (status)
		return status;
	if (!json_is_integer(hosts) || (uint64_t)json_integer_value(hosts) != fleet->hosts)
		return bad(&hosts_place, "the number of hosts of its classes", reterr);
	return CPC_OK;
}

static enum cpc_status not_json(const json_error_t *error, struct cpc_error *reterr)
{
	char text[JSON_ERROR_TEXT_LENGTH];

	/* jansson says nothing where an allocation failed. */
	if (!error->text[0])
		return cpc_out_of_memory(reterr);
	cpc_text_printable(text, sizeof(text), error->text);
	return cpc_fail(reterr, CPC_BAD_DATA, error->line > 0 ? (size_t)error->line : 0,
			"is no saved fleet, or a part of one: not valid JSON: %s", text);
}

static enum cpc_status parse(const char *bytes, size_t length, json_t **ret_root, struct cpc_error *reterr)
{
	json_error_t error;

	if (too_many_values(bytes, length))
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "names more hosts than a saved fleet is read with");
	*ret_root = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, &error);
	if (!*ret_root)
		return not_json(&error, reterr);
	return CPC_OK;
}

enum cpc_status cpc_fleet_document_read(const char *bytes, size_t length, struct cpc_fleet *fleet,
					struct cpc_error *reterr)
{
	/* What turns out to be wrong in the end must not have been counted. */
	struct cpc_fleet document = { .count = 0 };
	size_t sieved_length;
	char *sieved;
	json_t *root;
	enum cpc_status status;

	if (length > CPC_INPUT_MAX)
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "is larger than %u MiB", CPC_INPUT_MAX >> 20);
	if (!length)
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "is empty");
	sieved = cpc_sieve(bytes, length, members, &sieved_length);
	if (!sieved)
		return cpc_out_of_memory(reterr);
	status = parse(sieved, sieved_length, &root, reterr);
	free(sieved);
	if (status)
		return status;
	status = read_root(root, &document, reterr);
	json_decref(root);
	if (!status && fleet->hosts) {
		status = cpc_fleet_add_fleet(fleet, &document, reterr);
	} else if (!status) {
		cpc_fleet_free(fleet);
		*fleet = document;
		return CPC_OK;
	}
	cpc_fleet_free(&document);
	return status;
}

size_t cpc_fleet_document_unreadable(const char *bytes, size_t length)
{
	static const char *const member[] = { "unreadable_count", NULL };
	size_t sieved_length;
	char *sieved = cpc_sieve(bytes, length, member, &sieved_length);
	json_t *root = sieved ? json_loadb(sieved, sieved_length, JSON_REJECT_DUPLICATES, NULL) : NULL;
	const json_int_t count = json_integer_value(json_object_get(root, member[0]));

	json_decref(root);
	free(sieved);
	return count > 0 ? (size_t)count : 0;
}
