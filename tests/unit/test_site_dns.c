/* SPDX-License-Identifier: MIT */
/* What is made of a resolver's configuration and of its answers, which are the test's own. */
#include "system_support.h"

#include "site_text.h"

static struct cpc_site site;
static struct cpc_site_result result;

/* Who answers what, how long that takes, and what was asked. */
static struct {
	int srv, soa, root, update;
	uint64_t takes, clock;
	int questions, updates;
	char asked[2][128];
	unsigned int seconds[2];
} server;

static int resolve(void *context, const char *name, enum cpc_dns_record record, unsigned int seconds)
{
	(void)context;
	assert_in_range(server.questions, 0, 1);
	(void)snprintf(server.asked[server.questions], sizeof(server.asked[0]), "%s", name);
	server.seconds[server.questions++] = seconds;
	server.clock += server.takes;
	if (strcmp(name, ".") == 0)
		return server.root;
	return record == CPC_DNS_SRV ? server.srv : server.soa;
}

static int update(void *context, const char *name)
{
	(void)context;
	assert_string_equal(name, "probe.corp.example");
	server.updates++;
	return server.update;
}

static uint64_t now(void *context)
{
	(void)context;
	return server.clock;
}

static enum cpc_probe_status run(bool active, const char *update_name)
{
	struct cpc_site_env env;

	result = (struct cpc_site_result){ .needs = "" };
	memset(&site.dns, 0, sizeof(site.dns));
	server.questions = 0;
	server.updates = 0;
	cpc_site_env_replay(&env, root);
	env.resolve = resolve;
	env.update = update;
	env.now = now;
	env.active = active;
	env.update_name = update_name;
	return cpc_site_dns(&env, &site, &result);
}

static int make(void **state)
{
	memset(&server, 0, sizeof(server));
	site = (struct cpc_site){ .port_count = 0 };
	return make_root(state);
}

static void without_a_configuration(void **state)
{
	(void)state;
	assert_int_equal(run(true, "probe.corp.example"), CPC_PROBE_ABSENT);
	assert_string_equal(result.needs, "/etc/resolv.conf");
	assert_false(site.dns.resolvers.known);
	assert_int_equal(server.questions + server.updates, 0);
}

static void all_is_well(void **state)
{
	(void)state;
	put("/etc/resolv.conf",
	    "# by hand\nsearch corp.example other.example\nnameserver 192.0.2.1\nnameserver 192.0.2.2\n");
	server.srv = 2;
	server.soa = 1;
	assert_int_equal(run(false, NULL), CPC_PROBE_OK);
	assert_true(site.dns.resolvers.known);
	assert_int_equal(site.dns.resolvers.value, 2);
	assert_string_equal(site.dns.domain, "corp.example");
	assert_string_equal(server.asked[0], "_ldap._tcp.dc._msdcs.corp.example");
	assert_string_equal(server.asked[1], "corp.example");
	assert_int_equal(site.dns.answers, CPC_SET);
	assert_int_equal(site.dns.directory_found, CPC_SET);
	assert_int_equal(site.dns.authority, CPC_SET);
	assert_int_equal(site.dns.updates, CPC_UNKNOWN);
	assert_int_equal(server.updates, 0);
	assert_string_equal(result.needs, "--active and a name for an update");
}

/* Of the directory where it is known: the first domain that is searched may be another. */
static void the_directorys_domain(void **state)
{
	(void)state;
	put("/etc/resolv.conf", "search other.example\nnameserver 192.0.2.1\n");
	strcpy(site.directory.domain, "corp.example");
	server.srv = -ENOENT;
	server.soa = -ENOENT;
	(void)run(false, NULL);
	assert_string_equal(site.dns.domain, "corp.example");
	assert_int_equal(site.dns.answers, CPC_SET);
	assert_int_equal(site.dns.directory_found, CPC_CLEAR);
	assert_int_equal(site.dns.authority, CPC_CLEAR);
}

