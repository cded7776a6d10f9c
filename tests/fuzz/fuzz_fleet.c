/* SPDX-License-Identifier: MIT */
/* Any bytes as a saved fleet: refused in a line, or a fleet that is saved again as it is. */
#include <stdlib.h>
#include <string.h>

#include "fleet_document.h"
#include "render.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct cpc_buffer save(const struct cpc_fleet *fleet)
{
	const struct cpc_style style = { .width = 80 };
	struct cpc_fleet_answers answers;
	const struct cpc_fleet_view view = { .fleet = fleet, .answers = &answers };
	struct cpc_buffer out = { 0 };

	if (cpc_fleet_ask(fleet, cpc_policy_named("kvm"), &answers, NULL) ||
	    cpc_fleet_format_named("json")->render(&view, &style, &out, NULL))
		abort();
	cpc_fleet_answers_free(&answers);
	return out;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cpc_fleet fleet = { .count = 0 };
	struct cpc_fleet again = { .count = 0 };
	struct cpc_error error = { .what = "" };
	struct cpc_buffer first;
	struct cpc_buffer second;

	(void)cpc_fleet_document_recognise((const char *)data, size);
	if (cpc_fleet_document_read((const char *)data, size, &fleet, &error)) {
		if (!error.what[0] || strchr(error.what, '\n'))
			abort();
		cpc_fleet_free(&fleet);
		return 0;
	}
	first = save(&fleet);
	if (cpc_fleet_document_read(first.bytes, first.length, &again, &error))
		abort();
	second = save(&again);
	if (first.length != second.length || memcmp(first.bytes, second.bytes, first.length) != 0)
		abort();
	cpc_buffer_free(&first);
	cpc_buffer_free(&second);
	cpc_fleet_free(&fleet);
	cpc_fleet_free(&again);
	return 0;
}
