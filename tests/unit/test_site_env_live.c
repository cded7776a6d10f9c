/* SPDX-License-Identifier: MIT */
/*
 * This machine as the site's probes ask it: whoever stands in /etc/resolv.conf, which is the test's own where it may
 * have namespaces of its own; else that is skipped.
 */
#include "dns_support.h"

#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>

#include "site_inside.h"

#define SKIPPED 77
#define PORT 53

static bool put_text(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	return file && fputs(text, file) >= 0 && fclose(file) == 0;
}

static bool raise_loopback(void)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };
	const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	const bool up = fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &request) == 0;

	return fd >= 0 && close(fd) == 0 && up;
}

/* A network of its own, and a resolv.conf that nobody else sees. */
static bool be_alone(const char *configuration)
{
	char path[] = "/tmp/cpc-resolv-XXXXXX";
	const int fd = mkstemp(path);
	bool alone;

	if (fd < 0 || close(fd))
		return false;
	alone = unshare(CLONE_NEWNS | CLONE_NEWNET) == 0 && raise_loopback() &&
		mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 && put_text(path, configuration) &&
		mount(path, "/etc/resolv.conf", NULL, MS_BIND, NULL) == 0;
	return unlink(path) == 0 && alone;
}

/* The two probes of this machine that ask others: the directory's domain is the test's. */
static void ask(const char *update_name, struct cpc_site *ret_site, struct cpc_site_result *ret_result)
{
	struct cpc_site_env env;

	*ret_site = (struct cpc_site){ .directory = { .domain = "corp.example" } };
	*ret_result = (struct cpc_site_result){ .needs = "" };
	cpc_site_env_live(&env, update_name != NULL, update_name);
	ret_result->status = cpc_site_dns(&env, ret_site, ret_result);
}

#define EXPECT(condition)                                                                                              \
	do {                                                                                                           \
		if (!(condition)) {                                                                                    \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                                \
			_exit(1);                                                                                      \
		}                                                                                                      \
	} while (0)

/* In a child: what it does to its namespaces ends with it. */
static void in_namespaces(const char *configuration, void (*test)(void))
{
	const pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		if (!be_alone(configuration))
			_exit(SKIPPED);
		test();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == SKIPPED) {
		printf("skipped: no namespaces of one's own\n");
		skip();
	}
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void with_an_answering_server(void)
{
	struct sockaddr_in address;
	struct cpc_site_result result;
	struct cpc_site site;
	const pid_t server = start_server(ANSWERS, PORT, &address);

	EXPECT(server > 0);
	ask(NULL, &site, &result);
	EXPECT(result.status == CPC_PROBE_OK);
	EXPECT(site.dns.resolvers.value == 1);
	EXPECT(site.dns.answers == CPC_SET);
	EXPECT(site.dns.directory_found == CPC_SET);
	EXPECT(site.dns.authority == CPC_SET);
	EXPECT(site.dns.updates == CPC_UNKNOWN);
	ask("probe.corp.example", &site, &result);
	EXPECT(site.dns.updates == CPC_SET);
	EXPECT(strcmp(result.needs, "") == 0);
	stop_server(server);
}

/* A stream would wait for as long as the kernel tries; a configuration that wants one is not followed there. */
static void with_nobody(void)
{
	const double start = seconds_now();
	struct cpc_site_result result;
	struct cpc_site site;

	ask("probe.corp.example", &site, &result);
	EXPECT(seconds_now() - start < 5.0 + 8.0);
	EXPECT(site.dns.resolvers.value == 3);
	EXPECT(site.dns.answers == CPC_CLEAR);
	EXPECT(site.dns.directory_found == CPC_UNKNOWN);
	EXPECT(site.dns.updates == CPC_UNKNOWN);
}

