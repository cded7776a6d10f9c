/* SPDX-License-Identifier: MIT */
/* VHDX: images made by hand of each kind, and what is said of them when they are damaged. */
#include "disk_support.h"

#define HEADER_1 (64 * KIB)
#define HEADER_2 (128 * KIB)
#define REGIONS_1 (192 * KIB)
#define REGIONS_2 (256 * KIB)

static void dynamic(void)
{
	vhdx(&image, 0, 4);
}

static void differencing(void)
{
	vhdx_differencing(&image);
}

static void reads_kinds(void **state)
{
	(void)state;
	start();
	dynamic();
	read_image();
	assert_undamaged(CPC_DISK_FORMAT_VHDX, CPC_DISK_KIND_DYNAMIC);
	assert_size(8 * MIB);
	assert_int_equal(disk.version, 1);
	assert_int_equal(disk.block_size, 2 * MIB);
	assert_int_equal(disk.logical_sector, 512);
	assert_int_equal(disk.physical_sector, 4096);
	assert_string_equal(disk.texts[CPC_DISK_TEXT_CREATOR], "by hand");
	assert_string_equal(disk.ids[CPC_DISK_ID_DISK], "63626160-6564-6766-6869-6a6b6c6d6e6f");
	assert_string_equal(disk.ids[CPC_DISK_ID_DATA], "43424140-4544-4746-4849-4a4b4c4d4e4f");
	for (enum cpc_disk_part part = PART(VHDX_IDENTIFIER); part <= PART(VHDX_BLOCKS); part++)
		assert_int_equal(disk.checks[part], CPC_DISK_GOOD);
	assert_int_equal(disk.checks[PART(VHDX_PARENT)], CPC_DISK_UNCHECKED);
	assert_false(disk.states[CPC_DISK_STATE_LOG]);
	start();
	vhdx(&image, 1, 1);
	read_image();
	assert_undamaged(CPC_DISK_FORMAT_VHDX, CPC_DISK_KIND_FIXED);
	assert_size(2 * MIB);
}

static void reads_differencing(void **state)
{
	(void)state;
	start();
	differencing();
	read_image();
	assert_undamaged(CPC_DISK_FORMAT_VHDX, CPC_DISK_KIND_DIFFERENCING);
	assert_int_equal(disk.checks[PART(VHDX_PARENT)], CPC_DISK_GOOD);
	assert_string_equal(disk.ids[CPC_DISK_ID_PARENT], "83ed0ec3-24c8-49a6-a959-5e4bd1288791");
	assert_string_equal(disk.ids[CPC_DISK_ID_PARENT_2], "00000000-0000-0000-0000-0000000000ff");
	assert_string_equal(disk.texts[CPC_DISK_TEXT_PARENT_RELATIVE], ".\\base.vhdx");
	assert_string_equal(disk.texts[CPC_DISK_TEXT_PARENT_VOLUME], "\\\\?\\Volume{1}\\base.vhdx");
	assert_string_equal(disk.texts[CPC_DISK_TEXT_PARENT_ABSOLUTE], "C:\\disks\\base.vhdx");
}

/* The younger header holds, whichever it is: its log is the one to replay. */
static void younger_header_holds(void **state)
{
	(void)state;
	for (unsigned int younger = 0; younger < 2; younger++) {
		start();
		dynamic();
		put_le(&image, HEADER_1 + 8, 8, 7 + !younger * 2);
		put_bytes_from(&image, HEADER_1 + HEADER_1 * younger + 48, 1, 16);
		vhdx_seal_all(&image);
		read_image();
		assert_undamaged(CPC_DISK_FORMAT_VHDX, CPC_DISK_KIND_DYNAMIC);
		assert_true(disk.states[CPC_DISK_STATE_LOG]);
		/* Where it is bad, the elder one does. */
		put_le(&image, HEADER_1 + HEADER_1 * younger + 4, 4, 0);
		read_image();
		assert_false(disk.fatal);
		assert_int_equal(disk.checks[younger ? PART(VHDX_HEADER_2) : PART(VHDX_HEADER_1)], CPC_DISK_BAD);
		assert_false(disk.states[CPC_DISK_STATE_LOG]);
	}
}

