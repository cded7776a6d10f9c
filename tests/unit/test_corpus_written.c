/* SPDX-License-Identifier: MIT */
/*
 * Every processor of the corpus, written as others write: by libcpuid itself, and in
 * the words of libvirt's cpu-data.py. What we read back is the same processor; what a
 * format cannot carry is unknown, and never clear. Skipped where the corpus is not.
 */
#include "corpus.h"

#include <libcpuid/libcpuid.h>

#include <unistd.h>

#include "formats.h"

static struct cpc_captures read_file(const char *path)
{
	size_t length;
	char *bytes = corpus_read(path, 0, &length);
	struct cpc_captures captures;
	struct cpc_error error = { 0 };

	assert_non_null(bytes);
	if (cpc_read(bytes, length, &captures, &error))
		fail_msg("%s:%zu: %s", path, error.line, error.what);
	free(bytes);
	return captures;
}

static const char *work_file(void)
{
	static char path[64];

	(void)snprintf(path, sizeof(path), "/tmp/cpc_written.%ld", (long)getpid());
	return path;
}

static void fill_row(const struct cpc_snapshot *snapshot, uint32_t leaf, uint32_t subleaf, uint32_t row[4])
{
	for (int reg = 0; reg < CPC_REG_COUNT; reg++)
		row[reg] = cpc_snapshot_reg(snapshot, leaf, subleaf, (enum cpc_reg)reg);
}

/* What cpuid_get_raw_data() would have got on that processor. */
static void fill_raw(const struct cpc_snapshot *snapshot, struct cpu_raw_data_t *raw)
{
	memset(raw, 0, sizeof(*raw));
	for (uint32_t i = 0; i < MAX_CPUID_LEVEL; i++)
		fill_row(snapshot, i, 0, raw->basic_cpuid[i]);
	for (uint32_t i = 0; i < MAX_EXT_CPUID_LEVEL; i++)
		fill_row(snapshot, 0x80000000U + i, 0, raw->ext_cpuid[i]);
	for (uint32_t i = 0; i < MAX_INTELFN4_LEVEL; i++)
		fill_row(snapshot, 4, i, raw->intel_fn4[i]);
	for (uint32_t i = 0; i < MAX_INTELFN11_LEVEL; i++)
		fill_row(snapshot, 0xb, i, raw->intel_fn11[i]);
	for (uint32_t i = 0; i < MAX_INTELFN12H_LEVEL; i++)
		fill_row(snapshot, 0x12, i, raw->intel_fn12h[i]);
	for (uint32_t i = 0; i < MAX_INTELFN14H_LEVEL; i++)
		fill_row(snapshot, 0x14, i, raw->intel_fn14h[i]);
	for (uint32_t i = 0; i < MAX_AMDFN8000001DH_LEVEL; i++)
		fill_row(snapshot, 0x8000001dU, i, raw->amd_fn8000001dh[i]);
}

static bool libcpuid_carries(const struct cpc_register_info *info)
{
	if (info->place >= CPC_PLACE_MSR_LO || info->subleaf)
		return false;
	return info->leaf < MAX_CPUID_LEVEL ||
	       (info->leaf >= 0x80000000U && info->leaf < 0x80000000U + MAX_EXT_CPUID_LEVEL);
}

/* Where leaf 0xD fails the sanity checks of the core, what was read of it is not believed. */
static bool doubted(const struct cpc_fingerprint *fingerprint)
{
	return fingerprint->unread[CPC_LD_0_EAX] != 0;
}

static void compare_words(const char *path, const struct cpc_fingerprint *before, const struct cpc_fingerprint *after)
{
	for (unsigned int word = 0; word < CPC_WORD_COUNT; word++) {
		const uint32_t known = ~(before->unread[word] | after->unread[word]);

		if ((before->words[word] ^ after->words[word]) & known)
			fail_msg("%s: word %u was %x, is %x", path, word, before->words[word], after->words[word]);
		if (libcpuid_carries(&cpc_registers[word]) && !doubted(before) && !doubted(after) &&
		    (after->unread[word] & ~before->unread[word]))
			fail_msg("%s: word %u was read and is not", path, word);
	}
}

static void compare_scalars(const char *path, const struct cpc_fingerprint *before, const struct cpc_fingerprint *after)
{
	for (unsigned int i = 0; i < CPC_SCALAR_COUNT; i++) {
		const struct cpc_number *a = &before->scalars[i];
		const struct cpc_number *b = &after->scalars[i];

		if (cpc_scalars[i].derived || !cpc_scalar_in_text((enum cpc_scalar_id)i) || a->unknown || b->unknown)
			continue;
		if (a->value != b->value)
			fail_msg("%s: %s was %llu, is %llu", path, cpc_scalars[i].name, (unsigned long long)a->value,
				 (unsigned long long)b->value);
	}
	if (!before->layout_unknown && !after->layout_unknown) {
		assert_int_equal(before->layout_count, after->layout_count);
		assert_memory_equal(before->layout, after->layout, sizeof(before->layout));
	}
}

