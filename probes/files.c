/* SPDX-License-Identifier: MIT */
/* Small texts of the operating system: bounded reads, and nothing foreign let through. */
#include "probe_inside.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sysroot.h"

static int read_up_to(int fd, char *bytes, size_t size)
{
	size_t length = 0;

	while (length < size) {
		const ssize_t got = read(fd, bytes + length, size - length);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (!got)
			break;
		length += (size_t)got;
	}
	return (int)length;
}

int cpc_sysroot_read(const char *sysroot, const char *path, char *ret_text, size_t size)
{
	const int fd = cpc_sysroot_open(sysroot, path, 0);
	int length;

	ret_text[0] = '\0';
	if (fd < 0)
		return fd;
	length = read_up_to(fd, ret_text, size - 1);
	(void)close(fd);
	ret_text[length < 0 ? 0 : length] = '\0';
	return length;
}

enum cpc_probe_status cpc_probe_status_of(int error)
{
	switch (error) {
	case -ENOENT:
	case -ENOTDIR:
		return CPC_PROBE_ABSENT;
	case -EACCES:
	case -EPERM:
		return CPC_PROBE_DENIED;
	default:
		return CPC_PROBE_FAILED;
	}
}

void cpc_text_clean(char *ret_text, size_t size, const char *text, size_t length)
{
	size_t kept = 0;

	while (length && (unsigned char)*text <= ' ') {
		text++;
		length--;
	}
	for (; kept < length && kept + 1 < size; kept++)
		ret_text[kept] = text[kept] >= ' ' && text[kept] <= '~' ? text[kept] : '?';
	while (kept && (unsigned char)text[kept - 1] <= ' ')
		kept--;
	ret_text[kept] = '\0';
}

/* Reads decimal digits only: strtoul() would take blanks and signs too. */
static int parse_number(const char **at, unsigned long *ret_number)
{
	char *end;

	if (**at < '0' || **at > '9')
		return -EINVAL;
	errno = 0;
	*ret_number = strtoul(*at, &end, 10);
	if (errno)
		return -EINVAL;
	*at = end;
	return 0;
}

static void add_range(struct cpc_cpu_set *cpus, unsigned long first, unsigned long last)
{
	for (unsigned long cpu = first; cpu <= last && cpu < CPC_CPUS_MAX; cpu++)
		cpus->bits[cpu / 64] |= UINT64_C(1) << (cpu % 64);
}

int cpc_cpu_list_parse(const char *text, struct cpc_cpu_set *ret_cpus)
{
	struct cpc_cpu_set cpus = { 0 };
	const char *at = text;

	for (;; at++) {
		unsigned long first;
		unsigned long last;

		if (parse_number(&at, &first))
			return -EINVAL;
		last = first;
		if (*at == '-' && (at++, parse_number(&at, &last)))
			return -EINVAL;
		if (last < first)
			return -EINVAL;
		add_range(&cpus, first, last);
		if (*at != ',')
			break;
	}
	if (*at && strcmp(at, "\n") != 0)
		return -EINVAL;
	*ret_cpus = cpus;
	return 0;
}
