/* SPDX-License-Identifier: MIT */
/* Disk images: the names, and the list of faults. */
#include "support.h"

#include <ctype.h>

#include <cpucompat/disk.h>

static void check_names(const char *(*name)(unsigned int), unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		assert_non_null(name(i));
		for (const char *c = name(i); *c; c++)
			assert_true(islower((unsigned char)*c) || isdigit((unsigned char)*c) || *c == '_');
		for (unsigned int k = 0; k < i; k++)
			assert_string_not_equal(name(i), name(k));
	}
}

#define NAMES(name, type)                                                                                              \
	static const char *name##_name(unsigned int i)                                                                 \
	{                                                                                                              \
		return cpc_disk_##name##_name((type)i);                                                                \
	}
NAMES(format, enum cpc_disk_format)
NAMES(kind, enum cpc_disk_kind)
NAMES(part, enum cpc_disk_part)
NAMES(fault, enum cpc_disk_fault_code)
NAMES(state, enum cpc_disk_state)
NAMES(text, enum cpc_disk_text)
NAMES(id, enum cpc_disk_id)
NAMES(cipher, enum cpc_disk_cipher)
NAMES(check, enum cpc_disk_check)

static void names_are_words(void **state)
{
	(void)state;
	check_names(format_name, CPC_DISK_FORMAT_COUNT);
	check_names(kind_name, CPC_DISK_KIND_COUNT);
	check_names(part_name, CPC_DISK_PART_COUNT);
	check_names(fault_name, CPC_DISK_FAULT_COUNT);
	check_names(state_name, CPC_DISK_STATE_COUNT);
	check_names(text_name, CPC_DISK_TEXT_COUNT);
	check_names(id_name, CPC_DISK_ID_COUNT);
	check_names(cipher_name, CPC_DISK_CIPHER_COUNT);
	check_names(check_name, CPC_DISK_CHECK_COUNT);
	assert_string_equal(cpc_disk_format_name(CPC_DISK_FORMAT_QCOW2), "qcow2");
	assert_string_equal(cpc_disk_kind_name(CPC_DISK_KIND_DIFFERENCING), "differencing");
}

static void unknown_is_zero(void **state)
{
	static const struct cpc_disk nothing;

	(void)state;
	assert_int_equal(nothing.format, CPC_DISK_FORMAT_UNREAD);
	assert_int_equal(nothing.kind, CPC_DISK_KIND_UNKNOWN);
	assert_int_equal(nothing.cipher, CPC_DISK_CIPHER_UNKNOWN);
	assert_int_equal(nothing.checks[CPC_DISK_PART_FILE], CPC_DISK_UNCHECKED);
	assert_false(cpc_disk_damaged(&nothing));
}

static void counts_faults_that_do_not_fit(void **state)
{
	static struct cpc_disk disk;
	struct cpc_disk_fault fault = { .part = CPC_DISK_PART_VHD_BLOCKS, .code = CPC_DISK_FAULT_OUTSIDE };

	(void)state;
	for (uint64_t i = 0; i < CPC_DISK_FAULTS_MAX + 3; i++) {
		fault.offset = i;
		fault.fatal = i == CPC_DISK_FAULTS_MAX + 1;
		cpc_disk_add_fault(&disk, &fault);
		assert_true(disk.fatal == (i > CPC_DISK_FAULTS_MAX));
	}
	assert_int_equal(disk.fault_count, CPC_DISK_FAULTS_MAX);
	assert_int_equal(disk.faults_left_out, 3);
	assert_int_equal(disk.faults[CPC_DISK_FAULTS_MAX - 1].offset, CPC_DISK_FAULTS_MAX - 1);
	assert_int_equal(disk.checks[CPC_DISK_PART_VHD_BLOCKS], CPC_DISK_BAD);
	assert_int_equal(disk.checks[CPC_DISK_PART_VHD_FOOTER], CPC_DISK_UNCHECKED);
	assert_true(cpc_disk_damaged(&disk));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_words),
		cmocka_unit_test(unknown_is_zero),
		cmocka_unit_test(counts_faults_that_do_not_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
