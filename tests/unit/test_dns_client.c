/* SPDX-License-Identifier: MIT */
/* Name servers that are dead, that lie, that are slow, and one that is real (knotd, where it is installed). */
#include "dns_support.h"

#include <ftw.h>
#include <sys/stat.h>

/* More than a loaded machine needs beside the time that was allowed. */
#define SLACK 8.0

static struct cpc_dns_servers only(const struct sockaddr_in *address)
{
	return (struct cpc_dns_servers){ .at = { *address }, .count = 1 };
}

/* How many services a server of that manner has, and in which time. */
static int count_of(enum manner manner, unsigned int seconds)
{
	unsigned char answer[CPC_DNS_ANSWER_SIZE];
	struct sockaddr_in address;
	const pid_t server = start_server(manner, 0, &address);
	const struct cpc_dns_servers servers = only(&address);
	const double start = seconds_now();
	int length;

	assert_true(server > 0);
	length = cpc_dns_ask(&servers, "_ldap._tcp.corp.example", CPC_DNS_SRV, seconds, answer);
	stop_server(server);
	assert_true(seconds_now() - start < seconds + SLACK);
	return length < 0 ? length : cpc_dns_count(answer, (size_t)length, CPC_DNS_SRV);
}

static void manners(void **state)
{
	static const struct {
		enum manner manner;
		unsigned int seconds;
		int count;
	} rows[] = {
		{ ANSWERS, 3, 1 },	    { SILENT, 1, -ETIMEDOUT },	 { GARBAGE, 1, -ETIMEDOUT },
		{ SHORT, 1, -ETIMEDOUT },   { WRONG_ID, 1, -ETIMEDOUT }, { WRONG_NAME, 1, -ETIMEDOUT },
		{ FLOODS, 1, -ETIMEDOUT },  { TRUNCATED, 3, -EBADMSG },	 { SLOW, 5, 1 },
		{ SLOW, 1, -ETIMEDOUT },    { REFUSES, 3, -EACCES },	 { FAILS, 3, -EAGAIN },
		{ ANSWERS, 0, -ETIMEDOUT },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const int count = count_of(rows[i].manner, rows[i].seconds);

		if (count != rows[i].count)
			fail_msg("row %zu: %d, not %d", i, count, rows[i].count);
	}
}

static void nobody_there(void **state)
{
	unsigned char answer[CPC_DNS_ANSWER_SIZE];
	struct sockaddr_in address;
	const int fd = open_server(0, &address);
	const struct cpc_dns_servers servers = only(&address);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(close(fd), 0);
	assert_int_equal(cpc_dns_ask(&servers, "corp.example", CPC_DNS_SOA, 3, answer), -ETIMEDOUT);
	assert_int_equal(cpc_dns_update(&servers, "x.corp.example"), -ETIMEDOUT);
}

/* Who is silent leaves time for the next. */
static void the_next_one(void **state)
{
	unsigned char answer[CPC_DNS_ANSWER_SIZE];
	struct cpc_dns_servers servers = { .count = 3 };
	const pid_t first = start_server(SILENT, 0, &servers.at[0]);
	const pid_t second = start_server(FAILS, 0, &servers.at[1]);
	const pid_t third = start_server(ANSWERS, 0, &servers.at[2]);

	(void)state;
	assert_true(first > 0 && second > 0 && third > 0);
	assert_true(cpc_dns_ask(&servers, "corp.example", CPC_DNS_SOA, 3, answer) > 0);
	/* Two seconds are for two servers. */
	assert_int_equal(cpc_dns_ask(&servers, "corp.example", CPC_DNS_SOA, 2, answer), -EAGAIN);
	stop_server(first);
	stop_server(second);
	stop_server(third);
}

static void what_is_no_name(void **state)
{
	unsigned char answer[CPC_DNS_ANSWER_SIZE];
	struct sockaddr_in address;
	const int fd = open_server(0, &address);
	const struct cpc_dns_servers servers = only(&address);
	char name[400];

	(void)state;
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(cpc_dns_ask(&servers, name, CPC_DNS_SOA, 1, answer), -EINVAL);
	assert_int_equal(cpc_dns_ask(&servers, "a..b", CPC_DNS_SOA, 1, answer), -EINVAL);
	assert_int_equal(cpc_dns_send(&servers, answer, 3, 1, answer), -EINVAL);
	assert_int_equal(close(fd), 0);
}

