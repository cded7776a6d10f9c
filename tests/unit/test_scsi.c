/* SPDX-License-Identifier: MIT */
/* What devices say of themselves, and what they may say wrongly. */
#include "support.h"

#include <errno.h>

#include "scsi.h"

static void the_version_is_byte_2(void **state)
{
	const uint8_t bytes[36] = { 0x00, 0x00, 0x05, 0x02, 31 };
	struct cpc_scsi_inquiry inquiry;

	(void)state;
	assert_int_equal(cpc_scsi_inquiry_read(bytes, sizeof(bytes), &inquiry), 0);
	assert_int_equal(inquiry.version, 5);
	assert_int_equal(inquiry.type, CPC_SCSI_DISK);
}

static void the_type_is_without_its_qualifier(void **state)
{
	const uint8_t bytes[] = { 0x2e, 0x80, 0x07, 0x02, 0 };
	struct cpc_scsi_inquiry inquiry;

	(void)state;
	assert_int_equal(cpc_scsi_inquiry_read(bytes, sizeof(bytes), &inquiry), 0);
	assert_int_equal(inquiry.type, CPC_SCSI_REDUCED_BLOCK);
}

static void what_is_not_there_says_nothing(void **state)
{
	const uint8_t nothing[36] = { 0x7f, 0, 5 };
	struct cpc_scsi_inquiry inquiry = { .type = 99, .version = 99 };

	(void)state;
	assert_int_equal(cpc_scsi_inquiry_read(nothing, sizeof(nothing), &inquiry), -EINVAL);
	for (size_t length = 0; length < 4; length++)
		assert_int_equal(cpc_scsi_inquiry_read((const uint8_t *)"\0\0\5\2", length, &inquiry), -EINVAL);
	assert_int_equal(inquiry.version, 99);
	assert_int_equal(cpc_scsi_inquiry_read((const uint8_t *)"\0\0\5\2", 4, &inquiry), 0);
}

/* A page of these designators; the header's length is theirs. */
static size_t page_of(uint8_t *page, const uint8_t *designators, size_t length)
{
	page[0] = 0;
	page[1] = 0x83;
	page[2] = (uint8_t)(length >> 8);
	page[3] = (uint8_t)length;
	memcpy(page + 4, designators, length);
	return length + 4;
}

static void expect(const uint8_t *designators, size_t length, const char *identity)
{
	uint8_t page[1024];
	char found[CPC_IDENTITY_SIZE];
	const size_t whole = page_of(page, designators, length);
	const int error = cpc_scsi_identity(page, whole, found);

	assert_string_equal(found, identity);
	assert_int_equal(error, identity[0] ? 0 : -ENOENT);
}

#define NAA6 1, 3, 0, 16, 0x60, 1, 4, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x1f
#define NAA5 1, 3, 0, 8, 0x50, 1, 2, 3, 4, 5, 6, 7
#define NAA3 1, 3, 0, 8, 0x30, 1, 2, 3, 4, 5, 6, 7
#define EUI8 1, 2, 0, 8, 0, 1, 2, 3, 4, 5, 6, 7
#define EUI16 1, 2, 0, 16, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
#define T10 2, 1, 0, 12, 'L', 'I', 'O', '-', 'O', 'R', 'G', ' ', 'd', 'i', 's', 'k'
#define OF_PORT 0x61, 0x93, 0, 8, 0x50, 9, 9, 9, 9, 9, 9, 9

#define EXPECT(identity, ...)                                                                                          \
	do {                                                                                                           \
		const uint8_t designators_[] = { __VA_ARGS__ };                                                        \
		expect(designators_, sizeof(designators_), identity);                                                  \
	} while (0)

