/* SPDX-License-Identifier: MIT */
/* VHD: images made by hand of each kind, and what is said of them when they are damaged. */
#include "disk_support.h"

static void fixed(void)
{
	vhd_fixed(&image, 4 * MIB);
}

static void dynamic(void)
{
	vhd_dynamic(&image, 3, 4);
}

static void differencing(void)
{
	vhd_differencing(&image);
}

static void reads_fixed(void **state)
{
	(void)state;
	start();
	fixed();
	read_image();
	assert_undamaged(CPC_DISK_FORMAT_VHD, CPC_DISK_KIND_FIXED);
	assert_size(4 * MIB);
	assert_int_equal(disk.version, 1);
	assert_int_equal(disk.block_size, 0);
	assert_int_equal(disk.checks[PART(VHD_FOOTER)], CPC_DISK_GOOD);
	assert_int_equal(disk.checks[PART(VHD_FOOTER_COPY)], CPC_DISK_UNCHECKED);
	assert_string_equal(disk.ids[CPC_DISK_ID_DISK], "10111213-1415-1617-1819-1a1b1c1d1e1f");
	assert_string_equal(disk.texts[CPC_DISK_TEXT_CREATOR], "win ");
	assert_false(disk.states[CPC_DISK_STATE_SAVED]);
	assert_true(image.total <= 1024);
}

static void reads_dynamic(void **state)
{
	(void)state;
	start();
	dynamic();
	read_image();
	assert_undamaged(CPC_DISK_FORMAT_VHD, CPC_DISK_KIND_DYNAMIC);
	assert_size(8 * MIB);
	assert_int_equal(disk.block_size, 2 * MIB);
	assert_int_equal(disk.logical_sector, 512);
	for (enum cpc_disk_part part = PART(VHD_FOOTER); part <= PART(VHD_BLOCKS); part++)
		assert_int_equal(disk.checks[part], CPC_DISK_GOOD);
	assert_int_equal(disk.checks[PART(VHD_PARENT)], CPC_DISK_UNCHECKED);
}

static void reads_differencing(void **state)
{
	(void)state;
	start();
	differencing();
	read_image();
	assert_undamaged(CPC_DISK_FORMAT_VHD, CPC_DISK_KIND_DIFFERENCING);
	assert_int_equal(disk.checks[PART(VHD_PARENT)], CPC_DISK_GOOD);
	assert_string_equal(disk.texts[CPC_DISK_TEXT_PARENT_NAME], "base.vhd");
	assert_string_equal(disk.texts[CPC_DISK_TEXT_PARENT_RELATIVE], ".\\base.vhd");
	assert_string_equal(disk.texts[CPC_DISK_TEXT_PARENT_ABSOLUTE], "C:\\disks\\base.vhd");
	assert_string_equal(disk.texts[CPC_DISK_TEXT_PARENT_URL], "file://localhost/disks/base.vhd");
	assert_string_equal(disk.ids[CPC_DISK_ID_PARENT], "a0a1a2a3-a4a5-a6a7-a8a9-aaabacadaeaf");
}

/* Virtual PC 2003 and before: 511 bytes, the checksum over as many. */
static void reads_old_footers(void **state)
{
	(void)state;
	start();
	image.size = MIB + 511;
	vhd_footer(&image, MIB, 2, MIB);
	vhd_seal(&image, MIB, 511, 64);
	read_image();
	assert_undamaged(CPC_DISK_FORMAT_VHD, CPC_DISK_KIND_FIXED);
	assert_size(MIB);
	start();
	dynamic();
	image.size--;
	read_image();
	assert_undamaged(CPC_DISK_FORMAT_VHD, CPC_DISK_KIND_DYNAMIC);
}

static void tells_states(void **state)
{
	(void)state;
	start();
	fixed();
	put_be(&image, 4 * MIB + 84, 1, 1);
	put_be(&image, 4 * MIB + 8, 4, 3);
	vhd_seal_all(&image);
	read_image();
	assert_undamaged(CPC_DISK_FORMAT_VHD, CPC_DISK_KIND_FIXED);
	assert_true(disk.states[CPC_DISK_STATE_SAVED]);
	assert_true(disk.states[CPC_DISK_STATE_TEMPORARY]);
}