static void updates(void **state)
{
	static const struct {
		enum manner manner;
		int error;
	} rows[] = {
		{ ANSWERS, 0 },	      { KNOWS_NO_UPDATE, -EOPNOTSUPP }, { KEEPS, -EUCLEAN }, { FORGETS, -ETIMEDOUT },
		{ REFUSES, -EACCES },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sockaddr_in address;
		const pid_t server = start_server(rows[i].manner, 0, &address);
		const struct cpc_dns_servers servers = only(&address);
		const double start = seconds_now();
		const int error = cpc_dns_update(&servers, "probe.corp.example");

		stop_server(server);
		assert_true(seconds_now() - start < CPC_DNS_UPDATE_SECONDS + SLACK);
		if (error != rows[i].error)
			fail_msg("row %zu: %d, not %d", i, error, rows[i].error);
	}
}

/* knotd with a zone that takes updates and one that does not. */
static struct {
	char folder[64];
	struct cpc_dns_servers servers;
	pid_t pid;
} knot;

static void write_file(const char *name, const char *format, ...)
{
	char path[128];
	va_list arguments;
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", knot.folder, name);
	file = fopen(path, "we");
	assert_non_null(file);
	va_start(arguments, format);
	assert_true(vfprintf(file, format, arguments) > 0);
	va_end(arguments);
	assert_int_equal(fclose(file), 0);
}

static void write_zone(const char *zone, unsigned int controllers)
{
	char records[16384] = "";
	char name[64];
	size_t length = 0;

	for (unsigned int i = 0; i < controllers; i++)
		length += (size_t)snprintf(records + length, sizeof(records) - length,
					   "_ldap._tcp.dc._msdcs SRV 0 100 389 controller%u\n", i);
	(void)snprintf(name, sizeof(name), "%s.zone", zone);
	write_file(name,
		   "$ORIGIN %s.\n$TTL 60\n@ SOA ns hostmaster 1 60 60 600 60\n@ NS ns\nns A 127.0.0.1\n"
		   "used TXT \"taken\"\n%s",
		   zone, records);
}

static bool is_up(void)
{
	unsigned char answer[CPC_DNS_ANSWER_SIZE];

	for (int i = 0; i < 100; i++) {
		if (waitpid(knot.pid, NULL, WNOHANG) == knot.pid) {
			knot.pid = 0;
			return false;
		}
		if (cpc_dns_ask(&knot.servers, "many.example", CPC_DNS_SOA, 1, answer) > 0)
			return true;
		(void)nanosleep(&(struct timespec){ .tv_nsec = 100000000 }, NULL);
	}
	return false;
}

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *position)
{
	(void)info;
	(void)type;
	(void)position;
	return remove(path);
}

static int stop_knot(void **state)
{
	(void)state;
	if (knot.pid > 0)
		stop_server(knot.pid);
	return knot.folder[0] ? nftw(knot.folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS) : 0;
}

static void configure_knot(void)
{
	write_file("knot.conf",
		   "server:\n  listen: 127.0.0.1@%u\n  rundir: %s\n  udp-workers: 1\n  tcp-workers: 1\n"
		   "  background-workers: 1\nlog:\n  - target: %s/log\n    any: info\n"
		   "database:\n  storage: %s\n  journal-db-max-size: 16M\n  kasp-db-max-size: 8M\n  timer-db-max-size: "
		   "2M\n"
		   "acl:\n  - id: here\n    address: 127.0.0.1\n    action: update\n"
		   "template:\n  - id: default\n    storage: %s\n    file: \"%%s.zone\"\n    zonefile-sync: -1\n"
		   "zone:\n  - domain: corp.example\n    acl: here\n  - domain: many.example\n",
		   ntohs(knot.servers.at[0].sin_port), knot.folder, knot.folder, knot.folder, knot.folder);
}