/* The first CPU alone, and then as two. */
static void through_libcpuid(const char *path, const struct cpc_snapshot *snapshot)
{
	struct cpu_raw_data_t raw[2];
	struct cpu_raw_data_array_t both = { .with_affinity = true, .num_raw = 2, .raw = raw };
	struct cpc_captures captures;
	struct cpc_fingerprint before;
	struct cpc_fingerprint after;

	fill_raw(snapshot, &raw[0]);
	raw[1] = raw[0];
	cpc_fingerprint_of(snapshot, &before);
	for (int cpus = 1; cpus <= 2; cpus++) {
		assert_int_equal(cpus == 1 ? cpuid_serialize_raw_data(raw, work_file())
					   : cpuid_serialize_all_raw_data(&both, work_file()),
				 0);
		captures = read_file(work_file());
		assert_int_equal(captures.items[0].kind_count, 1);
		assert_int_equal(cpc_cpu_set_count(&captures.items[0].kinds[0].cpus), cpus);
		cpc_fingerprint_of(&captures.items[0].kinds[0].snapshot, &after);
		assert_string_equal(after.vendor, before.vendor);
		assert_int_equal(after.model, before.model);
		compare_words(path, &before, &after);
		compare_scalars(path, &before, &after);
		cpc_captures_free(&captures);
	}
}

static void through_libvirt(const char *path, const struct cpc_snapshot *snapshot)
{
	FILE *file = fopen(work_file(), "w");
	struct cpc_captures captures;
	const struct cpc_snapshot *back;

	assert_non_null(file);
	fprintf(file, "<!-- %s -->\n<cpudata arch='x86'>\n", "name");
	for (size_t i = 0; i < snapshot->leaf_count; i++) {
		const struct cpc_leaf *leaf = &snapshot->leaves[i];

		fprintf(file,
			"  <cpuid eax_in='0x%08x' ecx_in='0x%02x' eax='0x%08x' ebx='0x%08x' ecx='0x%08x' "
			"edx='0x%08x'/>\n",
			leaf->leaf, leaf->subleaf, leaf->regs[0], leaf->regs[1], leaf->regs[2], leaf->regs[3]);
	}
	for (size_t i = 0; i < snapshot->msr_count; i++)
		if (snapshot->msrs[i].readable)
			fprintf(file, "  <msr index='0x%x' edx='0x%08x' eax='0x%08x'/>\n", snapshot->msrs[i].address,
				(uint32_t)(snapshot->msrs[i].value >> 32), (uint32_t)snapshot->msrs[i].value);
	fprintf(file, "</cpudata>\n");
	assert_int_equal(fclose(file), 0);

	captures = read_file(work_file());
	back = &captures.items[0].kinds[0].snapshot;
	if (back->leaf_count != snapshot->leaf_count ||
	    memcmp(back->leaves, snapshot->leaves, back->leaf_count * sizeof(*back->leaves)) != 0)
		fail_msg("%s: libvirt's text gives other leaves", path);
	cpc_captures_free(&captures);
}

static void every_dump_written_by_others(void **state)
{
	struct corpus_paths paths = { 0 };
	char folder[PATH_MAX];
	size_t count = 0;

	(void)state;
	assert_true(corpus_path("corpus/dumps", folder));
	corpus_list(folder, ".txt", &paths);
	for (size_t i = 0; i < paths.count; i++) {
		struct cpc_captures captures;

		/* What QEMU exposed of a machine and what it refused are masks, not processors. */
		if (strstr(paths.items[i], "/kvm/"))
			continue;
		captures = read_file(paths.items[i]);
		through_libcpuid(paths.items[i], &captures.items[0].kinds[0].snapshot);
		through_libvirt(paths.items[i], &captures.items[0].kinds[0].snapshot);
		cpc_captures_free(&captures);
		count++;
	}
	corpus_free(&paths);
	(void)remove(work_file());
	printf("%zu processors written by libcpuid %s and as libvirt, and read back\n", count, cpuid_lib_version());
	assert_true(count > 300);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(every_dump_written_by_others) };
	char folder[PATH_MAX];

	if (!corpus_path("corpus/dumps", folder)) {
		printf("skipped: no corpus at %s (CPC_SHARED)\n", folder);
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
