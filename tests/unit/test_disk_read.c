/* SPDX-License-Identifier: MIT */
/* Disk images of all formats: by which signature each is known, texts of every sort, and sources that fail. */
#include "disk_support.h"

static void knows_signatures(void **state)
{
	static const struct {
		uint64_t offset;
		const char *bytes;
		size_t length;
		enum cpc_disk_format format;
	} rows[] = {
		{ 0, "QED", 4, CPC_DISK_FORMAT_QED },
		{ 0, "KDMV", 4, CPC_DISK_FORMAT_VMDK },
		{ 0, "COWD", 4, CPC_DISK_FORMAT_VMDK },
		{ 0, "# Disk DescriptorFile\n", 22, CPC_DISK_FORMAT_VMDK },
		{ 64, "\x7f\x10\xda\xbe", 4, CPC_DISK_FORMAT_VDI },
		{ 0, "WithoutFreeSpace", 16, CPC_DISK_FORMAT_PARALLELS },
		{ 0, "WithouFreSpacExt", 16, CPC_DISK_FORMAT_PARALLELS },
		{ 0, "LUKS\xba\xbe", 6, CPC_DISK_FORMAT_LUKS },
		{ 0, "QFI\xfb\0\0\0\1", 8, CPC_DISK_FORMAT_QCOW },
		{ 1, "KDMV", 4, CPC_DISK_FORMAT_RAW },
		{ 0, "KDM", 3, CPC_DISK_FORMAT_RAW },
		{ 0, "vhdxfil", 7, CPC_DISK_FORMAT_RAW },
		{ 0, "\x55\xaa", 2, CPC_DISK_FORMAT_RAW },
		{ 487, "conectix", 8, CPC_DISK_FORMAT_RAW },
		{ 490, "conectix", 8, CPC_DISK_FORMAT_RAW },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		start();
		image.size = 1000;
		assert_true(sparse_put(&image, rows[i].offset, rows[i].bytes, rows[i].length));
		read_image();
		assert_undamaged(rows[i].format, CPC_DISK_KIND_UNKNOWN);
		assert_true(disk.size.known == (disk.format == CPC_DISK_FORMAT_RAW));
	}
}

static void small_files_are_raw(void **state)
{
	(void)state;
	for (uint64_t size = 0; size < 511; size++) {
		start();
		image.size = size;
		put_text(&image, 0, "conectix");
		read_image();
		assert_undamaged(CPC_DISK_FORMAT_RAW, CPC_DISK_KIND_UNKNOWN);
		assert_size(size);
	}
}

/* The largest file that there can be, and larger ones than that. */
static void huge_files(void **state)
{
	static const uint64_t sizes[] = { INT64_MAX, UINT64_MAX };

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		start();
		image.size = sizes[i];
		read_image();
		assert_undamaged(CPC_DISK_FORMAT_RAW, CPC_DISK_KIND_UNKNOWN);
		assert_size(sizes[i]);
		vhd_dynamic(&image, 3, 4);
		image.size = sizes[i];
		read_image();
		assert_int_equal(disk.kind, CPC_DISK_KIND_DYNAMIC);
		assert_false(disk.fatal);
		start();
		vhdx(&image, 0, 4);
		image.size = sizes[i];
		read_image();
		assert_undamaged(CPC_DISK_FORMAT_VHDX, CPC_DISK_KIND_DYNAMIC);
		start();
		qcow2(&image, 3, 512 * MIB);
		image.size = sizes[i];
		read_image();
		assert_undamaged(CPC_DISK_FORMAT_QCOW2, CPC_DISK_KIND_DYNAMIC);
	}
}

static void make(unsigned int which)
{
	start();
	switch (which) {
	case 0:
		vhd_fixed(&image, MIB);
		break;
	case 1:
		vhd_differencing(&image);
		break;
	case 2:
		vhdx_differencing(&image);
		break;
	case 3:
		qcow2_backed(&image);
		break;
	default:
		image.size = MIB;
		break;
	}
}

/* Reading fails, or the file has become short, at each read in turn: that is never taken for what was read well. */
static void sources_fail(void **state)
{
	static const uint8_t ways[] = { SPARSE_FAILS, SPARSE_SHRINKS };

	(void)state;
	for (unsigned int which = 0; which < 5; which++)
		for (size_t way = 0; way < COUNT(ways); way++) {
			uint64_t needed;

			make(which);
			image.misfortune = UINT64_MAX;
			read_image();
			needed = image.reads;
			for (image.misfortune = 0; image.misfortune < needed; image.misfortune++) {
				image.flags = ways[way];
				read_image();
				if (!cpc_disk_damaged(&disk))
					fail_msg("image %u, read %llu fails: undamaged", which,
						 (unsigned long long)image.misfortune);
				assert_int_equal(disk.faults[0].code,
						 ways[way] == SPARSE_FAILS ? CODE(UNREADABLE) : CODE(SHRANK));
				/* The start, and the end where the start says nothing. */
				if (!image.misfortune || (image.misfortune == 1 && (which == 0 || which == 4)))
					assert_int_equal(disk.format, CPC_DISK_FORMAT_UNREAD);
			}
		}
}

