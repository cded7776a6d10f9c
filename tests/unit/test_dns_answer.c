/* SPDX-License-Identifier: MIT */
/* Answers of name servers, byte by byte: whole ones, and every way to cut them off. */
#include "support.h"

#include <arpa/inet.h>
#include <errno.h>

#include "dns_client.h"
#include "site.h"

/* SRV of _ldap._tcp.a.b: two of them, and the name by a pointer. */
static const unsigned char two_services[] = {
	0x12, 0x34, 0x81, 0x80, 0,   1,	  0, 2,	  0,   0,   0,	 0,					/* head */
	5,    '_',  'l',  'd',	'a', 'p', 4, '_', 't', 'c', 'p', 1, 'a', 1, 'b', 0,   0, 33,   0,    1, /* question */
	0xc0, 12,   0,	  33,	0,   1,	  0, 0,	  0,   60,  0,	 9, 0,	 0, 0,	 100, 1, 0x85, 0xc0, 23,
	0, /* and a byte that fills up */
	0xc0, 12,   0,	  33,	0,   1,	  0, 0,	  0,   60,  0,	 8, 0,	 0, 0,	 100, 1, 0x85, 0xc0, 23,
};

/* No such name; the zone's SOA with the authorities: b, primary ns.b. */
static const unsigned char no_name[] = {
	0x12, 0x34, 0x85, 0x83, 0, 1, 0, 0, 0, 1,  0, 0,				   /* head: NXDOMAIN */
	1,    'a',  1,	  'b',	0, 0, 6, 0, 1,						   /* question at 12, b at 14 */
	0xc0, 14,   0,	  6,	0, 1, 0, 0, 0, 60, 0, 27, 2, 'n', 's', 0xc0, 14, 0xc0, 14, /* ns.b, b */
	0,    0,    0,	  1,	0, 0, 0, 2, 0, 0,  0, 3,  0, 0,	  0,   4,    0,	 0,    0,  5,
};

static const unsigned char address[] = {
	0x12, 0x34, 0x81, 0x80, 0, 1, 0, 2, 0, 0,  0, 0, 1,    'a', 0, 0, 1, 0, 1, /* question */
	0xc0, 12,   0,	  5,	0, 1, 0, 0, 0, 60, 0, 2, 0xc0, 12,		   /* an alias first */
	0xc0, 12,   0,	  1,	0, 1, 0, 0, 0, 60, 0, 4, 192,  0,   2, 7,
};

/* From the heap and of just that length. */
static unsigned char *copy_of(const unsigned char *bytes, size_t length)
{
	unsigned char *copy = malloc(length ? length : 1);

	assert_non_null(copy);
	memcpy(copy, bytes, length);
	return copy;
}

static void services(void **state)
{
	unsigned char truncated[sizeof(two_services)];

	(void)state;
	assert_int_equal(cpc_dns_count(two_services, sizeof(two_services), CPC_DNS_SRV), 2);
	assert_int_equal(cpc_dns_count(two_services, sizeof(two_services), CPC_DNS_A), -ENOENT);
	assert_int_equal(cpc_dns_count(no_name, sizeof(no_name), CPC_DNS_SRV), -ENOENT);
	for (size_t length = 0; length < sizeof(two_services); length++) {
		unsigned char *cut = copy_of(two_services, length);

		assert_int_equal(cpc_dns_count(cut, length, CPC_DNS_SRV), -EBADMSG);
		free(cut);
	}
	/* Said to be truncated: what is there counts, and nothing of it is not none. */
	memcpy(truncated, two_services, sizeof(truncated));
	truncated[2] |= 0x02;
	assert_int_equal(cpc_dns_count(truncated, sizeof(truncated) - 1, CPC_DNS_SRV), 1);
	assert_int_equal(cpc_dns_count(truncated, sizeof(truncated), CPC_DNS_A), -EBADMSG);
}

static void zones(void **state)
{
	char zone[CPC_DNS_NAME_SIZE] = "untouched";
	char primary[CPC_DNS_NAME_SIZE] = "untouched";

	(void)state;
	for (size_t length = 0; length < sizeof(no_name); length++) {
		unsigned char *cut = copy_of(no_name, length);

		assert_int_equal(cpc_dns_zone(cut, length, zone, primary), -EBADMSG);
		free(cut);
	}
	assert_int_equal(cpc_dns_zone(address, sizeof(address), zone, primary), -ENOENT);
	assert_string_equal(zone, "untouched");
	assert_string_equal(primary, "untouched");
	assert_int_equal(cpc_dns_zone(no_name, sizeof(no_name), zone, primary), 0);
	assert_string_equal(zone, "b");
	assert_string_equal(primary, "ns.b");
}

static void addresses(void **state)
{
	unsigned char odd[sizeof(address)];
	struct in_addr found = { .s_addr = 1 };

	(void)state;
	for (size_t length = 0; length < sizeof(address); length++) {
		unsigned char *cut = copy_of(address, length);

		assert_int_equal(cpc_dns_address(cut, length, &found), -EBADMSG);
		free(cut);
	}
	assert_int_equal(cpc_dns_address(no_name, sizeof(no_name), &found), -ENOENT);
	memcpy(odd, address, sizeof(odd));
	odd[sizeof(odd) - 5] = 3; /* an address of three bytes */
	assert_int_equal(cpc_dns_address(odd, sizeof(odd), &found), -EBADMSG);
	assert_int_equal(found.s_addr, 1);
	assert_int_equal(cpc_dns_address(address, sizeof(address), &found), 0);
	assert_int_equal(found.s_addr, htonl(0xc0000207));
}

/* Counts that promise more than there is, and names that point at themselves. */
static void lies(void **state)
{
	unsigned char many[sizeof(two_services)];
	unsigned char loop[sizeof(no_name)];
	char zone[CPC_DNS_NAME_SIZE];
	char primary[CPC_DNS_NAME_SIZE];

	(void)state;
	memcpy(many, two_services, sizeof(many));
	many[6] = 0xff;
	assert_int_equal(cpc_dns_count(many, sizeof(many), CPC_DNS_SRV), -EBADMSG);
	many[4] = 0xff;
	assert_int_equal(cpc_dns_count(many, sizeof(many), CPC_DNS_SRV), -EBADMSG);
	memcpy(loop, no_name, sizeof(loop));
	loop[22] = 21; /* the record's name is a pointer to itself */
	assert_int_equal(cpc_dns_zone(loop, sizeof(loop), zone, primary), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(services),
		cmocka_unit_test(zones),
		cmocka_unit_test(addresses),
		cmocka_unit_test(lies),
	};

	return cmocka_run_group_tests_name("dns_answer", tests, NULL, NULL);
}
