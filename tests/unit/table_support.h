/* SPDX-License-Identifier: MIT */
/* Saved requirement tables of one host, as short as they can be, and files to put them into. */
#ifndef CPC_TEST_TABLE_SUPPORT_H
#define CPC_TEST_TABLE_SUPPORT_H

#define TABLE_FINGERPRINT "cpc1:GenuineIntel:6.106.6:77fab203-fcbf9ff:pa=46,la=57,clf=64"

/** A host with a name: its report, and what it has beside its processor (the JSON of a site, or null). */
#define TABLE_HOST(name, site)                                                                                         \
	"{\"host\":\"" name "\",\"report\":{\"schema\":\"cpucompat/report/1\",\"host\":{\"name\":\"" name              \
	"\"},\"leaves\":{\"cpuid\":[[\"0x0\",\"0x0\",\"0x1\",\"0x756e6547\",\"0x6c65746e\",\"0x49656e69\"],"           \
	"[\"0x1\",\"0x0\",\"0x606a6\",\"0x100800\",\"0x7ffafbbf\",\"0xbfebfbff\"]]}},\"site\":" site "}"

#define TABLE(hosts) "{\"schema\":\"cpucompat/ready/1\",\"facts\":[" hosts "]}\n"

#define TABLE_PORT(name)                                                                                               \
	"{\"name\":\"" name "\",\"kind\":\"physical\",\"carrier\":true,\"up\":true,\"master\":\"bond0\"}"

/** Two ports of a bond, and nobody looked at anything else. */
#define TABLE_SITE                                                                                                     \
	"{\"probes\":{\"network_ports\":{\"status\":\"ok\",\"needs\":\"\"},"                                           \
	"\"directory\":{\"status\":\"denied\",\"needs\":\"/etc/sssd/sssd.conf\"}},\"memory\":{},"                      \
	"\"ports\":{\"left_out\":0,\"items\":[{\"name\":\"bond0\",\"kind\":\"bond\"}," TABLE_PORT(                     \
		"eno1") "," TABLE_PORT("eno2") "]},\"storage_ports\":{\"left_out\":0,\"items\":[]},"                   \
					       "\"volumes\":{\"left_out\":0,\"items\":[]},\"host\":{},\"guest\":{},"   \
					       "\"directory\":{},\"dns\":{}}"

#endif