/* Anything may be at the start of a fixed one: it is the guest's. */
static void guests_bytes_are_no_copy(void **state)
{
	(void)state;
	start();
	fixed();
	put_text(&image, 0, "conectix");
	read_image();
	assert_undamaged(CPC_DISK_FORMAT_VHD, CPC_DISK_KIND_FIXED);
	start();
	fixed();
	put_text(&image, 0, "vhdxfile");
	read_image();
	assert_int_equal(disk.format, CPC_DISK_FORMAT_VHDX);
	assert_true(has_fault(PART(FILE), CODE(AMBIGUOUS), 4 * MIB, false));
}

static void finds_damage_of_fixed(void **state)
{
	static const uint64_t end = 4 * MIB;
	const struct damage rows[] = {
		{ "checksum", end + 64, 4, 1, PART(VHD_FOOTER), CODE(CHECKSUM), end + 64, true, true, true },
		{ "version", end + 12, 4, 0x20000, PART(VHD_FOOTER), CODE(VERSION), end + 12, true, false, true },
		{ "type 0", end + 60, 4, 0, PART(VHD_FOOTER), CODE(VALUE), end + 60, true, false, true },
		{ "type 5", end + 60, 4, 5, PART(VHD_FOOTER), CODE(VALUE), end + 60, true, false, true },
		{ "odd size", end + 48, 8, end - 1, PART(VHD_FOOTER), CODE(VALUE), end + 48, true, false, true },
		{ "too large", end + 48, 8, end + 512, PART(VHD_FOOTER), CODE(OUTSIDE), end + 48, true, false, false },
		{ "far too large", end + 48, 8, UINT64_MAX - 511, PART(VHD_FOOTER), CODE(OUTSIDE), end + 48, true,
		  false, false },
		{ "smaller", end + 48, 8, end - 512, PART(VHD_FOOTER), CODE(DIFFERS), end + 48, false, false, false },
	};

	(void)state;
	check_damages(rows, COUNT(rows), fixed, put_be, vhd_seal_all);
	check_flips(fixed, end + 8, 504, PART(VHD_FOOTER), true);
}

/* What a fixed one was before it was cut short cannot be seen in it. */
static void cut_fixed_is_raw(void **state)
{
	(void)state;
	start();
	fixed();
	image.size -= 512;
	read_image();
	assert_undamaged(CPC_DISK_FORMAT_RAW, CPC_DISK_KIND_UNKNOWN);
	assert_size(4 * MIB);
}

