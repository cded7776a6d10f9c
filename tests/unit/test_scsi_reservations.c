/* SPDX-License-Identifier: MIT */
/* What the end of a PERSISTENT RESERVE IN says of a disk, and what is no disk at all. */
#include "support.h"

#include <errno.h>
#include <unistd.h>

#include "scsi_reservations.h"

static void ends_of_commands(void **state)
{
	static const struct {
		unsigned char status, sense[18];
		size_t length;
		int answer;
	} rows[] = {
		{ 0x00, { 0 }, 0, 1 },
		{ 0x02, { 0x70, 0, 5, [12] = 0x20 }, 18, 0 },
		{ 0x02, { 0xf0, 0, 5, [12] = 0x20 }, 18, 0 },
		{ 0x02, { 0x72, 5, 0x20 }, 8, 0 },
		{ 0x02, { 0x70, 0, 5, [12] = 0x24 }, 18, -EOPNOTSUPP },
		{ 0x02, { 0x72, 5, 0x24 }, 8, -EOPNOTSUPP },
		{ 0x02, { 0x70, 0, 5, [12] = 0x25 }, 18, -EIO }, /* no such unit */
		{ 0x02, { 0x70, 0, 6, [12] = 0x29 }, 18, -EBUSY },
		{ 0x02, { 0x72, 2, 0x04 }, 8, -EBUSY },
		{ 0x02, { 0x70, 0, 3, [12] = 0x20 }, 18, -EIO },
		{ 0x18, { 0 }, 0, -EBUSY },
		{ 0x08, { 0 }, 0, -EIO },
		/* Sense that is not there, or not as far as its code. */
		{ 0x02, { 0x70, 0, 5, [12] = 0x20 }, 0, -EIO },
		{ 0x02, { 0x70, 0, 5, [12] = 0x20 }, 12, -EIO },
		{ 0x02, { 0x72, 5, 0x20 }, 2, -EIO },
		{ 0x02, { 0x7f, 0, 5, [12] = 0x20 }, 18, -EIO },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		unsigned char *sense = malloc(rows[i].length ? rows[i].length : 1);

		assert_non_null(sense);
		memcpy(sense, rows[i].sense, rows[i].length);
		if (cpc_scsi_answer(rows[i].status, sense, rows[i].length) != rows[i].answer)
			fail_msg("row %zu", i);
		free(sense);
	}
}

static void what_is_no_disk(void **state)
{
	static const char *const names[] = { "", ".", "..", ".hidden", "../etc/passwd", "mapper/x", "/dev/sda" };
	char name[300];

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		assert_int_equal(cpc_scsi_reservations(names[i]), -EINVAL);
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(cpc_scsi_reservations(name), -EINVAL);
	assert_int_equal(cpc_scsi_reservations("nonexistent"), -ENOENT);
	assert_int_equal(cpc_scsi_reservations("null"), -ENOSYS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ends_of_commands),
		cmocka_unit_test(what_is_no_disk),
	};

	return cmocka_run_group_tests_name("scsi_reservations", tests, NULL, NULL);
}