static void nobody_answers(void **state)
{
	(void)state;
	put("/etc/resolv.conf", "search corp.example\nnameserver 192.0.2.1\n");
	server.srv = -ETIMEDOUT;
	assert_int_equal(run(true, "probe.corp.example"), CPC_PROBE_OK);
	assert_int_equal(server.questions, 1);
	assert_int_equal(server.updates, 0);
	assert_int_equal(site.dns.answers, CPC_CLEAR);
	assert_int_equal(site.dns.directory_found, CPC_UNKNOWN);
	assert_int_equal(site.dns.authority, CPC_UNKNOWN);
	assert_int_equal(site.dns.updates, CPC_UNKNOWN);
	assert_string_equal(result.needs, "a resolver that answers");
}

static void nobody_can_be_asked(void **state)
{
	struct cpc_site_env env;

	(void)state;
	put("/etc/resolv.conf", "search corp.example\nnameserver 192.0.2.1\n");
	cpc_site_env_replay(&env, root);
	env.active = true;
	env.update_name = "probe.corp.example";
	assert_int_equal(cpc_site_dns(&env, &site, &result), CPC_PROBE_OK);
	assert_int_equal(site.dns.resolvers.value, 1);
	assert_string_equal(site.dns.domain, "corp.example");
	assert_int_equal(site.dns.answers, CPC_UNKNOWN);
	assert_int_equal(site.dns.directory_found, CPC_UNKNOWN);
	assert_int_equal(site.dns.updates, CPC_UNKNOWN);
}

/* An answer that does not tell is one all the same. */
static void answers_that_do_not_tell(void **state)
{
	static const int errors[] = { -EAGAIN, -EACCES, -EBADMSG };

	(void)state;
	put("/etc/resolv.conf", "search corp.example\nnameserver 192.0.2.1\n");
	for (size_t i = 0; i < COUNT(errors); i++) {
		server.srv = errors[i];
		server.soa = 1;
		(void)run(false, NULL);
		assert_int_equal(site.dns.answers, CPC_SET);
		assert_int_equal(site.dns.directory_found, CPC_UNKNOWN);
		assert_int_equal(site.dns.authority, CPC_SET);
	}
}

static void without_a_domain(void **state)
{
	(void)state;
	put("/etc/resolv.conf", "search .\nnameserver 192.0.2.1\n");
	server.root = 1;
	(void)run(false, NULL);
	assert_int_equal(server.questions, 1);
	assert_string_equal(server.asked[0], ".");
	assert_int_equal(site.dns.answers, CPC_SET);
	assert_int_equal(site.dns.directory_found, CPC_UNKNOWN);
	assert_int_equal(site.dns.authority, CPC_UNKNOWN);
	assert_string_equal(result.needs, "search in /etc/resolv.conf");
}

/* Both questions together take no more than five seconds, or the second is not asked. */
static void slow_answers(void **state)
{
	(void)state;
	put("/etc/resolv.conf", "search corp.example\nnameserver 192.0.2.1\n");
	server.srv = 1;
	server.soa = 1;
	server.takes = UINT64_C(2100000000);
	(void)run(false, NULL);
	assert_int_equal(server.seconds[0], 3);
	assert_int_equal(server.seconds[1], 2);
	server.takes = UINT64_C(4100000000);
	(void)run(false, NULL);
	assert_int_equal(server.questions, 1);
	assert_int_equal(site.dns.directory_found, CPC_SET);
	assert_int_equal(site.dns.authority, CPC_UNKNOWN);
}

