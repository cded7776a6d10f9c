/* SPDX-License-Identifier: MIT */
/* qcow2: images made by hand of both versions, and what is said of them when they are damaged. */
#include "disk_support.h"

static void version_3(void)
{
	qcow2(&image, 3, 512 * MIB);
}

static void backed(void)
{
	qcow2_backed(&image);
}

static void no_checksum(struct sparse *sparse)
{
	(void)sparse;
}

static void reads_versions(void **state)
{
	(void)state;
	for (uint32_t version = 2; version <= 3; version++) {
		start();
		qcow2(&image, version, 512 * MIB);
		read_image();
		assert_undamaged(CPC_DISK_FORMAT_QCOW2, CPC_DISK_KIND_DYNAMIC);
		assert_size(512 * MIB);
		assert_int_equal(disk.version, version);
		assert_int_equal(disk.block_size, 64 * KIB);
		assert_int_equal(disk.cipher, CPC_DISK_CIPHER_NONE);
		assert_int_equal(disk.checks[PART(QCOW2_HEADER)], CPC_DISK_GOOD);
		assert_int_equal(disk.checks[PART(QCOW2_TABLES)], CPC_DISK_GOOD);
		assert_int_equal(disk.checks[PART(QCOW2_BACKING)], CPC_DISK_UNCHECKED);
	}
	start();
	qcow2(&image, 1, 512 * MIB);
	read_image();
	assert_undamaged(CPC_DISK_FORMAT_QCOW, CPC_DISK_KIND_UNKNOWN);
}

static void reads_backing_files(void **state)
{
	(void)state;
	start();
	backed();
	read_image();
	assert_undamaged(CPC_DISK_FORMAT_QCOW2, CPC_DISK_KIND_DIFFERENCING);
	assert_string_equal(disk.texts[CPC_DISK_TEXT_PARENT_NAME], "/disks/base.qcow2");
	assert_string_equal(disk.texts[CPC_DISK_TEXT_PARENT_FORMAT], "qcow2");
	assert_int_equal(disk.checks[PART(QCOW2_BACKING)], CPC_DISK_GOOD);
}

static void tells_states_and_ciphers(void **state)
{
	(void)state;
	start();
	version_3();
	put_be(&image, 72, 8, 7);
	qcow2_extension(&image, 104, 0x44415441, "data.raw");
	put_be(&image, 32, 4, 2);
	read_image();
	assert_undamaged(CPC_DISK_FORMAT_QCOW2, CPC_DISK_KIND_DYNAMIC);
	assert_true(disk.states[CPC_DISK_STATE_DIRTY]);
	assert_true(disk.states[CPC_DISK_STATE_CORRUPT]);
	assert_true(disk.states[CPC_DISK_STATE_EXTERNAL]);
	assert_string_equal(disk.texts[CPC_DISK_TEXT_DATA_FILE], "data.raw");
	assert_int_equal(disk.cipher, CPC_DISK_CIPHER_LUKS);
	put_be(&image, 32, 4, 1);
	read_image();
	assert_int_equal(disk.cipher, CPC_DISK_CIPHER_AES);
}