static void headers_of_one_age(void **state)
{
	(void)state;
	start();
	dynamic();
	put_le(&image, HEADER_2 + 8, 8, 7);
	vhdx_seal_all(&image);
	read_image();
	assert_undamaged(CPC_DISK_FORMAT_VHDX, CPC_DISK_KIND_DYNAMIC);
	put_le(&image, HEADER_2 + 16, 8, 7);
	vhdx_seal_all(&image);
	read_image();
	assert_true(has_fault(PART(VHDX_HEADER_2), CODE(DIFFERS), HEADER_2 + 8, true));
	assert_int_equal(disk.kind, CPC_DISK_KIND_UNKNOWN);
}

static void finds_damage_of_headers(void **state)
{
	const struct damage rows[] = {
		{ "signature", HEADER_1, 1, 'H', PART(VHDX_HEADER_1), CODE(SIGNATURE), HEADER_1, false, false, false },
		{ "checksum", HEADER_2 + 4, 4, 1, PART(VHDX_HEADER_2), CODE(CHECKSUM), HEADER_2 + 4, false, true,
		  false },
		{ "version", HEADER_2 + 66, 2, 2, PART(VHDX_HEADER_2), CODE(VERSION), HEADER_2 + 66, false, false,
		  false },
		{ "log's place", HEADER_2 + 72, 8, MIB + 512, PART(VHDX_LOG), CODE(ALIGNMENT), HEADER_2 + 72, true,
		  false, false },
		{ "log in headers", HEADER_2 + 72, 8, 0, PART(VHDX_LOG), CODE(OVERLAP), HEADER_2 + 72, true, false,
		  false },
		{ "log far", HEADER_2 + 72, 8, UINT64_MAX << 20, PART(VHDX_LOG), CODE(OUTSIDE), HEADER_2 + 72, true,
		  false, false },
		{ "log in blocks", HEADER_2 + 72, 8, VHDX_BLOCKS, PART(VHDX_LOG), CODE(OVERLAP), HEADER_2 + 72, true,
		  false, false },
		{ "log in metadata", HEADER_2 + 72, 8, VHDX_METADATA, PART(VHDX_LOG), CODE(OVERLAP), HEADER_2 + 72,
		  true, false, false },
		{ "cut", HEADER_2, 0, 0, PART(VHDX_HEADER_2), CODE(SHORT), HEADER_2, true, true, true },
		{ "cut to nothing", 8, 0, 0, PART(VHDX_IDENTIFIER), CODE(SHORT), 0, true, true, true },
	};

	(void)state;
	check_damages(rows, COUNT(rows), dynamic, put_le, vhdx_seal_all);
	check_flips(dynamic, HEADER_1, 4 * KIB, PART(VHDX_HEADER_1), false);
	check_flips(dynamic, HEADER_2, 4 * KIB, PART(VHDX_HEADER_2), false);
	start();
	dynamic();
	put_le(&image, HEADER_1 + 4, 4, 0);
	put_le(&image, HEADER_2 + 4, 4, 0);
	read_image();
	assert_true(has_fault(PART(VHDX_HEADER_1), CODE(NO_COPY), HEADER_1, true));
	/* Only a log that is to be replayed needs to be of a known version. */
	start();
	dynamic();
	put_le(&image, HEADER_2 + 64, 2, 1);
	vhdx_seal_all(&image);
	read_image();
	assert_undamaged(CPC_DISK_FORMAT_VHDX, CPC_DISK_KIND_DYNAMIC);
	put_le(&image, HEADER_2 + 48, 2, 1);
	vhdx_seal_all(&image);
	read_image();
	assert_true(has_fault(PART(VHDX_LOG), CODE(VERSION), HEADER_2 + 64, true));
}

/* Both tables say the same, so that what is wrong in the one is wrong in the other. */
static void put_regions(struct sparse *sparse, uint64_t offset, size_t length, uint64_t value)
{
	put_le(sparse, offset, length, value);
	put_le(sparse, offset + 64 * KIB, length, value);
}