static void updates(void **state)
{
	static const struct {
		int error;
		enum cpc_tristate updates;
		const char *needs;
	} rows[] = {
		{ 0, CPC_SET, "" },
		{ -EOPNOTSUPP, CPC_CLEAR, "" },
		{ -EACCES, CPC_UNKNOWN, "a signed update (nsupdate -g)" },
		{ -EEXIST, CPC_UNKNOWN, "a name that is not in use" },
		{ -EUCLEAN, CPC_SET, "removal of the TXT record by hand" },
		{ -ETIMEDOUT, CPC_UNKNOWN, "a primary server that answers" },
	};

	(void)state;
	put("/etc/resolv.conf", "search corp.example\nnameserver 192.0.2.1\n");
	server.srv = 1;
	server.soa = 1;
	for (size_t i = 0; i < COUNT(rows); i++) {
		server.update = rows[i].error;
		assert_int_equal(run(true, "probe.corp.example"), CPC_PROBE_OK);
		assert_int_equal(server.updates, 1);
		assert_int_equal(site.dns.updates, rows[i].updates);
		assert_string_equal(result.needs, rows[i].needs);
	}
	(void)run(false, "probe.corp.example");
	assert_int_equal(server.updates, 0);
	(void)run(true, NULL);
	assert_int_equal(server.updates, 0);
}

static void configurations(void **state)
{
	static const struct {
		const char *text;
		size_t servers;
		const char *domain;
	} rows[] = {
		{ "", 0, "" },
		{ "nameserver 192.0.2.1", 1, "" },
		{ "nameserver\t2001:db8::1\nnameserver 192.0.2.1 \nnameserver fe80::1%eth0\nnameserver x\n", 4, "" },
		{ "nameserver\nnameserver \nnameservers 192.0.2.1\n nameserver 192.0.2.1\n#nameserver 192.0.2.1\n", 0,
		  "" },
		{ "domain A.Example.\n", 0, "a.example" },
		{ "domain a.example\nsearch b.example c.example\n", 0, "b.example" },
		{ "search b.example\ndomain a.example\r\n", 0, "a.example" },
		{ "search a.example\nsearch .\n", 0, "" },
		{ "search a_b-c.example\n", 0, "a_b-c.example" },
		{ "search a/b.example\n", 0, "" },
		{ "search .example\n", 0, "" },
		{ "search a..example\n", 0, "" },
		{ "search a.example..\n", 0, "" },
		{ "search \xc3\xb6.example\n", 0, "" },
		{ "search 123456789.123456789.123456789.123456789.123456789.123456789.123\n", 0,
		  "123456789.123456789.123456789.123456789.123456789.123456789.123" },
		{ "search 123456789.123456789.123456789.123456789.123456789.123456789.1234\n", 0, "" },
	};
	char domain[CPC_SHORT_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (cpc_resolv_conf(rows[i].text, domain, sizeof(domain)) != rows[i].servers ||
		    strcmp(domain, rows[i].domain) != 0)
			fail_msg("%s: %s", rows[i].text, domain);
	}
}

static void hostile_files(void **state)
{
	(void)state;
	put_rubbish("/etc/resolv.conf", 1 << 20);
	server.root = -EAGAIN;
	server.srv = -EAGAIN;
	server.soa = -EAGAIN;
	assert_int_equal(run(false, NULL), CPC_PROBE_OK);
	assert_int_equal(unlink(place("/etc/resolv.conf")), 0);
	put_link(place("/etc/resolv.conf"), "resolv.conf");
	assert_int_equal(run(false, NULL), CPC_PROBE_FAILED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(without_a_configuration, make, remove_root),
		cmocka_unit_test_setup_teardown(all_is_well, make, remove_root),
		cmocka_unit_test_setup_teardown(the_directorys_domain, make, remove_root),
		cmocka_unit_test_setup_teardown(nobody_answers, make, remove_root),
		cmocka_unit_test_setup_teardown(nobody_can_be_asked, make, remove_root),
		cmocka_unit_test_setup_teardown(answers_that_do_not_tell, make, remove_root),
		cmocka_unit_test_setup_teardown(without_a_domain, make, remove_root),
		cmocka_unit_test_setup_teardown(slow_answers, make, remove_root),
		cmocka_unit_test_setup_teardown(updates, make, remove_root),
		cmocka_unit_test(configurations),
		cmocka_unit_test_setup_teardown(hostile_files, make, remove_root),
	};

	return cmocka_run_group_tests_name("site_dns", tests, NULL, NULL);
}
