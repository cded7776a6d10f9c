/* SPDX-License-Identifier: MIT */
/* Memory and load: /proc/meminfo, /proc/loadavg, and what of the processors is online. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "probe_inside.h"
#include "site_entry.h"

#define MEMINFO_SIZE 8192
#define CPU_LIST_SIZE 4096
#define KIB 1024
#define HUGE_PAGES "/sys/kernel/mm/hugepages"
#define CPUS "/sys/devices/system/cpu"

static struct cpc_measurement times(struct cpc_measurement number, uint64_t factor)
{
	if (number.known && factor && number.value > UINT64_MAX / factor)
		number.known = false;
	return (struct cpc_measurement){ .known = number.known, .value = number.known ? number.value * factor : 0 };
}

/* The number of decimal digits at the beginning of a text, behind blanks. */
static struct cpc_measurement leading_number(const char *text)
{
	uint64_t value = 0;

	text += strspn(text, " \t");
	if (*text < '0' || *text > '9')
		return (struct cpc_measurement){ .known = false };
	for (; *text >= '0' && *text <= '9'; text++) {
		const uint64_t digit = (uint64_t)(*text - '0');

		if (value > (UINT64_MAX - digit) / 10)
			return (struct cpc_measurement){ .known = false };
		value = 10 * value + digit;
	}
	return (struct cpc_measurement){ .known = true, .value = value };
}

/* A line "Key:   123 kB" of /proc/meminfo. */
static struct cpc_measurement meminfo_line(const char *text, const char *key)
{
	const size_t length = strlen(key);

	while (*text) {
		if (strncmp(text, key, length) == 0 && text[length] == ':')
			return leading_number(text + length + 1);
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return (struct cpc_measurement){ .known = false };
}

static int read_meminfo(const char *sysroot, struct cpc_site_memory *memory)
{
	char text[MEMINFO_SIZE];
	const int length = cpc_sysroot_read(sysroot, "/proc/meminfo", text, sizeof(text));

	if (length < 0)
		return length;
	memory->total = times(meminfo_line(text, "MemTotal"), KIB);
	memory->available = times(meminfo_line(text, "MemAvailable"), KIB);
	memory->huge_page = times(meminfo_line(text, "Hugepagesize"), KIB);
	memory->huge_pages = meminfo_line(text, "HugePages_Total");
	memory->huge_pages_free = meminfo_line(text, "HugePages_Free");
	return 0;
}

/* Sums over the sizes of huge pages; not known once one of them is not. */
struct huge {
	const char *sysroot;
	struct cpc_measurement bytes;
	struct cpc_measurement free;
};

static void add_bytes(struct cpc_measurement *sum, struct cpc_measurement bytes)
{
	sum->known = sum->known && bytes.known && bytes.value <= UINT64_MAX - sum->value;
	sum->value = sum->known ? sum->value + bytes.value : 0;
}

/* A folder "hugepages-2048kB". */
static void add_size(void *context, const char *name)
{
	static const char prefix[] = "hugepages-";
	struct huge *huge = context;
	struct cpc_measurement size;
	struct cpc_measurement pages;
	struct cpc_entry entry;

	if (strncmp(name, prefix, sizeof(prefix) - 1) != 0)
		return;
	size = times(leading_number(name + sizeof(prefix) - 1), KIB);
	if (!size.known || !cpc_entry_of(&entry, huge->sysroot, HUGE_PAGES, name)) {
		huge->bytes.known = huge->free.known = false;
		return;
	}
	(void)cpc_entry_number(&entry, "nr_hugepages", &pages);
	add_bytes(&huge->bytes, times(pages, size.value));
	(void)cpc_entry_number(&entry, "free_hugepages", &pages);
	add_bytes(&huge->free, times(pages, size.value));
}

/* Where the folder is not to be had, what /proc/meminfo says of the usual size is not all that there can be. Negative
 * only without memory. */
static int read_huge_pages(const char *sysroot, struct cpc_site_memory *memory)
{
	struct huge huge = { .sysroot = sysroot, .bytes = { .known = true }, .free = { .known = true } };
	const int count = cpc_sysroot_each(sysroot, HUGE_PAGES, add_size, &huge);

	if (count > 0) {
		memory->huge_bytes = huge.bytes;
		memory->huge_bytes_free = huge.free;
	}
	return count == -ENOMEM ? count : 0;
}

/* The average over five minutes is the second number: "0.50 1.25 2.00 1/234 5678". */
static struct cpc_measurement read_load(const char *sysroot)
{
	char text[CPC_SHORT_SIZE];
	const char *at;
	struct cpc_measurement whole;
	uint64_t thousandths = 0;

