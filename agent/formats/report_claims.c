/* SPDX-License-Identifier: MIT */
/* Does a report contradict itself? Agents of other versions do not: their tables may be shorter or longer. */
#include "report_claims.h"

#include <stdio.h>
#include <string.h>

#include <cpucompat/report.h>

#include "report_cpus.h"

/** The fingerprint version that we print, and so can check. */
#define VERSION "cpc1:"

/*
 * A text leaves out words and scalars that are zero, and an older agent's those that it
 * had no name for: what comes after the last one that it has is not contradicted.
 */
static bool words_agree(const struct cpc_fingerprint *said, const struct cpc_fingerprint *found)
{
	unsigned int count = CPC_WORD_COUNT;

	while (count && !said->words[count - 1] && !cpc_word_unread(said, count - 1))
		count--;
	for (unsigned int i = 0; i < count; i++)
		if (cpc_word_unread(said, i) != cpc_word_unread(found, i) ||
		    (!cpc_word_unread(said, i) && said->words[i] != found->words[i]))
			return false;
	return true;
}

static bool scalars_agree(const struct cpc_fingerprint *said, const struct cpc_fingerprint *found)
{
	for (unsigned int id = 0; id < CPC_SCALAR_COUNT; id++) {
		const struct cpc_number a = said->scalars[id];
		const struct cpc_number b = found->scalars[id];

		if (cpc_scalar_in_text((enum cpc_scalar_id)id) && (a.unknown || a.value) &&
		    (a.unknown != b.unknown || a.value != b.value))
			return false;
	}
	return true;
}

static bool layouts_agree(const struct cpc_fingerprint *said, const struct cpc_fingerprint *found)
{
	if (!said->layout_count && !said->layout_unknown)
		return true;
	if (said->layout_unknown != found->layout_unknown || said->layout_count != found->layout_count)
		return false;
	for (size_t i = 0; i < said->layout_count; i++)
		if (said->layout[i].index != found->layout[i].index ||
		    said->layout[i].offset != found->layout[i].offset || said->layout[i].size != found->layout[i].size)
			return false;
	return true;
}

static bool agree(const struct cpc_fingerprint *said, const struct cpc_fingerprint *found)
{
	return memcmp(said->vendor, found->vendor, sizeof(said->vendor)) == 0 && said->family == found->family &&
	       said->model == found->model && said->stepping == found->stepping && words_agree(said, found) &&
	       scalars_agree(said, found) && layouts_agree(said, found);
}

/** The text of a view and its id, if it has them: CPC_OK and `*ret_said` false where there is nothing to check. */
static enum cpc_status read_claim(const json_t *view, const char *name, bool *ret_said,
				  struct cpc_fingerprint *ret_fingerprint, struct cpc_error *reterr)
{
	const json_t *text = json_object_get(view, "text");
	const json_t *id = json_object_get(view, "id");
	char path[CPC_PATH_SIZE];
	char expected[CPC_ID_SIZE];

	(void)snprintf(path, sizeof(path), "fingerprints.%s.text", name);
	*ret_said = false;
	if (!cpc_report_has(text))
		return CPC_OK;
	if (!json_is_string(text))
		return cpc_report_bad(path, "a string", reterr);
	if (strncmp(json_string_value(text), VERSION, strlen(VERSION)) != 0)
		return CPC_OK;
	if (cpc_fingerprint_parse(json_string_value(text), json_string_length(text), ret_fingerprint, NULL))
		return cpc_report_bad(path, "a fingerprint", reterr);
	*ret_said = true;
	if (!cpc_report_has(id))
		return CPC_OK;
	cpc_fingerprint_id(ret_fingerprint, expected);
	(void)snprintf(path, sizeof(path), "fingerprints.%s.id", name);
	if (!json_is_string(id) || strcmp(json_string_value(id), expected) != 0)
		return cpc_report_bad(path, "the id of the text beside it", reterr);
	return CPC_OK;
}

enum cpc_status cpc_report_claims(const json_t *root, const struct cpc_capture *capture, struct cpc_error *reterr)
{
	struct cpc_fingerprint said;
	struct cpc_report report;
	json_t *views;
	bool is_said;
	enum cpc_status status = cpc_report_object(root, "fingerprints", &views, reterr);

	if (!status)
		status = read_claim(json_object_get(views, cpc_view_name(CPC_VIEW_KVM)), cpc_view_name(CPC_VIEW_KVM),
				    &is_said, &said, reterr);
	if (!status)
		status = read_claim(json_object_get(views, cpc_view_name(CPC_VIEW_CPUID)),
				    cpc_view_name(CPC_VIEW_CPUID), &is_said, &said, reterr);
	if (status || !is_said)
		return status;
	cpc_report_of(capture, &report);
	if (!agree(&said, &report.fingerprint))
		return cpc_report_bad("fingerprints.cpuid.text", "what follows from the leaves", reterr);
	return CPC_OK;
}
