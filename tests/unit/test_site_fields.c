/* SPDX-License-Identifier: MIT */
/* The table of a site's members: none is left out, none is there twice. */
#include <stdlib.h>
#include <string.h>

#include <cpucompat/site_fields.h>

#include "support.h"

static size_t size_of(const struct cpc_site_field *field)
{
	switch (field->kind) {
	case CPC_SITE_TEXT:
		return field->size;
	case CPC_SITE_NUMBER:
		return sizeof(struct cpc_measurement);
	case CPC_SITE_BOOLEAN:
		return sizeof(bool);
	default:
		return sizeof(int);
	}
}

/** Members follow each other, with no more between them than alignment needs: nothing of a struct is forgotten. */
static void whole(const char *name, const struct cpc_site_part *part, size_t size)
{
	size_t end = 0;

	for (size_t i = 0; i < part->field_count; i++) {
		const struct cpc_site_field *field = &part->fields[i];

		if (field->size != size_of(field))
			fail_msg("%s.%s is of another kind", name, field->name);
		if (field->offset < end || field->offset - end >= 8)
			fail_msg("%s: something is missing before %s", name, field->name);
		end = field->offset + field->size;
	}
	if (size - end >= 8)
		fail_msg("%s: something is missing at its end", name);
}

static void nothing_is_left_out(void **state)
{
	static const size_t sizes[] = { sizeof(struct cpc_site_memory),	 sizeof(struct cpc_port),
					sizeof(struct cpc_storage_port), sizeof(struct cpc_volume),
					sizeof(struct cpc_host_system),	 sizeof(struct cpc_guest_system),
					sizeof(struct cpc_directory),	 sizeof(struct cpc_dns) };

	(void)state;
	assert_int_equal(cpc_site_part_count, COUNT(sizes));
	for (size_t i = 0; i < cpc_site_part_count; i++) {
		const struct cpc_site_part *part = &cpc_site_parts[i];

		if (part->item_size)
			assert_int_equal(part->item_size, sizes[i]);
		whole(part->name, part, sizes[i]);
	}
}

static void lists_grow(void **state)
{
	struct cpc_site site = { .port_count = 0 };

	(void)state;
	for (size_t i = 0; i < cpc_site_part_count; i++) {
		const struct cpc_site_part *part = &cpc_site_parts[i];

		if (!part->item_size)
			continue;
		assert_non_null(part->add(&site));
		assert_int_equal(*(size_t *)(void *)((char *)&site + part->count_offset), 1);
		assert_int_equal(*(size_t *)(void *)((char *)&site + part->left_out_offset), 0);
	}
	assert_int_equal(site.port_count + site.storage_port_count + site.volume_count, 3);
	cpc_site_free(&site);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_left_out),
		cmocka_unit_test(lists_grow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