static void finds_damage(void **state)
{
	const struct damage rows[] = {
		{ "version 0", 4, 4, 0, PART(QCOW2_HEADER), CODE(VERSION), 4, true, true, false },
		{ "version 4", 4, 4, 4, PART(QCOW2_HEADER), CODE(VERSION), 4, true, true, false },
		{ "small clusters", 20, 4, 8, PART(QCOW2_HEADER), CODE(VALUE), 20, true, true, false },
		{ "large clusters", 20, 4, 22, PART(QCOW2_HEADER), CODE(VALUE), 20, true, true, false },
		{ "cipher", 32, 4, 3, PART(QCOW2_HEADER), CODE(VALUE), 32, true, true, false },
		{ "large disk", 24, 8, UINT64_MAX, PART(QCOW2_TABLES), CODE(VALUE), 36, true, true, false },
		{ "no L1", 36, 4, 0, PART(QCOW2_TABLES), CODE(VALUE), 36, true, true, false },
		{ "long L1", 36, 4, UINT32_MAX, PART(QCOW2_TABLES), CODE(OUTSIDE), 40, true, true, false },
		{ "L1 far", 40, 8, UINT64_MAX << 16, PART(QCOW2_TABLES), CODE(OUTSIDE), 40, true, true, false },
		{ "L1 off", 40, 8, 128 * KIB + 8, PART(QCOW2_TABLES), CODE(ALIGNMENT), 40, true, true, false },
		{ "L1 in the header", 40, 8, 0, PART(QCOW2_TABLES), CODE(OVERLAP), 40, true, true, false },
		{ "no references", 56, 4, 0, PART(QCOW2_TABLES), CODE(VALUE), 56, true, true, false },
		{ "many references", 56, 4, UINT32_MAX, PART(QCOW2_TABLES), CODE(OUTSIDE), 48, true, true, false },
		{ "references off", 48, 8, 1, PART(QCOW2_TABLES), CODE(ALIGNMENT), 48, true, true, false },
		{ "snapshots", 60, 4, 1, PART(QCOW2_TABLES), CODE(OVERLAP), 64, true, true, false },
		{ "many snapshots", 60, 4, 65537, PART(QCOW2_TABLES), CODE(VALUE), 60, true, true, false },
		{ "snapshots off", 64, 8, 1, PART(QCOW2_TABLES), CODE(ALIGNMENT), 64, true, true, false },
		{ "unknown feature", 72, 8, 32, PART(QCOW2_HEADER), CODE(UNKNOWN), 72, true, true, false },
		{ "references' width", 96, 4, 7, PART(QCOW2_HEADER), CODE(VALUE), 96, true, true, false },
		{ "short header", 100, 4, 96, PART(QCOW2_HEADER), CODE(VALUE), 100, true, true, false },
		{ "odd header", 100, 4, 105, PART(QCOW2_HEADER), CODE(VALUE), 100, true, true, false },
		{ "long header", 100, 4, 64 * KIB + 8, PART(QCOW2_HEADER), CODE(VALUE), 100, true, true, false },
		{ "long extension", 104, 8, UINT64_C(0xffffffffff), PART(QCOW2_HEADER), CODE(OUTSIDE), 108, true, true,
		  false },
		{ "extended L2", 72, 8, 16, PART(QCOW2_TABLES), CODE(VALUE), 36, true, true, false },
		{ "compression unsaid", 72, 8, 8, PART(QCOW2_HEADER), CODE(VALUE), 104, true, true, false },
		{ "L2 far", 128 * KIB, 8, UINT64_C(1) << 63 | 256 * KIB, PART(QCOW2_TABLES), CODE(OUTSIDE), 128 * KIB,
		  true, true, false },
		{ "L2 off", 128 * KIB, 8, 512, PART(QCOW2_TABLES), CODE(ALIGNMENT), 128 * KIB, true, true, false },
		{ "cut", 192 * KIB + 1, 0, 0, PART(QCOW2_TABLES), CODE(OUTSIDE), 128 * KIB, true, true, false },
		{ "L1 cut", 128 * KIB + 7, 0, 0, PART(QCOW2_TABLES), CODE(OUTSIDE), 40, true, true, false },
		{ "header cut", 103, 0, 0, PART(QCOW2_HEADER), CODE(SHORT), 0, true, true, false },
		{ "header of 2 cut", 71, 0, 0, PART(QCOW2_HEADER), CODE(SHORT), 0, true, true, false },
	};

	(void)state;
	check_damages(rows, COUNT(rows), version_3, put_be, no_checksum);
}

static void finds_damage_of_backing(void **state)
{
	const struct damage rows[] = {
		{ "in the header", 8, 8, 72, PART(QCOW2_BACKING), CODE(OVERLAP), 8, true, true, false },
		{ "long", 16, 4, 1024, PART(QCOW2_BACKING), CODE(VALUE), 16, true, true, false },
		{ "empty", 16, 4, 0, PART(QCOW2_BACKING), CODE(VALUE), 16, true, true, false },
		{ "over the cluster's end", 8, 8, 64 * KIB - 8, PART(QCOW2_BACKING), CODE(OUTSIDE), 8, true, true,
		  false },
		{ "far", 8, 8, UINT64_MAX, PART(QCOW2_BACKING), CODE(OUTSIDE), 8, true, true, false },
		{ "long format", 108, 4, 2000, PART(QCOW2_HEADER), CODE(OUTSIDE), 108, true, true, false },
	};

	(void)state;
	check_damages(rows, COUNT(rows), backed, put_be, no_checksum);
	start();
	version_3();
	put_be(&image, 104, 4, 0xe2792aca);
	put_be(&image, 108, 4, 16);
	read_image();
	assert_true(has_fault(PART(QCOW2_HEADER), CODE(TOO_LONG), 108, true));
}

/* The type of compression came later: only longer headers have it. */
static void knows_compressions(void **state)
{
	(void)state;
	for (uint64_t type = 0; type < 4; type++) {
		start();
		version_3();
		put_be(&image, 100, 4, 112);
		put_be(&image, 104, 1, type);
		put_be(&image, 72, 8, type ? 8 : 0);
		read_image();
		if (type <= 1)
			assert_undamaged(CPC_DISK_FORMAT_QCOW2, CPC_DISK_KIND_DYNAMIC);
		else
			assert_true(has_fault(PART(QCOW2_HEADER), CODE(UNKNOWN), 104, true));
		put_be(&image, 72, 8, type ? 0 : 8);
		read_image();
		assert_true(disk.fatal);
	}
}

/* Extensions without an end. */
static void gives_up_on_extensions(void **state)
{
	(void)state;
	start();
	version_3();
	for (uint64_t i = 0; i < 40; i++)
		put_be(&image, 104 + 8 * i, 8, UINT64_C(1) << 32);
	read_image();
	assert_true(has_fault(PART(QCOW2_HEADER), CODE(TOO_MANY), 104 + 8 * 33, true));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_versions),	    cmocka_unit_test(reads_backing_files),
		cmocka_unit_test(tells_states_and_ciphers), cmocka_unit_test(finds_damage),
		cmocka_unit_test(finds_damage_of_backing),  cmocka_unit_test(knows_compressions),
		cmocka_unit_test(gives_up_on_extensions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