static void finds_damage_of_dynamic(void **state)
{
	static const uint64_t size = 1536 + 512 + 512 + 2 * MIB + 512;
	const uint64_t end = size - 512;
	const struct damage rows[] = {
		{ "no footer", size - 2, 0, 0, PART(VHD_FOOTER), CODE(MISSING), size - 2, false, true, false },
		{ "no footer at all", end, 0, 0, PART(VHD_FOOTER), CODE(MISSING), end, false, true, false },
		{ "block cut", end - 1, 0, 0, PART(VHD_BLOCKS), CODE(OUTSIDE), 1536, true, true, true },
		{ "table cut", 1536 + 15, 0, 0, PART(VHD_HEADER), CODE(OUTSIDE), 512 + 16, true, true, true },
		{ "header cut", 1535, 0, 0, PART(VHD_HEADER), CODE(OUTSIDE), 16, true, true, true },
		{ "header gone", 512, 0, 0, PART(VHD_HEADER), CODE(OUTSIDE), 16, true, true, true },
		{ "no copy", 0, 8, 0, PART(VHD_FOOTER_COPY), CODE(SIGNATURE), 0, false, true, false },
		{ "bad copy", 64, 4, 0, PART(VHD_FOOTER_COPY), CODE(CHECKSUM), 64, false, true, false },
		{ "fixed copy", 60, 4, 2, PART(VHD_FOOTER_COPY), CODE(VALUE), 60, false, false, false },
		{ "other copy", 24, 4, 77, PART(VHD_FOOTER_COPY), CODE(DIFFERS), 0, false, false, false },
		{ "bad footer", end + 64, 4, 0, PART(VHD_FOOTER), CODE(CHECKSUM), end + 64, false, true, false },
		{ "header far", end + 16, 8, UINT64_MAX - 8, PART(VHD_HEADER), CODE(OUTSIDE), end + 16, true, false,
		  true },
		{ "header early", end + 16, 8, 8, PART(VHD_HEADER), CODE(OVERLAP), end + 16, true, false, true },
		{ "signature", 512, 1, 'C', PART(VHD_HEADER), CODE(SIGNATURE), 512, true, false, false },
		{ "header's checksum", 512 + 36, 4, 9, PART(VHD_HEADER), CODE(CHECKSUM), 548, true, true, false },
		{ "header's version", 512 + 24, 4, 9, PART(VHD_HEADER), CODE(VERSION), 536, true, false, false },
		{ "block size 0", 512 + 32, 4, 0, PART(VHD_HEADER), CODE(VALUE), 544, true, false, false },
		{ "block size odd", 512 + 32, 4, 3 << 20, PART(VHD_HEADER), CODE(VALUE), 544, true, false, false },
		{ "block size 256", 512 + 32, 4, 256, PART(VHD_HEADER), CODE(VALUE), 544, true, false, false },
		{ "few entries", 512 + 28, 4, 3, PART(VHD_HEADER), CODE(VALUE), 540, true, false, false },
		{ "all entries", 512 + 28, 4, UINT32_MAX, PART(VHD_HEADER), CODE(OUTSIDE), 528, true, false, false },
		{ "table far", 512 + 16, 8, UINT64_MAX - 4, PART(VHD_HEADER), CODE(OUTSIDE), 528, true, false, false },
		{ "table in header", 512 + 16, 8, 1532, PART(VHD_HEADER), CODE(OVERLAP), 528, true, false, false },
		{ "table in copy", 512 + 16, 8, 511, PART(VHD_HEADER), CODE(OVERLAP), 528, true, false, false },
		{ "block far", 1536 + 12, 4, UINT32_MAX - 1, PART(VHD_BLOCKS), CODE(OUTSIDE), 1548, true, false,
		  false },
		{ "block in footer", 1536, 4, 5, PART(VHD_BLOCKS), CODE(OUTSIDE), 1536, true, false, false },
	};

	(void)state;
	check_damages(rows, COUNT(rows), dynamic, put_be, vhd_seal_all);
	check_flips(dynamic, 8, 504, PART(VHD_FOOTER_COPY), false);
	check_flips(dynamic, end + 8, 504, PART(VHD_FOOTER), false);
	check_flips(dynamic, 512, 1024, PART(VHD_HEADER), true);
}

static void both_footers_bad(void **state)
{
	(void)state;
	start();
	dynamic();
	put_be(&image, 64, 4, 0);
	put_be(&image, image.size - 512 + 64, 4, 0);
	read_image();
	assert_int_equal(disk.format, CPC_DISK_FORMAT_VHD);
	assert_true(has_fault(PART(VHD_FOOTER), CODE(NO_COPY), image.size - 512, true));
	assert_int_equal(disk.kind, CPC_DISK_KIND_UNKNOWN);
	assert_false(disk.size.known);
}

static void finds_damage_of_parents(void **state)
{
	static const uint64_t locators = 512 + 576;
	const struct damage rows[] = {
		{ "far locator", locators + 16, 8, UINT64_MAX, PART(VHD_PARENT), CODE(OUTSIDE), locators + 16, false,
		  false, false },
		{ "long locator", locators + 8, 4, 5000, PART(VHD_PARENT), CODE(TOO_LONG), locators + 8, false, false,
		  false },
		{ "endless locator", locators + 8, 4, UINT32_MAX, PART(VHD_PARENT), CODE(OUTSIDE), locators + 16, false,
		  false, false },
		{ "twice", locators + 24, 4, 0x57327275, PART(VHD_PARENT), CODE(DUPLICATE), locators + 24, false, false,
		  false },
	};

	(void)state;
	check_damages(rows, COUNT(rows), differencing, put_be, vhd_seal_all);
	start();
	differencing();
	for (uint64_t at = 512 + 40; at < 512 + 56; at += 8)
		put_be(&image, at, 8, 0);
	vhd_seal_all(&image);
	read_image();
	assert_true(has_fault(PART(VHD_PARENT), CODE(MISSING), 552, true));
	assert_int_equal(disk.kind, CPC_DISK_KIND_DIFFERENCING);
	/* A parent with an id and without a name cannot be found. */
	start();
	vhd_dynamic(&image, 4, 4);
	put_bytes_from(&image, 512 + 40, 0xa0, 16);
	vhd_seal_all(&image);
	read_image();
	assert_true(has_fault(PART(VHD_PARENT), CODE(MISSING), locators, true));
}