static void finds_damage_of_regions(void **state)
{
	const uint64_t blocks = REGIONS_1 + 16;
	const uint64_t metadata = REGIONS_1 + 48;
	const struct damage one[] = {
		{ "signature", REGIONS_1, 1, 0, PART(VHDX_REGIONS_1), CODE(SIGNATURE), REGIONS_1, false, false, false },
		{ "checksum", REGIONS_1 + 4, 4, 0, PART(VHDX_REGIONS_1), CODE(CHECKSUM), REGIONS_1 + 4, false, true,
		  false },
		{ "its copy's", REGIONS_2 + 4, 4, 0, PART(VHDX_REGIONS_2), CODE(CHECKSUM), REGIONS_2 + 4, false, true,
		  false },
		{ "differs", REGIONS_2 + 65535, 1, 1, PART(VHDX_REGIONS_2), CODE(DIFFERS), REGIONS_2, false, false,
		  false },
	};
	const struct damage both[] = {
		{ "signatures", REGIONS_1, 1, 0, PART(VHDX_REGIONS_1), CODE(NO_COPY), REGIONS_1, true, false, true },
		{ "too many", REGIONS_1 + 8, 4, 2048, PART(VHDX_REGIONS_1), CODE(TOO_MANY), REGIONS_1 + 8, true, false,
		  false },
		{ "none", REGIONS_1 + 8, 4, 0, PART(VHDX_REGIONS_1), CODE(MISSING), REGIONS_1 + 16, true, false,
		  false },
		{ "one", REGIONS_1 + 8, 4, 1, PART(VHDX_REGIONS_1), CODE(MISSING), REGIONS_1 + 16, true, false, false },
		{ "unknown", blocks, 4, 1, PART(VHDX_REGIONS_1), CODE(UNKNOWN), blocks, true, false, false },
		{ "alignment", blocks + 16, 8, 3 * MIB + 1, PART(VHDX_REGIONS_1), CODE(ALIGNMENT), blocks + 16, true,
		  false, false },
		{ "length", blocks + 24, 4, 4096, PART(VHDX_REGIONS_1), CODE(ALIGNMENT), blocks + 16, true, false,
		  false },
		{ "no length", blocks + 24, 4, 0, PART(VHDX_REGIONS_1), CODE(VALUE), blocks + 24, true, false, false },
		{ "in the headers", blocks + 16, 8, 0, PART(VHDX_REGIONS_1), CODE(OVERLAP), blocks + 16, true, false,
		  false },
		{ "outside", blocks + 16, 8, 6 * MIB, PART(VHDX_REGIONS_1), CODE(OUTSIDE), blocks + 16, true, false,
		  false },
		{ "far outside", blocks + 16, 8, UINT64_MAX << 20, PART(VHDX_REGIONS_1), CODE(OUTSIDE), blocks + 16,
		  true, false, false },
		{ "long", blocks + 24, 4, 0xfff00000, PART(VHDX_REGIONS_1), CODE(OUTSIDE), blocks + 16, true, false,
		  false },
		{ "one in the other", metadata + 16, 8, VHDX_BLOCKS, PART(VHDX_METADATA), CODE(OVERLAP), metadata + 16,
		  true, false, false },
	};

	(void)state;
	check_damages(one, COUNT(one), dynamic, put_le, vhdx_seal_all);
	check_damages(both, COUNT(both), dynamic, put_regions, vhdx_seal_all);
	check_flips(dynamic, REGIONS_1, 96, PART(VHDX_REGIONS_1), false);
	check_flips(dynamic, REGIONS_1 + 65530, 6, PART(VHDX_REGIONS_1), false);
	check_flips(dynamic, REGIONS_2, 96, PART(VHDX_REGIONS_2), false);
}

