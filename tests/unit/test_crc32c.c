/* SPDX-License-Identifier: MIT */
/* CRC-32C: the vectors of RFC 3720, B.4, whole and in pieces. */
#include "support.h"

#include "crc32c.h"

static void has_the_standards_values(void **state)
{
	uint8_t bytes[32] = { 0 };

	(void)state;
	assert_int_equal(cpc_crc32c(CPC_CRC32C_START, NULL, 0), 0);
	assert_int_equal(cpc_crc32c(CPC_CRC32C_START, "123456789", 9), 0xe3069283);
	assert_int_equal(cpc_crc32c(CPC_CRC32C_START, bytes, sizeof(bytes)), 0x8a9136aa);
	memset(bytes, 0xff, sizeof(bytes));
	assert_int_equal(cpc_crc32c(CPC_CRC32C_START, bytes, sizeof(bytes)), 0x62a8ab43);
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)i;
	assert_int_equal(cpc_crc32c(CPC_CRC32C_START, bytes, sizeof(bytes)), 0x46dd794e);
}

static void goes_on(void **state)
{
	(void)state;
	for (size_t i = 0; i <= 9; i++)
		assert_int_equal(cpc_crc32c(cpc_crc32c(CPC_CRC32C_START, "123456789", i), &"123456789"[i], 9 - i),
				 0xe3069283);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_the_standards_values),
		cmocka_unit_test(goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