static void the_best_name_is_taken(void **state)
{
	(void)state;
	EXPECT("naa.6001040500000000000000000000001f", NAA6);
	EXPECT("naa.6001040500000000000000000000001f", T10, NAA5, EUI16, NAA6, OF_PORT, EUI8);
	EXPECT("naa.6001040500000000000000000000001f", NAA6, EUI8, NAA5, T10);
	EXPECT("naa.5001020304050607", EUI16, OF_PORT, NAA5);
	EXPECT("eui.000102030405060708090a0b0c0d0e0f", T10, EUI8, EUI16, NAA3);
	EXPECT("eui.0001020304050607", NAA3, EUI8);
	EXPECT("naa.3001020304050607", T10, NAA3, T10);
}

static void a_port_is_no_logical_unit(void **state)
{
	(void)state;
	EXPECT("", OF_PORT);
	EXPECT("t10.LIO-ORG disk", OF_PORT, T10);
}

static void a_name_of_the_wrong_length_is_none(void **state)
{
	(void)state;
	EXPECT("", 1, 3, 0, 7, 0x50, 1, 2, 3, 4, 5, 6);
	EXPECT("", 1, 3, 0, 8, 0x60, 1, 2, 3, 4, 5, 6, 7);
	EXPECT("", 1, 3, 0, 16, 0x50, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
	EXPECT("", 1, 3, 0, 8, 0x40, 1, 2, 3, 4, 5, 6, 7);
	EXPECT("", 1, 2, 0, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8);
	EXPECT("", 1, 3, 0, 0);
	EXPECT("", 1, 2, 0, 0);
	EXPECT("t10.LIO-ORG disk", 1, 3, 0, 0, T10);
	EXPECT("", 0, 0, 0, 4, 'v', 'e', 'n', 'd');
}

static void zeros_name_nobody(void **state)
{
	(void)state;
	EXPECT("", 1, 3, 0, 8, 0x50, 0, 0, 0, 0, 0, 0, 0);
	EXPECT("", 1, 2, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0);
	EXPECT("", 2, 1, 0, 12, 'V', 'E', 'N', 'D', 'O', 'R', ' ', ' ', ' ', ' ', ' ', 0);
	EXPECT("", 2, 1, 0, 8, 'V', 'E', 'N', 'D', 'O', 'R', 'X', 'Y');
	EXPECT("", 2, 1, 0, 0);
}

static void padding_is_no_part_of_a_name(void **state)
{
	(void)state;
	EXPECT("t10.ATA     X1", 2, 1, 0, 13, 'A', 'T', 'A', ' ', ' ', ' ', ' ', ' ', 'X', '1', ' ', ' ', 0);
}

/* Two that differ in what cannot be printed are two. */
static void what_is_no_text_is_written_in_hex(void **state)
{
	(void)state;
	EXPECT("t10.0x4c494f2d4f52472001", 2, 1, 0, 9, 'L', 'I', 'O', '-', 'O', 'R', 'G', ' ', 1);
	EXPECT("t10.0x4c494f2d4f52472002", 2, 1, 0, 9, 'L', 'I', 'O', '-', 'O', 'R', 'G', ' ', 2);
}

static void what_does_not_fit_is_not_cut(void **state)
{
	uint8_t designator[4 + 255];

	(void)state;
	memset(designator, 'x', sizeof(designator));
	designator[0] = 2;
	designator[1] = 1;
	designator[2] = 0;
	designator[3] = 255;
	{
		char whole[CPC_IDENTITY_SIZE];

		(void)snprintf(whole, sizeof(whole), "t10.%.255s", (const char *)designator + 4);
		whole[4 + 255] = '\0';
		expect(designator, sizeof(designator), whole);
	}
	designator[4] = 0xff; /* now in hex, which is twice as long */
	expect(designator, sizeof(designator), "");
}

/* As Linux 6.1 has them of its own scsi_debug and of a disk of QEMU's; the names are those of the kernel's wwid. */
static void real_ones_are_read_as_the_kernel_does(void **state)
{
	static const uint8_t scsi_debug[] = "\0\x83\0\x70\2\1\0\x1cLinux   scsi_debug      2000"
					    "\1\3\0\x08\x33\x33\x33\x30\0\0\x07\xd0\x61\x94\0\4\0\0\0\1"
					    "\x61\x93\0\x08\x32\x22\x22\x20\0\0\x07\xce\x61\x95\0\4\0\0\2\0"
					    "\x61\xa3\0\x08\x32\x22\x22\x20\0\0\x07\xcd"
					    "\x63\xa8\0\x18naa.32222220000007CD\0\0\0";
	static const uint8_t qemu[] = "\0\x83\0\x13\2\0\0\3"
				      "ABC\1\3\0\x08\x50\0\xc5\0\xa1\xb2\xc3\xd4";
	static const uint8_t inquiry[] = "\0\0\5\x12\x1f\0\0\x12QEMU    QEMU HARDDISK   2.5+";
	struct cpc_scsi_inquiry answer;
	char identity[CPC_IDENTITY_SIZE];

	(void)state;
	assert_int_equal(sizeof(scsi_debug), 4 + 0x70);
	assert_int_equal(cpc_scsi_identity(scsi_debug, sizeof(scsi_debug), identity), 0);
	assert_string_equal(identity, "naa.33333330000007d0");
	assert_int_equal(cpc_scsi_identity(qemu, sizeof(qemu) - 1, identity), 0);
	assert_string_equal(identity, "naa.5000c500a1b2c3d4");
	assert_int_equal(cpc_scsi_inquiry_read(inquiry, sizeof(inquiry) - 1, &answer), 0);
	assert_int_equal(answer.version, 5);
}

/* Whatever a page says of its own length and of its parts', what is read is there; and the name is one of those that
 * are wholly within. */
static void no_length_is_believed(void **state)
{
	static const uint8_t designators[] = { T10, NAA6 };
	uint8_t page[64];
	char identity[CPC_IDENTITY_SIZE];
	const size_t whole = page_of(page, designators, sizeof(designators));

	(void)state;
	page[2] = page[3] = 0xff;
	for (size_t length = 0; length <= whole; length++) {
		uint8_t *copy = malloc(length ? length : 1); /* just as long, for the sanitizer */
		const int error =
			(assert_non_null(copy), memcpy(copy, page, length), cpc_scsi_identity(copy, length, identity));

		assert_int_equal(error, length < 20 ? -ENOENT : 0);
		assert_string_equal(identity, length < 20      ? ""
					      : length < whole ? "t10.LIO-ORG disk"
							       : "naa.6001040500000000000000000000001f");
		free(copy);
	}
	/* The page ends before the second, though there are bytes. */
	page[2] = 0;
	page[3] = 17;
	assert_int_equal(cpc_scsi_identity(page, whole, identity), 0);
	assert_string_equal(identity, "t10.LIO-ORG disk");
	/* It claims more than is left: that one is passed over. */
	page[3] = (uint8_t)(whole - 4);
	page[20 + 3] = 17;
	assert_int_equal(cpc_scsi_identity(page, whole, identity), 0);
	assert_string_equal(identity, "t10.LIO-ORG disk");
	/* Another page. */
	page[1] = 0x80;
	assert_int_equal(cpc_scsi_identity(page, whole, identity), -ENOENT);
	assert_string_equal(identity, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_version_is_byte_2),
		cmocka_unit_test(the_type_is_without_its_qualifier),
		cmocka_unit_test(what_is_not_there_says_nothing),
		cmocka_unit_test(the_best_name_is_taken),
		cmocka_unit_test(a_port_is_no_logical_unit),
		cmocka_unit_test(a_name_of_the_wrong_length_is_none),
		cmocka_unit_test(zeros_name_nobody),
		cmocka_unit_test(padding_is_no_part_of_a_name),
		cmocka_unit_test(what_is_no_text_is_written_in_hex),
		cmocka_unit_test(what_does_not_fit_is_not_cut),
		cmocka_unit_test(real_ones_are_read_as_the_kernel_does),
		cmocka_unit_test(no_length_is_believed),
	};

	return cmocka_run_group_tests_name("scsi", tests, NULL, NULL);
}