static void regions_twice_and_of_others(void **state)
{
	(void)state;
	start();
	dynamic();
	for (uint64_t at = REGIONS_1; at <= REGIONS_2; at += 64 * KIB) {
		put_le(&image, at + 8, 4, 3);
		put_guid(&image, at + 80, 1, 2, 3, 4);
		put_le(&image, at + 96, 8, VHDX_DATA);
		put_le(&image, at + 104, 4, MIB);
	}
	vhdx_seal_all(&image);
	read_image();
	assert_undamaged(CPC_DISK_FORMAT_VHDX, CPC_DISK_KIND_DYNAMIC);
	put_guid(&image, REGIONS_1 + 80, 0x8b7ca206, 0x4790, 0x4b9a, 0xb8fe575f050f886e);
	vhdx_seal_all(&image);
	read_image();
	assert_true(has_fault(PART(VHDX_REGIONS_1), CODE(DUPLICATE), REGIONS_1 + 80, true));
}

static void finds_damage_of_metadata(void **state)
{
	const uint64_t table = VHDX_METADATA, entry = table + 32, items = VHDX_ITEMS;
	const struct damage rows[] = {
		{ "signature", table, 1, 0, PART(VHDX_METADATA), CODE(SIGNATURE), table, true, false, false },
		{ "too many", table + 10, 2, 2048, PART(VHDX_METADATA), CODE(TOO_MANY), table + 10, true, false,
		  false },
		{ "too few", table + 10, 2, 4, PART(VHDX_METADATA), CODE(MISSING), table, true, false, false },
		{ "unknown", entry, 1, 0, PART(VHDX_METADATA), CODE(UNKNOWN), entry, true, false, false },
		{ "length", entry + 20, 4, 9, PART(VHDX_METADATA), CODE(VALUE), entry + 20, true, false, false },
		{ "no length", entry + 20, 4, 0, PART(VHDX_METADATA), CODE(VALUE), entry + 20, true, false, false },
		{ "in the table", entry + 16, 4, 64, PART(VHDX_METADATA), CODE(OVERLAP), entry + 16, true, false,
		  false },
		{ "outside", entry + 16, 4, MIB - 4, PART(VHDX_METADATA), CODE(OUTSIDE), entry + 16, true, false,
		  false },
		{ "far outside", entry + 16, 4, UINT32_MAX, PART(VHDX_METADATA), CODE(OUTSIDE), entry + 16, true, false,
		  false },
		{ "block size", items, 4, 3 * MIB, PART(VHDX_METADATA), CODE(VALUE), items, true, false, false },
		{ "small blocks", items, 4, 512 * KIB, PART(VHDX_METADATA), CODE(VALUE), items, true, false, false },
		{ "large blocks", items, 4, 512 * MIB, PART(VHDX_METADATA), CODE(VALUE), items, true, false, false },
		{ "no locator", items + 4, 4, 2, PART(VHDX_METADATA), CODE(MISSING), table, true, false, false },
		{ "odd size", items + 8, 8, MIB + 1, PART(VHDX_METADATA), CODE(VALUE), items + 8, true, false, false },
		{ "of nothing", items + 8, 8, 0, PART(VHDX_METADATA), CODE(VALUE), items + 8, true, false, false },
		{ "above 64 TiB", items + 8, 8, (UINT64_C(64) << 40) + 512, PART(VHDX_METADATA), CODE(VALUE), items + 8,
		  true, false, false },
		{ "sector", items + 32, 4, 1024, PART(VHDX_METADATA), CODE(VALUE), items + 32, true, false, false },
		{ "no sector", items + 32, 4, 0, PART(VHDX_METADATA), CODE(VALUE), items + 32, true, false, false },
		{ "physical sector", items + 36, 4, 513, PART(VHDX_METADATA), CODE(VALUE), items + 36, true, false,
		  false },
	};

	(void)state;
	check_damages(rows, COUNT(rows), dynamic, put_le, vhdx_seal_all);
	start();
	dynamic();
	put_guid(&image, entry + 32, 0xcaa16737, 0xfa36, 0x4d43, 0xb3b633f0aa44e76b);
	read_image();
	assert_true(has_fault(PART(VHDX_METADATA), CODE(DUPLICATE), entry + 32, true));
}

