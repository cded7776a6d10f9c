/* SPDX-License-Identifier: MIT */
#ifndef CPC_TEST_FLEET_RENDER_H
#define CPC_TEST_FLEET_RENDER_H

#include "render.h"
#include "support.h"

/** A fleet in one of its formats, under the policy kvm; the caller frees it. */
static inline struct cpc_buffer render_fleet(const char *format, const struct cpc_fleet *fleet,
					     const struct cpc_unreadable *unreadable, size_t count)
{
	const struct cpc_style style = { .width = 80 };
	struct cpc_fleet_answers answers;
	const struct cpc_fleet_view view = {
		.fleet = fleet, .answers = &answers, .unreadable = unreadable, .unreadable_count = count
	};
	struct cpc_buffer out = { 0 };

	assert_int_equal(cpc_fleet_ask(fleet, cpc_policy_named("kvm"), &answers, NULL), CPC_OK);
	assert_int_equal(cpc_fleet_format_named(format)->render(&view, &style, &out, NULL), CPC_OK);
	cpc_fleet_answers_free(&answers);
	return out;
}

#endif