	if (cpc_sysroot_word(sysroot, "/proc/loadavg", text, sizeof(text)) <= 0)
		return (struct cpc_measurement){ .known = false };
	at = text + strcspn(text, " ");
	whole = times(leading_number(at), 1000);
	at += strspn(at, " ");
	at += strspn(at, "0123456789");
	if (!whole.known || *at != '.')
		return (struct cpc_measurement){ .known = false };
	at++;
	for (uint64_t unit = 100; unit && *at >= '0' && *at <= '9'; unit /= 10)
		thousandths += unit * (uint64_t)(*at++ - '0');
	add_bytes(&whole, (struct cpc_measurement){ .known = true, .value = thousandths });
	return whole;
}

/* Whether a CPU is the first of the list in a file of its topology: of its core, or of its socket. Negative errno. */
static int leads(const struct cpc_entry *cpu, const char *file, uint64_t number)
{
	char list[CPC_SHORT_SIZE];
	struct cpc_measurement first;
	const int error = cpc_entry_word(cpu, file, list, sizeof(list));

	if (error < 0)
		return error;
	first = leading_number(list);
	return first.known && first.value == number;
}

/* Count those of one CPU; false where its topology cannot be read, and then nothing is known of all of them. */
static bool add_cpu(const char *sysroot, unsigned int number, struct cpc_site_memory *memory)
{
	char name[CPC_SHORT_SIZE];
	struct cpc_entry cpu;
	int core;
	int socket;

	(void)snprintf(name, sizeof(name), "cpu%u/topology", number);
	if (!cpc_entry_of(&cpu, sysroot, CPUS, name))
		return false;
	core = leads(&cpu, "thread_siblings_list", number);
	socket = leads(&cpu, "core_siblings_list", number);
	if (core < 0 || socket < 0)
		return false;
	memory->cores.value += (uint64_t)core;
	memory->sockets.value += (uint64_t)socket;
	return true;
}

static void read_cpus(const char *sysroot, struct cpc_site_memory *memory)
{
	char text[CPU_LIST_SIZE];
	struct cpc_cpu_set online;
	bool whole = true;
	const int length = cpc_sysroot_read(sysroot, CPUS "/online", text, sizeof(text));

	/* A list that fills the room may have been cut in the middle of a number. */
	if (length <= 0 || (size_t)length + 1 == sizeof(text) || cpc_cpu_list_parse(text, &online))
		return;
	memory->cpus = (struct cpc_measurement){ .known = true, .value = cpc_cpu_set_count(&online) };
	for (unsigned int cpu = 0; cpu < CPC_CPUS_MAX && whole; cpu++)
		if (online.bits[cpu / 64] >> (cpu % 64) & 1)
			whole = add_cpu(sysroot, cpu, memory);
	/* In no machine is there a core without a CPU that is its first. */
	memory->cores.known = whole && memory->cores.value;
	memory->sockets.known = whole && memory->sockets.value;
}

enum cpc_probe_status cpc_site_memory(const struct cpc_site_env *env, struct cpc_site *site,
				      struct cpc_site_result *result)
{
	struct cpc_site_memory *memory = &site->memory;
	const int error = read_meminfo(env->sysroot, memory);
	const int no_memory = read_huge_pages(env->sysroot, memory);

	memory->load = read_load(env->sysroot);
	read_cpus(env->sysroot, memory);
	if (error || !memory->total.known || !memory->available.known) {
		(void)snprintf(result->needs, sizeof(result->needs), "/proc/meminfo");
		return error ? cpc_probe_status_of(error) : CPC_PROBE_FAILED;
	}
	return no_memory ? CPC_PROBE_FAILED : CPC_PROBE_OK;
}
