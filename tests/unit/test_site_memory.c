/* SPDX-License-Identifier: MIT */
/* Memory, processors and load, of whole hosts and of files that say something odd. */
#include "site_support.h"

#define GIB (UINT64_C(1) << 30)

static enum cpc_probe_status run(struct sited *sited)
{
	return run_probe(sited, CPC_SITE_MEMORY, cpc_site_memory);
}

static void a_server_is_counted(void **state)
{
	struct sited *sited = *state;
	const struct cpc_site_memory *memory = &sited->site.memory;

	make_host("bonds", sited->root);
	assert_int_equal(run(sited), CPC_PROBE_OK);
	assert_measured(memory->total, 64 * GIB);
	assert_measured(memory->available, 48 * GIB);
	assert_measured(memory->huge_page, 2 << 20);
	assert_measured(memory->huge_pages, 0);
	assert_measured(memory->cpus, 16);
	assert_measured(memory->cores, 8);
	assert_measured(memory->sockets, 2);
	assert_measured(memory->load, 1250);
	assert_string_equal(sited->site.results[CPC_SITE_MEMORY].needs, "");
}

static void huge_pages_of_every_size_count(void **state)
{
	struct sited *sited = *state;
	const struct cpc_site_memory *memory = &sited->site.memory;

	put_machine(sited->root, &(struct machine){ 1, 4, 1, 64, 8, .huge_gib = 40 });
	put_number(at(sited->root, "/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages"), 512);
	assert_int_equal(run(sited), CPC_PROBE_OK);
	assert_measured(memory->huge_bytes, 41 * GIB);
	assert_measured(memory->huge_bytes_free, 20 * GIB);
}

/* A size that cannot be read, and one that overflows: no sum of the others. */
static void a_part_is_no_sum(void **state)
{
	struct sited *sited = *state;
	const struct cpc_site_memory *memory = &sited->site.memory;

	put_machine(sited->root, &(struct machine){ 1, 4, 1, 64, 8, .huge_gib = 40 });
	put_line(at(sited->root, "/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages"), "many");
	assert_int_equal(run(sited), CPC_PROBE_OK);
	assert_false(memory->huge_bytes.known);
	assert_measured(memory->huge_bytes_free, 20 * GIB);
	put_line(at(sited->root, "/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages"), "18446744073709551615");
	assert_int_equal(run(sited), CPC_PROBE_OK);
	assert_false(memory->huge_bytes.known);
}

static void cores_are_known_of_all_or_not_at_all(void **state)
{
	struct sited *sited = *state;
	const struct cpc_site_memory *memory = &sited->site.memory;

	make_host("bonds", sited->root);
	assert_int_equal(unlink(at(sited->root, "/sys/devices/system/cpu/cpu15/topology/core_siblings_list")), 0);
	assert_int_equal(run(sited), CPC_PROBE_OK);
	assert_measured(memory->cpus, 16);
	assert_false(memory->cores.known);
	assert_false(memory->sockets.known);
}

/* One that is off is in no list, and its core's other thread is then the first. */
static void cpus_that_are_off_do_not_count(void **state)
{
	static const unsigned int first_socket[] = { 1, 2, 3, 8, 9, 10, 11 };
	struct sited *sited = *state;
	const struct cpc_site_memory *memory = &sited->site.memory;

	make_host("bonds", sited->root);
	put_line(at(sited->root, "/sys/devices/system/cpu/online"), "1-15");
	put_line(at(sited->root, "/sys/devices/system/cpu/cpu8/topology/thread_siblings_list"), "8");
	for (size_t i = 0; i < COUNT(first_socket); i++)
		put_line(at(sited->root, "/sys/devices/system/cpu/cpu%u/topology/core_siblings_list", first_socket[i]),
			 "1-3,8-11");
	assert_int_equal(run(sited), CPC_PROBE_OK);
	assert_measured(memory->cpus, 15);
	assert_measured(memory->cores, 8);
	assert_measured(memory->sockets, 2);
}

static void a_load_is_read_to_the_thousandth(void **state)
{
	static const struct {
		const char *text;
		bool known;
		uint64_t load;
	} rows[] = {
		{ "0.00 0.00 0.00 1/1 1", true, 0 },
		{ "1.00 12.34 5.00 1/1 1", true, 12340 },
		{ "1.00 0.001 5.00", true, 1 },
		{ "1.00 2.98765 5.00", true, 2987 },
		{ "1.00", false, 0 },
		{ "1.00 -2.00", false, 0 },
		{ "1.00 x", false, 0 },
		{ "1.00 3", false, 0 },
		{ "1.00 99999999999999999999.0", false, 0 },
		{ "", false, 0 },
		{ "1.00 18446744073709551.615", true, UINT64_MAX },
		{ "1.00 18446744073709551.616", false, 0 },
	};
	struct sited *sited = *state;

	make_host("bonds", sited->root);
	for (size_t i = 0; i < COUNT(rows); i++) {
		put_line(at(sited->root, "/proc/loadavg"), rows[i].text);
		assert_int_equal(run(sited), CPC_PROBE_OK);
		assert_int_equal(sited->site.memory.load.known, rows[i].known);
		assert_int_equal(sited->site.memory.load.value, rows[i].load);
	}
}

/* Kernels before 3.14 do not say what is available, and what is free is not that. */
static void without_what_is_available_it_failed(void **state)
{
	static const char old[] = "MemTotal: 1024 kB\nMemFree: 512 kB\n";
	struct sited *sited = *state;

	put_bytes(at(sited->root, "/proc/meminfo"), old, sizeof(old) - 1);
	assert_int_equal(run(sited), CPC_PROBE_FAILED);
	assert_measured(sited->site.memory.total, 1 << 20);
	assert_false(sited->site.memory.available.known);
	assert_string_equal(sited->site.results[CPC_SITE_MEMORY].needs, "/proc/meminfo");
}

static void an_empty_folder_has_none(void **state)
{
	struct sited *sited = *state;

	make_host("empty", sited->root);
	assert_int_equal(run(sited), CPC_PROBE_ABSENT);
	assert_false(sited->site.memory.cpus.known);
	assert_false(sited->site.memory.load.known);
	assert_false(sited->site.memory.huge_bytes.known);
	assert_string_equal(sited->site.results[CPC_SITE_MEMORY].needs, "/proc/meminfo");
}

static void a_hostile_one_tells_nothing(void **state)
{
	struct sited *sited = *state;
	const struct cpc_site_memory *memory = &sited->site.memory;

	make_host("hostile", sited->root);
	assert_int_equal(run(sited), CPC_PROBE_FAILED);
	assert_false(memory->total.known || memory->available.known || memory->cpus.known || memory->load.known);
	assert_false(memory->huge_bytes.known || memory->huge_bytes_free.known);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		site_test(a_server_is_counted),
		site_test(huge_pages_of_every_size_count),
		site_test(a_part_is_no_sum),
		site_test(cores_are_known_of_all_or_not_at_all),
		site_test(cpus_that_are_off_do_not_count),
		site_test(a_load_is_read_to_the_thousandth),
		site_test(without_what_is_available_it_failed),
		site_test(an_empty_folder_has_none),
		site_test(a_hostile_one_tells_nothing),
	};

	return cmocka_run_group_tests_name("site_memory", tests, NULL, NULL);
}