/* A text has room for 1023 bytes. */
static void long_locators_are_not_kept(void **state)
{
	(void)state;
	for (uint64_t length = 1023; length <= 1024; length++) {
		start();
		differencing();
		for (uint64_t at = 0; at < 1024; at += 8) {
			put_be(&image, 65536 + 2 * at, 8, UINT64_C(0x7800780078007800));
			put_be(&image, 65536 + 2 * at + 8, 8, UINT64_C(0x7800780078007800));
		}
		vhd_locator(&image, 1, "W2ku", 65536, 2 * length);
		vhd_seal_all(&image);
		read_image();
		if (length == 1023) {
			assert_undamaged(CPC_DISK_FORMAT_VHD, CPC_DISK_KIND_DIFFERENCING);
			assert_int_equal(strlen(disk.texts[CPC_DISK_TEXT_PARENT_ABSOLUTE]), 1023);
		} else {
			assert_true(has_fault(PART(VHD_PARENT), CODE(TOO_LONG), 65536, false));
			assert_string_equal(disk.texts[CPC_DISK_TEXT_PARENT_ABSOLUTE], "");
		}
		assert_string_equal(disk.texts[CPC_DISK_TEXT_PARENT_RELATIVE], ".\\base.vhd");
	}
}

/* Of a large table the first 32768 entries are looked at; of the rest nothing is claimed. */
static void looks_at_part_of_large_tables(void **state)
{
	static const uint32_t blocks = 100000;

	(void)state;
	start();
	image.size = 40 * MIB;
	vhd_footer(&image, 0, 3, blocks * 2 * MIB);
	vhd_footer(&image, image.size - 512, 3, blocks * 2 * MIB);
	put_text(&image, 512, "cxsparse");
	put_be(&image, 512 + 16, 8, 1536);
	put_be(&image, 512 + 24, 4, 0x10000);
	put_be(&image, 512 + 28, 4, blocks);
	put_be(&image, 512 + 32, 4, 2 * MIB);
	vhd_seal_all(&image);
	read_image();
	assert_undamaged(CPC_DISK_FORMAT_VHD, CPC_DISK_KIND_DYNAMIC);
	assert_int_equal(disk.checks[PART(VHD_BLOCKS)], CPC_DISK_PARTLY);
	assert_true(image.total < 200 * KIB);
	/* The last entry that is looked at, and the one after it. */
	put_be(&image, 1536 + 4 * 32768, 4, UINT32_MAX - 1);
	read_image();
	assert_int_equal(disk.checks[PART(VHD_BLOCKS)], CPC_DISK_PARTLY);
	put_be(&image, 1536 + 4 * 32767, 4, UINT32_MAX - 1);
	read_image();
	assert_true(has_fault(PART(VHD_BLOCKS), CODE(OUTSIDE), 1536 + 4 * 32767, true));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_fixed),
		cmocka_unit_test(reads_dynamic),
		cmocka_unit_test(reads_differencing),
		cmocka_unit_test(reads_old_footers),
		cmocka_unit_test(tells_states),
		cmocka_unit_test(guests_bytes_are_no_copy),
		cmocka_unit_test(finds_damage_of_fixed),
		cmocka_unit_test(cut_fixed_is_raw),
		cmocka_unit_test(finds_damage_of_dynamic),
		cmocka_unit_test(both_footers_bad),
		cmocka_unit_test(finds_damage_of_parents),
		cmocka_unit_test(long_locators_are_not_kept),
		cmocka_unit_test(looks_at_part_of_large_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