static void finds_damage_of_blocks(void **state)
{
	const uint64_t table = VHDX_BLOCKS;
	const struct damage rows[] = {
		{ "state 4", table, 8, 4, PART(VHDX_BLOCKS), CODE(VALUE), table, true, false, false },
		{ "partly present", table + 24, 8, VHDX_DATA | 7, PART(VHDX_BLOCKS), CODE(VALUE), table + 24, true,
		  false, false },
		{ "in the headers", table, 8, 6, PART(VHDX_BLOCKS), CODE(OVERLAP), table, true, false, false },
		{ "outside", table, 8, (VHDX_DATA + MIB) | 6, PART(VHDX_BLOCKS), CODE(OUTSIDE), table, true, false,
		  false },
		{ "far outside", table, 8, UINT64_MAX << 20 | 6, PART(VHDX_BLOCKS), CODE(OUTSIDE), table, true, false,
		  false },
		{ "cut", VHDX_DATA + MIB, 0, 0, PART(VHDX_BLOCKS), CODE(OUTSIDE), table, true, false, false },
		{ "large disk", VHDX_ITEMS + 8, 8, UINT64_C(1) << 40, PART(VHDX_BLOCKS), CODE(SHORT), REGIONS_1 + 32,
		  true, false, false },
	};

	(void)state;
	check_damages(rows, COUNT(rows), dynamic, put_le, vhdx_seal_all);
	/* What is not present lies nowhere; what is beyond the disk's blocks is not looked at. */
	start();
	dynamic();
	put_le(&image, table + 8, 8, UINT64_MAX << 20 | 3);
	put_le(&image, table + 32, 8, UINT64_MAX);
	read_image();
	assert_undamaged(CPC_DISK_FORMAT_VHDX, CPC_DISK_KIND_DYNAMIC);
}

/* 2048 data blocks of 2 MiB each are followed by the entry of a bitmap, which has states of its own. */
static void bitmaps_come_between(void **state)
{
	(void)state;
	start();
	vhdx(&image, 0, 4096);
	put_le(&image, VHDX_BLOCKS + 8 * 2048, 8, 3);
	read_image();
	assert_true(has_fault(PART(VHDX_BLOCKS), CODE(VALUE), VHDX_BLOCKS + 8 * 2048, true));
	start();
	vhdx(&image, 0, 4096);
	put_le(&image, VHDX_BLOCKS + 8 * 2047, 8, 3);
	read_image();
	assert_undamaged(CPC_DISK_FORMAT_VHDX, CPC_DISK_KIND_DYNAMIC);
	/* 1 MiB of the file's last 2, which a data block would not fit in. */
	put_le(&image, VHDX_BLOCKS + 8 * 2048, 8, (VHDX_DATA + MIB) | 6);
	read_image();
	assert_undamaged(CPC_DISK_FORMAT_VHDX, CPC_DISK_KIND_DYNAMIC);
	/* The last data block is the last entry, with no bitmap after it. */
	start();
	vhdx(&image, 0, 2048);
	put_le(&image, VHDX_BLOCKS + 8 * 2048, 8, 3);
	read_image();
	assert_undamaged(CPC_DISK_FORMAT_VHDX, CPC_DISK_KIND_DYNAMIC);
	/* A differencing disk has the last one's too. */
	start();
	differencing();
	put_le(&image, VHDX_BLOCKS + 8 * 2048, 8, 3);
	read_image();
	assert_true(has_fault(PART(VHDX_BLOCKS), CODE(VALUE), VHDX_BLOCKS + 8 * 2048, true));
	start();
	differencing();
	put_le(&image, VHDX_BLOCKS, 8, VHDX_DATA | 7);
	read_image();
	assert_undamaged(CPC_DISK_FORMAT_VHDX, CPC_DISK_KIND_DIFFERENCING);
}

