/* SPDX-License-Identifier: MIT */
/*
 * The seeds of fuzz_disk are images made by hand, written sparsely. They are what is made here; where that changes,
 * CPC_WRITE_SEEDS=1 build/tests/test_disk_seeds writes them anew.
 */
#include "disk_support.h"

#include <errno.h>

static void make_vhd_fixed(void)
{
	vhd_fixed(&image, MIB);
}

static void make_vhd_dynamic(void)
{
	vhd_dynamic(&image, 3, 4);
}

static void make_vhd_differencing(void)
{
	vhd_differencing(&image);
}

static void make_vhdx_fixed(void)
{
	vhdx(&image, 1, 1);
}

static void make_vhdx_dynamic(void)
{
	vhdx(&image, 0, 4096);
}

static void make_vhdx_differencing(void)
{
	vhdx_differencing(&image);
}

static void make_qcow2(void)
{
	qcow2(&image, 2, 512 * MIB);
}

static void make_qcow2_backed(void)
{
	qcow2_backed(&image);
}

static void make_vdi(void)
{
	image.size = 4096;
	put_text(&image, 64, "\x7f\x10\xda\xbe");
}

static const struct seed {
	const char *name;
	void (*make)(void);
	uint8_t flags;
	uint64_t misfortune;
} seeds[] = {
	{ "vhd_fixed", make_vhd_fixed, SPARSE_MEND, 0 },
	{ "vhd_dynamic", make_vhd_dynamic, SPARSE_MEND, 0 },
	{ "vhd_dynamic_unmended", make_vhd_dynamic, 0, 0 },
	{ "vhd_differencing", make_vhd_differencing, SPARSE_MEND, 0 },
	{ "vhd_differencing_shrinks", make_vhd_differencing, SPARSE_MEND | SPARSE_SHRINKS, 4 },
	{ "vhdx_fixed", make_vhdx_fixed, SPARSE_MEND, 0 },
	{ "vhdx_dynamic", make_vhdx_dynamic, SPARSE_MEND, 0 },
	{ "vhdx_dynamic_unmended", make_vhdx_dynamic, 0, 0 },
	{ "vhdx_differencing", make_vhdx_differencing, SPARSE_MEND, 0 },
	{ "vhdx_differencing_dribbles", make_vhdx_differencing, SPARSE_MEND | SPARSE_DRIBBLES, 30 },
	{ "qcow2", make_qcow2, 0, 0 },
	{ "qcow2_backed", make_qcow2_backed, 0, 0 },
	{ "qcow2_backed_fails", make_qcow2_backed, SPARSE_FAILS, 5 },
	{ "vdi", make_vdi, 0, 0 },
};

static uint8_t made[65536];

static size_t write_seed(const struct seed *seed)
{
	size_t at = SPARSE_START;

	start();
	seed->make();
	made[0] = seed->flags;
	for (size_t i = 0; i < 8; i++)
		made[1 + i] = (uint8_t)(image.size >> 8 * i);
	made[9] = (uint8_t)seed->misfortune;
	made[10] = 0;
	for (size_t i = 0; i < image.count; i++) {
		const size_t length = image.pieces[i].length;

		assert_true(at + 10 + length <= sizeof(made));
		for (size_t k = 0; k < 8; k++)
			made[at + k] = (uint8_t)(image.pieces[i].offset >> 8 * k);
		made[at + 8] = (uint8_t)length;
		made[at + 9] = (uint8_t)(length >> 8);
		memcpy(made + at + 10, image.bytes + image.pieces[i].at, length);
		at += 10 + length;
	}
	return at;
}

/* What is parsed of a seed is the image that it was made of. */
static void check_parsed(size_t length)
{
	static struct sparse parsed_image;

	sparse_parse(&parsed_image, made, length);
	assert_int_equal(parsed_image.size, image.size);
	assert_int_equal(parsed_image.count, image.count);
	assert_int_equal(parsed_image.used, image.used);
	assert_memory_equal(parsed_image.bytes, image.bytes, image.used);
}

static void seeds_are_as_made(void **state)
{
	const char *source = getenv("CPC_SOURCE");
	const bool write = getenv("CPC_WRITE_SEEDS") != NULL;

	(void)state;
	if (!source)
		skip();
	for (size_t i = 0; i < COUNT(seeds); i++) {
		static uint8_t there[65536];
		const size_t length = write_seed(&seeds[i]);
		char path[4096];
		FILE *file;

		check_parsed(length);
		(void)snprintf(path, sizeof(path), "%s/tests/fuzz/seeds_disk/%s", source, seeds[i].name);
		file = fopen(path, write ? "wb" : "rb");
		if (!file)
			fail_msg("%s: %s", path, strerror(errno));
		else if (write)
			assert_int_equal(fwrite(made, 1, length, file), length);
		else
			assert_int_equal(fread(there, 1, sizeof(there), file), length);
		assert_int_equal(fclose(file), 0);
		if (!write)
			assert_memory_equal(there, made, length);
	}
}

/* Each is of the kind that its name says, so that the fuzzer begins behind every check. */
static void seeds_are_images(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(seeds); i++) {
		start();
		seeds[i].make();
		read_image();
		assert_false(cpc_disk_damaged(&disk));
		assert_memory_equal(seeds[i].name, cpc_disk_format_name(disk.format),
				    strlen(cpc_disk_format_name(disk.format)));
		if (strstr(seeds[i].name, "differencing") || strstr(seeds[i].name, "backed"))
			assert_int_equal(disk.kind, CPC_DISK_KIND_DIFFERENCING);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(seeds_are_as_made),
		cmocka_unit_test(seeds_are_images),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