/* There is a server, and it is left alone. */
static void with_a_server_that_is_not_asked(void)
{
	struct sockaddr_in address;
	struct cpc_site site = { .directory = { .domain = "corp.example" } };
	struct cpc_site_result result = { .needs = "" };
	struct cpc_site_env env;
	const pid_t server = start_server(ANSWERS, PORT, &address);

	EXPECT(server > 0);
	cpc_site_env_quiet(&env);
	result.status = cpc_site_dns(&env, &site, &result);
	EXPECT(result.status == CPC_PROBE_OK);
	EXPECT(site.dns.resolvers.value == 1);
	EXPECT(site.dns.answers == CPC_UNKNOWN);
	EXPECT(site.dns.directory_found == CPC_UNKNOWN);
	EXPECT(strcmp(result.needs, "cpucompat ready on the host") == 0);
	stop_server(server);
}

static void not_asked(void **state)
{
	(void)state;
	in_namespaces("nameserver 127.0.0.1\n", with_a_server_that_is_not_asked);
}

static void answered(void **state)
{
	(void)state;
	in_namespaces("nameserver 127.0.0.1\n", with_an_answering_server);
}

/* A resolver of each kind, none of which is there, and options that would make it slow. */
static void unanswered(void **state)
{
	(void)state;
	in_namespaces("nameserver 127.0.0.1\nnameserver ::1\nnameserver 127.0.0.2\n"
		      "options timeout:30 attempts:5 use-vc rotate\n",
		      with_nobody);
}

/* Silent ones take their time, and no more. */
static void with_silent_ones(void)
{
	struct sockaddr_in address;
	const pid_t server = start_server(SILENT, PORT, &address);

	EXPECT(server > 0);
	with_nobody();
	stop_server(server);
}

static void silent(void **state)
{
	(void)state;
	in_namespaces(
		"nameserver 127.0.0.1\nnameserver 127.0.0.1\nnameserver 127.0.0.1\noptions timeout:30 attempts:5\n",
		with_silent_ones);
}

static void a_clock_and_disks(void **state)
{
	struct cpc_site_env env;
	uint64_t before;

	(void)state;
	cpc_site_env_live(&env, true, "x.example");
	assert_string_equal(env.sysroot, "");
	assert_true(env.active);
	assert_string_equal(env.update_name, "x.example");
	before = env.now(env.context);
	assert_true(before > 0);
	assert_true(env.now(env.context) >= before);
	assert_int_equal(env.reservations(env.context, "null"), -ENOSYS);
	assert_int_equal(env.reservations(env.context, "../x"), -EINVAL);
	cpc_site_env_quiet(&env);
	assert_string_equal(env.sysroot, "");
	assert_false(env.active);
	assert_int_equal(env.resolve(env.context, ".", CPC_DNS_SOA, 1), -ENOSYS);
	assert_int_equal(env.update(env.context, "x.example"), -ENOSYS);
	assert_int_equal(env.reservations(env.context, "null"), -ENOSYS);
	assert_true(env.now(env.context) >= before);
}

/* Whatever this machine is, its own files are read. */
static void this_machine(void **state)
{
	struct cpc_site site = { .port_count = 0 };
	struct cpc_site_result result = { .needs = "" };
	struct cpc_site_env env;

	(void)state;
	cpc_site_env_live(&env, false, NULL);
	(void)cpc_site_host_system(&env, &site, &result);
	(void)cpc_site_guest_system(&env, &site, &result);
	(void)cpc_site_directory(&env, &site, &result);
	printf("%s %s, kernel %s, host of %s, in a container %d, virtio %d, agent %s, missing %s\n", site.host.id,
	       site.host.version, site.host.kernel, site.host.hypervisor, (int)site.host.container,
	       (int)site.guest.virtio, site.guest.agent, site.guest.missing);
	assert_string_not_equal(site.host.kernel, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(not_asked), cmocka_unit_test(answered),	  cmocka_unit_test(unanswered),
		cmocka_unit_test(silent),    cmocka_unit_test(a_clock_and_disks), cmocka_unit_test(this_machine),
	};

	return cmocka_run_group_tests_name("site_env_live", tests, NULL, NULL);
}