static void finds_damage_of_parents(void **state)
{
	const uint64_t at = VHDX_PARENT, pair = at + 20;
	const struct damage rows[] = {
		{ "type", at, 4, 1, PART(VHDX_PARENT), CODE(UNKNOWN), at, true, false, false },
		{ "no pairs", at + 18, 2, 0, PART(VHDX_PARENT), CODE(MISSING), at + 18, true, false, true },
		{ "no paths", at + 18, 2, 2, PART(VHDX_PARENT), CODE(MISSING), at + 18, true, false, false },
		{ "too many", at + 18, 2, 65, PART(VHDX_PARENT), CODE(TOO_MANY), at + 18, true, false, false },
		{ "key outside", pair, 4, 2048, PART(VHDX_PARENT), CODE(OUTSIDE), pair, true, false, false },
		{ "key far outside", pair, 4, UINT32_MAX, PART(VHDX_PARENT), CODE(OUTSIDE), pair, true, false, false },
		{ "value outside", pair + 4, 4, 2047, PART(VHDX_PARENT), CODE(OUTSIDE), pair + 4, true, false, false },
		{ "a path's", pair + 24 + 4, 4, 2047, PART(VHDX_PARENT), CODE(OUTSIDE), pair + 28, false, false,
		  false },
		{ "short id", pair + 10, 2, 74, PART(VHDX_PARENT), CODE(VALUE), at + 512, true, false, false },
		{ "no brace", at + 512, 2, '[', PART(VHDX_PARENT), CODE(VALUE), at + 512, true, false, false },
		{ "no digit", at + 514, 2, 'g', PART(VHDX_PARENT), CODE(VALUE), at + 512, true, false, false },
		{ "wide digit", at + 514, 2, 0xff10, PART(VHDX_PARENT), CODE(VALUE), at + 512, true, false, false },
		{ "other id", at + 640, 2, 0, PART(VHDX_PARENT), CODE(VALUE), at + 640, false, false, false },
		{ "short item", VHDX_METADATA + 32 * 6 + 20, 4, 19, PART(VHDX_PARENT), CODE(SHORT), at, true, false,
		  false },
		{ "item of pairs", VHDX_METADATA + 32 * 6 + 20, 4, 79, PART(VHDX_PARENT), CODE(TOO_MANY), at + 18, true,
		  false, false },
	};

	(void)state;
	check_damages(rows, COUNT(rows), differencing, put_le, vhdx_seal_all);
	start();
	differencing();
	vhdx_pair(&image, 5, "relative_path", "another");
	read_image();
	assert_true(has_fault(PART(VHDX_PARENT), CODE(DUPLICATE), pair + 60, false));
	assert_string_equal(disk.texts[CPC_DISK_TEXT_PARENT_RELATIVE], ".\\base.vhdx");
}

/* Values of 4 KiB fit none; keys of others do not matter. */
static void long_values_are_not_kept(void **state)
{
	(void)state;
	start();
	differencing();
	put_le(&image, VHDX_METADATA + 32 * 6 + 20, 4, 8192);
	put_le(&image, VHDX_PARENT + 20 + 24 + 10, 2, 4098);
	read_image();
	assert_true(has_fault(PART(VHDX_PARENT), CODE(TOO_LONG), VHDX_PARENT + 54, false));
	assert_string_equal(disk.texts[CPC_DISK_TEXT_PARENT_RELATIVE], "");
	assert_string_equal(disk.texts[CPC_DISK_TEXT_PARENT_ABSOLUTE], "C:\\disks\\base.vhdx");
	start();
	differencing();
	vhdx_pair(&image, 5, "ours", "");
	put_le(&image, VHDX_PARENT + 20 + 12 * 5 + 8, 2, 66);
	read_image();
	assert_undamaged(CPC_DISK_FORMAT_VHDX, CPC_DISK_KIND_DIFFERENCING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_kinds),
		cmocka_unit_test(reads_differencing),
		cmocka_unit_test(younger_header_holds),
		cmocka_unit_test(headers_of_one_age),
		cmocka_unit_test(finds_damage_of_headers),
		cmocka_unit_test(finds_damage_of_regions),
		cmocka_unit_test(regions_twice_and_of_others),
		cmocka_unit_test(finds_damage_of_metadata),
		cmocka_unit_test(finds_damage_of_blocks),
		cmocka_unit_test(bitmaps_come_between),
		cmocka_unit_test(finds_damage_of_parents),
		cmocka_unit_test(long_values_are_not_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