/* A port that is free for UDP may be somebody's for TCP, and knotd wants both: then another. */
static bool run_knot(const char *program)
{
	char configuration[128];
	const int fd = open_server(0, &knot.servers.at[0]);

	if (fd < 0 || close(fd))
		return false;
	knot.servers.count = 1;
	configure_knot();
	(void)snprintf(configuration, sizeof(configuration), "%s/knot.conf", knot.folder);
	knot.pid = fork();
	if (knot.pid == 0) {
		(void)alarm(120);
		(void)execl(program, program, "-c", configuration, (char *)NULL);
		_exit(127);
	}
	return knot.pid > 0 && is_up();
}

static int start_knot(void **state)
{
	static const char *const programs[] = { "/usr/sbin/knotd", "/usr/bin/knotd" };
	const char *program = access(programs[0], X_OK) == 0 ? programs[0] : programs[1];

	(void)state;
	if (access(program, X_OK)) {
		printf("knotd is not installed (package knot): the real server is skipped\n");
		return 0;
	}
	(void)snprintf(knot.folder, sizeof(knot.folder), "/tmp/cpc-knot-XXXXXX");
	if (!mkdtemp(knot.folder))
		return -1;
	write_zone("corp.example", 2);
	write_zone("many.example", 100);
	for (int i = 0; i < 5; i++)
		if (run_knot(program))
			return 0;
	return -1;
}

static int knot_counts(const char *name, int record)
{
	unsigned char answer[CPC_DNS_ANSWER_SIZE];
	const int length = cpc_dns_ask(&knot.servers, name, record, 5, answer);

	return length < 0 ? length : cpc_dns_count(answer, (size_t)length, record);
}

static void a_real_server(void **state)
{
	int count;

	(void)state;
	if (!knot.pid)
		skip();
	assert_int_equal(knot_counts("_ldap._tcp.dc._msdcs.corp.example", CPC_DNS_SRV), 2);
	assert_int_equal(knot_counts("corp.example", CPC_DNS_SOA), 1);
	assert_int_equal(knot_counts("CORP.example.", CPC_DNS_SOA), 1);
	assert_int_equal(knot_counts("ns.corp.example", CPC_DNS_SOA), -ENOENT);
	assert_int_equal(knot_counts("nobody.corp.example", CPC_DNS_SRV), -ENOENT);
	assert_int_equal(knot_counts("corp.example", CPC_DNS_SRV), -ENOENT);
	assert_int_equal(knot_counts("elsewhere.example", CPC_DNS_SOA), -EACCES);
	/* More than a packet holds: some of them, or that there is no telling. Never that there are none. */
	count = knot_counts("_ldap._tcp.dc._msdcs.many.example", CPC_DNS_SRV);
	assert_true(count == -EBADMSG || (count > 0 && count < 100));
}

static void a_real_update(void **state)
{
	(void)state;
	if (!knot.pid)
		skip();
	assert_int_equal(cpc_dns_update(&knot.servers, "probe.corp.example"), 0);
	/* And nothing is left of it; a second is like the first. */
	assert_int_equal(knot_counts("probe.corp.example", CPC_DNS_TXT), -ENOENT);
	assert_int_equal(cpc_dns_update(&knot.servers, "a.deep.probe.corp.example"), 0);
	assert_int_equal(knot_counts("corp.example", CPC_DNS_SOA), 1);
	/* A name that somebody has is left alone. */
	assert_int_equal(cpc_dns_update(&knot.servers, "used.corp.example"), -EEXIST);
	assert_int_equal(knot_counts("used.corp.example", CPC_DNS_TXT), 1);
	assert_int_equal(cpc_dns_update(&knot.servers, "corp.example"), -ENOENT);
	assert_int_equal(cpc_dns_update(&knot.servers, "probe.many.example"), -EACCES);
	assert_int_equal(cpc_dns_update(&knot.servers, "probe.elsewhere.example"), -EACCES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(manners),	   cmocka_unit_test(nobody_there), cmocka_unit_test(the_next_one),
		cmocka_unit_test(what_is_no_name), cmocka_unit_test(updates),	   cmocka_unit_test(a_real_server),
		cmocka_unit_test(a_real_update),
	};

	return cmocka_run_group_tests_name("dns_client", tests, start_knot, stop_knot);
}