/* pread(2) may give less than it was asked for, anywhere. */
static void sources_dribble(void **state)
{
	(void)state;
	for (unsigned int which = 0; which < 5; which++) {
		static struct cpc_disk whole;

		make(which);
		read_image();
		whole = disk;
		image.flags = SPARSE_DRIBBLES;
		image.misfortune = 0;
		{
			const struct cpc_disk_source source = sparse_source(&image);

			cpc_disk_read(&source, &disk);
		}
		assert_false(cpc_disk_damaged(&disk));
		assert_int_equal(disk.kind, whole.kind);
		assert_memory_equal(disk.texts, whole.texts, sizeof(disk.texts));
		assert_memory_equal(disk.checks, whole.checks, sizeof(disk.checks));
	}
}

static void check_backing(const char *bytes, size_t length, const char *text)
{
	start();
	qcow2(&image, 2, 512 * MIB);
	put_be(&image, 8, 8, 512);
	put_be(&image, 16, 4, length);
	assert_true(sparse_put(&image, 512, bytes, length));
	read_image();
	assert_string_equal(disk.texts[CPC_DISK_TEXT_PARENT_NAME], text);
}

#define REPLACED "\xef\xbf\xbd"

static void texts_are_utf_8(void **state)
{
	static const struct {
		const char *bytes, *text;
	} rows[] = {
		{ "/a b", "/a b" },
		{ "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80" },
		{ "a\x1b[31m", "a" REPLACED "[31m" },
		{ "a\nb\x7f", "a" REPLACED "b" REPLACED },
		{ "\xc2\x9b", REPLACED },
		{ "\xe4", REPLACED },
		{ "\xc0\xaf", REPLACED REPLACED },
		{ "\xed\xa0\x80", REPLACED REPLACED REPLACED },
		{ "\xf4\x90\x80\x80", REPLACED REPLACED REPLACED REPLACED },
		{ "\xf8\x88\x80\x80\x80", REPLACED REPLACED REPLACED REPLACED REPLACED },
		{ "\xe2\x82", REPLACED REPLACED },
		{ "\x80z", REPLACED "z" },
	};
	static char longest[1024];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		check_backing(rows[i].bytes, strlen(rows[i].bytes), rows[i].text);
	check_backing("ab\0cd", 5, "ab");
	memset(longest, 'x', sizeof(longest) - 1);
	check_backing(longest, sizeof(longest) - 1, longest);
	assert_false(cpc_disk_damaged(&disk));
	/* What replaces a byte takes three. */
	longest[0] = '\x01';
	check_backing(longest, sizeof(longest) - 1, "");
	assert_true(has_fault(PART(QCOW2_BACKING), CODE(TOO_LONG), 512, false));
}

static void check_utf16(const uint16_t *units, size_t count, const char *text)
{
	start();
	vhd_differencing(&image);
	for (size_t i = 0; i < count; i++)
		put_be(&image, 512 + 64 + 2 * i, 2, units[i]);
	vhd_seal_all(&image);
	read_image();
	assert_string_equal(disk.texts[CPC_DISK_TEXT_PARENT_NAME], text);
}

static void texts_come_from_utf_16(void **state)
{
	static const struct {
		uint16_t units[4];
		const char *text;
	} rows[] = {
		{ { 0xe4, 0x20ac, 0 }, "\xc3\xa4\xe2\x82\xac" },
		{ { 0xd83d, 0xde00, 'z', 0 }, "\xf0\x9f\x98\x80z" },
		{ { 0xd83d, 'z', 0 }, REPLACED "z" },
		{ { 0xde00, 0xd83d, 'z', 0 }, REPLACED REPLACED "z" },
		{ { 0xd83d, 0 }, REPLACED },
		{ { 0x1b, 0x9b, 0xffff, 0 }, REPLACED REPLACED "\xef\xbf\xbf" },
	};
	uint16_t units[256];
	char text[3 * 256 + 1] = "";

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		check_utf16(rows[i].units, COUNT(rows[i].units), rows[i].text);
	/* All of the field, without an end; its last unit is half a character. */
	for (size_t i = 0; i < COUNT(units); i++) {
		units[i] = i + 1 < COUNT(units) ? 0x20ac : 0xd83d;
		strcat(text, i + 1 < COUNT(units) ? "\xe2\x82\xac" : REPLACED);
	}
	check_utf16(units, COUNT(units), text);
	assert_false(cpc_disk_damaged(&disk));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_signatures),
		cmocka_unit_test(small_files_are_raw),
		cmocka_unit_test(huge_files),
		cmocka_unit_test(sources_fail),
		cmocka_unit_test(sources_dribble),
		cmocka_unit_test(texts_are_utf_8),
		cmocka_unit_test(texts_come_from_utf_16),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
