/* SPDX-License-Identifier: MIT */
#include "site_route.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define HEAD "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"

/* A row as the kernel prints it. */
static void put_route(char *table, size_t size, const char *name, const char *network, const char *gateway, int bits)
{
	const uint32_t mask = bits ? htonl(UINT32_MAX << (32 - bits)) : 0;
	const size_t length = strlen(table);

	snprintf(table + length, size - length, "%s\t%08X\t%08X\t0001\t0\t0\t100\t%08X\t0\t0\t0   \n", name,
		 inet_addr(network), inet_addr(gateway), mask);
}

static void is_on(const char *table, const char *address, const char *name)
{
	char found[64] = "x";

	assert_int_equal(cpc_route_interface(table, address, found, sizeof(found)), *name != '\0');
	assert_string_equal(found, name);
}

static void an_address_is_on_the_interface_of_its_network(void **state)
{
	char table[2048] = HEAD;

	(void)state;
	put_route(table, sizeof(table), "eth0", "0.0.0.0", "192.0.2.1", 0);
	put_route(table, sizeof(table), "eth0", "192.0.2.0", "0.0.0.0", 24);
	put_route(table, sizeof(table), "bond0.20", "10.0.0.0", "0.0.0.0", 8);
	put_route(table, sizeof(table), "eth3", "10.9.1.0", "0.0.0.0", 24);
	put_route(table, sizeof(table), "eth4", "10.9.1.0", "10.9.2.1", 28);
	is_on(table, "192.0.2.11", "eth0");
	is_on(table, "10.9.1.2", "eth3"); /* not that behind a gateway */
	is_on(table, "10.9.3.2", "bond0.20");
	is_on(table, "198.51.100.1", ""); /* where a default route leads is no network of its own */
	is_on(table, "fe80::1", "");
	is_on(table, "eth0", "");
	is_on(table, "", "");
}

static void two_interfaces_on_one_network_do_not_tell(void **state)
{
	char table[2048] = HEAD;

	(void)state;
	put_route(table, sizeof(table), "eth2", "10.9.1.0", "0.0.0.0", 24);
	put_route(table, sizeof(table), "eth2", "10.9.1.0", "0.0.0.0", 24);
	is_on(table, "10.9.1.2", "eth2");
	put_route(table, sizeof(table), "eth3", "10.9.1.0", "0.0.0.0", 24);
	put_route(table, sizeof(table), "eth3", "10.9.1.0", "0.0.0.0", 24);
	is_on(table, "10.9.1.2", "");
	put_route(table, sizeof(table), "eth4", "10.9.1.0", "0.0.0.0", 28);
	is_on(table, "10.9.1.2", "eth4");
}

static void what_is_no_row_does_not_count(void **state)
{
	static const char *const tables[] = {
		"",
		"\n\n",
		HEAD,
		"eth0\t0002000A\t00000000\t0001\t0\t0\t0\n",
		"eth0\t0002000A\t00000000\t0001\t0\t0\t0\n00FFFFFF\n",
		"eth0\t0002000A\t00000000\t0001\t0\t0\t0\t00FFFFF\n",
		"eth0\t0002000A\t0000000x\t0001\t0\t0\t0\t00FFFFFF\n",
		"eth0\t-002000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\n",
		"eth0\t00000002000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\n",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(tables); i++)
		is_on(tables[i], "10.0.2.15", "");
}

static void a_name_is_cleaned(void **state)
{
	char table[2048] = "";

	(void)state;
	put_route(table, sizeof(table), "e\x1b[31m", "10.9.1.0", "0.0.0.0", 24);
	is_on(table, "10.9.1.2", "e?[31m");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_is_on_the_interface_of_its_network),
		cmocka_unit_test(two_interfaces_on_one_network_do_not_tell),
		cmocka_unit_test(what_is_no_row_does_not_count),
		cmocka_unit_test(a_name_is_cleaned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
