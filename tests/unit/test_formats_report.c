/* SPDX-License-Identifier: MIT */
/* The reader of our own JSON reports. */
#include "test_formats.h"

#define LEAF_0 "[\"0x0\",\"0x0\",\"0xd\",\"0x756e6547\",\"0x6c65746e\",\"0x49656e69\"]"
#define LEAF_1 "[\"0x1\",\"0x0\",\"0x306a9\",\"0x100800\",\"0x7fbae3ff\",\"0xbfebfbff\"]"
#define SCHEMA "\"schema\":\"cpucompat/report/1\""
#define TWO_LEAVES "\"leaves\":{\"cpuid\":[" LEAF_0 "," LEAF_1 "]}"
#define LEAVES "\"leaves\":{\"cpuid\":[" LEAF_0 "]}"

static const struct cpc_capture *only(void)
{
	assert_int_equal(captures.count, 1);
	return &captures.items[0];
}

static void whole_report(void **state)
{
	(void)state;
	reads("\n {" SCHEMA ",\"host\":{\"name\":\"web03\",\"machine_id\":\"00112233445566778899aabbccddeeff\"},"
	      "\"collected_at\":\"2025-01-31T12:00:00Z\",\"agent\":{\"version\":\"9\"},\"later\":[{}],"
	      "\"cpu\":{\"vendor\":\"x\",\"microcode\":\"0xd0003a5\",\"libcpuid\":{\"brand\":\"B\",\"codename\":\"C\"},"
	      "\"kinds\":[{\"cpus\":\"0-3,8\",\"leaves\":[" LEAF_0 "," LEAF_1
	      "],\"msrs\":[[\"0x10a\",\"0x2b\"],[\"0x3a\",null]]},"
	      "{\"cpus\":\"4-7\",\"leaves\":[" LEAF_0 "],\"layout_unknown\":true}]},"
	      "\"cpuinfo\":{\"vmx\":true,\"svm\":false,\"ept\":null},"
	      "\"probes\":{\"cpuid\":\"ok\",\"msr\":\"denied\",\"kvm\":\"absent\",\"x\":\"failed\"}," LEAVES "}");
	assert_int_equal(only()->origin, CPC_ORIGIN_REPORT);
	assert_string_equal(only()->host_name, "web03");
	assert_string_equal(only()->machine_id, "00112233445566778899aabbccddeeff");
	assert_string_equal(only()->collected_at, "2025-01-31T12:00:00Z");
	assert_string_equal(only()->microcode, "0xd0003a5");
	assert_string_equal(only()->libcpuid_brand, "B");
	assert_string_equal(only()->libcpuid_codename, "C");
	assert_int_equal(only()->kind_count, 2);
	assert_string_equal(cpus_of(0), "0-3,8");
	assert_string_equal(cpus_of(1), "4-7");
	has_leaf(0, 1, 0, 0x306a9);
	has_msr(0, 0x10a, 0x2b);
	assert_false(cpc_snapshot_msr(snapshot_of(0), 0x3a)->readable);
	assert_false(snapshot_of(0)->layout_unknown);
	assert_true(snapshot_of(1)->layout_unknown);
	assert_int_equal(only()->cpuinfo_vmx, CPC_SET);
	assert_int_equal(only()->cpuinfo_svm, CPC_CLEAR);
	assert_int_equal(only()->cpuinfo_ept, CPC_UNKNOWN);
	assert_int_equal(only()->cpuinfo_npt, CPC_UNKNOWN);
	assert_int_equal(only()->probe_count, 4);
	assert_string_equal(only()->probes[1].name, "msr");
	assert_int_equal(only()->probes[1].status, CPC_PROBE_DENIED);
	assert_int_equal(only()->probes[3].status, CPC_PROBE_FAILED);
}

static void leaves_alone(void **state)
{
	(void)state;
	reads("{" SCHEMA "," LEAVES "}");
	assert_string_equal(cpus_of(0), "0");
	assert_string_equal(only()->host_name, "");
	assert_int_equal(only()->cpuinfo_vmx, CPC_UNKNOWN);
	reads("{" SCHEMA ",\"host\":null,\"cpu\":{\"kinds\":[]},\"probes\":null," LEAVES "}");
	assert_string_equal(cpus_of(0), "0");
}

static void fingerprint_alone(void **state)
{
	struct cpc_fingerprint fingerprint;
	char text[CPC_FINGERPRINT_SIZE];
	char report[2 * CPC_FINGERPRINT_SIZE];

	(void)state;
	reads("{" SCHEMA "," LEAVES "}");
	cpc_fingerprint_of(snapshot_of(0), &fingerprint);
	(void)cpc_fingerprint_print(&fingerprint, text);
	(void)snprintf(report, sizeof(report),
		       "{" SCHEMA ",\"host\":{\"name\":\"db01\"},\"leaves\":{\"cpuid\":[],\"kvm\":null},"
		       "\"fingerprints\":{\"cpuid\":{\"id\":null,\"text\":\"%s\"},\"kvm\":null}}",
		       text);
	reads(report);
	assert_int_equal(only()->origin, CPC_ORIGIN_FINGERPRINT);
	assert_int_equal(only()->kind_count, 0);
	assert_string_equal(only()->host_name, "db01");
	assert_string_equal(only()->fingerprint.vendor, "GenuineIntel");

	refuses("{" SCHEMA "}", 0, "neither cpu.kinds nor");
	refuses("{" SCHEMA ",\"fingerprints\":{\"cpuid\":{\"text\":\"cpc2:x\"}}}", 0, "cpc2");
	refuses("{" SCHEMA ",\"fingerprints\":{\"cpuid\":{\"text\":5}}}", 0, "fingerprints.cpuid.text");
}

/* A report whose cpuid view says so much of itself, and its kvm view likewise; NULL: nothing. */
static const char *claim(const char *text, const char *id, const char *kvm_id)
{
	static char report[4 * CPC_FINGERPRINT_SIZE];

	(void)snprintf(report, sizeof(report),
		       "{" SCHEMA "," TWO_LEAVES ",\"fingerprints\":{\"cpuid\":{\"id\":%s%s%s,\"text\":\"%s\"}"
		       ",\"kvm\":{\"id\":\"%s\",\"text\":\"%s\"}}}",
		       id ? "\"" : "", id ? id : "null", id ? "\"" : "", text, kvm_id, text);
	return report;
}

static void own_contradictions(void **state)
{
	struct cpc_fingerprint fingerprint;
	char text[CPC_FINGERPRINT_SIZE];
	char other[CPC_FINGERPRINT_SIZE];
	char id[CPC_ID_SIZE];

	(void)state;
	reads("{" SCHEMA "," TWO_LEAVES "}");
	cpc_fingerprint_of(snapshot_of(0), &fingerprint);
	(void)cpc_fingerprint_print(&fingerprint, text);
	cpc_fingerprint_id(&fingerprint, id);
	reads(claim(text, id, id));
	reads(claim(text, NULL, id));
	refuses(claim(text, "00112233445566778899aabbccddeeff", id), 0, "fingerprints.cpuid.id is not the id");
	refuses(claim(text, id, "00112233445566778899aabbccddeeff"), 0, "fingerprints.kvm.id is not the id");
	refuses(claim("cpc1:nonsense", id, id), 0, "fingerprints.kvm.text is not a fingerprint");
	/* A version that we cannot read says nothing that could be wrong. */
	reads(claim("cpc2:whatever", id, id));

	/* Another processor's text, its id and all. */
	fingerprint.stepping ^= 1;
	(void)cpc_fingerprint_print(&fingerprint, other);
	refuses(claim(other, id, id), 0, "fingerprints.cpuid.text is not what follows");
	fingerprint.stepping ^= 1;
	fingerprint.words[CPC_L1_ECX] ^= 1U << 25;
	(void)cpc_fingerprint_print(&fingerprint, other);
	cpc_fingerprint_id(&fingerprint, id);
	refuses(claim(other, id, id), 0, "fingerprints.cpuid.text is not what follows");
	fingerprint.words[CPC_L1_ECX] ^= 1U << 25;
	fingerprint.scalars[CPC_S_pa].value = 52;
	fingerprint.scalars[CPC_S_pa].unknown = false;
	(void)cpc_fingerprint_print(&fingerprint, other);
	cpc_fingerprint_id(&fingerprint, id);
	refuses(claim(other, id, id), 0, "fingerprints.cpuid.text is not what follows");
}

/* What an older agent had no name for it left out, and a newer one has more than we know. */
static void other_versions(void **state)
{
	const char leaves[] = "{" SCHEMA "," TWO_LEAVES ","
			      "\"fingerprints\":{\"cpuid\":{\"text\":\"%s\"}}}";
	struct cpc_fingerprint fingerprint;
	char text[CPC_FINGERPRINT_SIZE];
	char report[2 * CPC_FINGERPRINT_SIZE];

	(void)state;
	reads("{" SCHEMA "," TWO_LEAVES "}");
	cpc_fingerprint_of(snapshot_of(0), &fingerprint);
	const struct cpc_fingerprint whole = fingerprint;
	for (unsigned int word = 1; word < CPC_WORDS_MAX; word++)
		fingerprint.words[word] = fingerprint.unread[word] = 0;
	(void)cpc_fingerprint_print(&fingerprint, text);
	(void)snprintf(report, sizeof(report), leaves, text);
	reads(report);
	fingerprint = whole;
	fingerprint.word_count = CPC_WORD_COUNT + 1;
	fingerprint.words[CPC_WORD_COUNT] = 1;
	strcpy(fingerprint.foreign, "zz=1");
	(void)cpc_fingerprint_print(&fingerprint, text);
	(void)snprintf(report, sizeof(report), leaves, text);
	reads(report);
}

static void texts_are_tamed(void **state)
{
	char report[512];
	char name[100];

	(void)state;
	/* Control characters go: C0, DEL, C1 (U+009B, which a terminal may take for ESC [). */
	reads("{" SCHEMA ",\"host\":{\"name\":\"a\\u001b[31m\\u0007b\\n\\u007f\\u009bc\\u00e9\\u20ac\"}," LEAVES "}");
	assert_string_equal(only()->host_name, "a[31mbc\xc3\xa9\xe2\x82\xac");
	/* Nor those that turn or break a line: U+202E, U+2066, U+2028, U+200F. */
	reads("{" SCHEMA ",\"host\":{\"name\":\"a\xe2\x80\xae"
	      "b\xe2\x81\xa6"
	      "c\xe2\x80\xa8"
	      "d\xe2\x80\x8f"
	      "e\"}," LEAVES "}");
	assert_string_equal(only()->host_name, "abcde");
	/* Cut between characters: 63 bytes and one of two do not fit into 64. */
	memset(name, 'n', 63);
	memcpy(name + 63, "\xc3\xa9", 3);
	(void)snprintf(report, sizeof(report), "{" SCHEMA ",\"host\":{\"name\":\"%s\"}," LEAVES "}", name);
	reads(report);
	assert_int_equal(strlen(only()->host_name), 63);
	name[62] = '\xc3';
	name[63] = '\xa9';
	name[64] = 'x';
	name[65] = '\0';
	(void)snprintf(report, sizeof(report), "{" SCHEMA ",\"host\":{\"name\":\"%s\"}," LEAVES "}", name);
	reads(report);
	assert_int_equal(strlen(only()->host_name), 64);
}

static void other_documents(void **state)
{
	(void)state;
	refuses("{\"schema\":\"cpucompat/report/2\"," LEAVES "}", 0, "\"cpucompat/report/2\"");
	refuses("{\"schema\":\"cpucompat/fleet/1\"}", 0, "\"cpucompat/fleet/1\"");
	refuses("{\"schema\":\"a\\u001b\\u00e9b\"}", 0, "\"a???b\"");
	refuses("{\"schema\":1}", 0, "schema");
	refuses("{}", 0, "schema");
	refuses("{\n\"schema\":\n", 3, "not valid JSON");
	refuses("{" SCHEMA ",\n" LEAVES ",\n\"host\":{},\"host\":{}}", 3, "not valid JSON");
	refuses("{\n\"a\": \"\x1b[0m\"}", 2, "not valid JSON");
	assert_null(strchr(error.what, '\x1b'));
	refuses("{" SCHEMA "," LEAVES "} more", 1, "not valid JSON");
	refuses_bytes("{\"a\":\0}", 7, 1, "not valid JSON");
}

static void wrong_types(void **state)
{
	static const struct {
		const char *member;
		const char *word;
	} rows[] = {
		{ "\"host\":[1]", "host is not an object" },
		{ "\"host\":{\"name\":5}", "host.name is not a string" },
		{ "\"host\":{\"machine_id\":{}}", "host.machine_id" },
		{ "\"collected_at\":5", "collected_at" },
		{ "\"cpu\":\"x\"", "cpu is not an object" },
		{ "\"cpu\":{\"microcode\":5}", "cpu.microcode" },
		{ "\"cpu\":{\"libcpuid\":5}", "cpu.libcpuid is not an object" },
		{ "\"cpu\":{\"libcpuid\":{\"codename\":5}}", "cpu.libcpuid.codename" },
		{ "\"cpuinfo\":true", "cpuinfo is not an object" },
		{ "\"cpuinfo\":{\"npt\":\"yes\"}", "cpuinfo.npt" },
		{ "\"cpuinfo\":{\"vmx_ept\":1}", "cpuinfo.vmx_ept is not true, false or null" },
		{ "\"modules\":[1]", "modules is not an object" },
		{ "\"modules\":{\"kvm_amd\":true}", "modules.kvm_amd is not an object" },
		{ "\"modules\":{\"kvm_amd\":{\"live\":\"Y\"}}", "modules.kvm_amd.live" },
		{ "\"modules\":{\"kvm_intel\":{\"ept\":1}}", "modules.kvm_intel.ept" },
		{ "\"probes\":{\"msr\":5}", "probes.msr" },
		{ "\"probes\":{\"msr\":\"fine\"}", "probes.msr" },
		{ "\"probes\":{\"m\xc3\xa4r\":\"fine\"}", "probes.m??r" }, /* errors are ASCII, whatever keys are */
		{ "\"cpu\":{\"kinds\":{}}", "cpu.kinds is not an array" },
		{ "\"cpu\":{\"kinds\":[5]}", "cpu.kinds[0].cpus" },
		{ "\"cpu\":{\"kinds\":[{\"cpus\":\"0\"}]}", "cpu.kinds[0].leaves" },
		{ "\"cpu\":{\"kinds\":[{\"cpus\":\"0\",\"leaves\":[]}]}", "leaf 0" },
		{ "\"cpu\":{\"kinds\":[{\"cpus\":\"0\",\"leaves\":[" LEAF_1 "]}]}", "leaf 0" },
		{ "\"cpu\":{\"kinds\":[{\"cpus\":\"0\",\"leaves\":[" LEAF_0 ",5]}]}", "cpu.kinds[0].leaves[1] is" },
		{ "\"cpu\":{\"kinds\":[{\"cpus\":\"0\",\"leaves\":[" LEAF_0 ",[\"0x1\"]]}]}", "leaves[1] is" },
		{ "\"cpu\":{\"kinds\":[{\"cpus\":\"0\",\"leaves\":[[1,2,3,4,5,6]]}]}", "cpu.kinds[0].leaves[0][0]" },
		{ "\"cpu\":{\"kinds\":[{\"cpus\":\"0\",\"leaves\":[[\"0x0\",\"0x0\",\"0x1\",\"0x123456789\",\"0x0\","
		  "\"0x0\"]]}]}",
		  "cpu.kinds[0].leaves[0][3]" },
		{ "\"cpu\":{\"kinds\":[{\"cpus\":\"0\",\"leaves\":[[\"0x0\",\"0x\",\"0x1\",\"0x1\",\"0x0\",\"0x0\"]]}]"
		  "}",
		  "leaves[0][1]" },
		{ "\"cpu\":{\"kinds\":[{\"cpus\":\"0\",\"leaves\":[" LEAF_0 "],\"msrs\":5}]}", "cpu.kinds[0].msrs is" },
		{ "\"cpu\":{\"kinds\":[{\"cpus\":\"0\",\"leaves\":[" LEAF_0 "],\"msrs\":[[\"0x1\"]]}]}", "msrs[0]" },
		{ "\"cpu\":{\"kinds\":[{\"cpus\":\"0\",\"leaves\":[" LEAF_0 "],\"msrs\":[[\"0x1\",5]]}]}", "msrs[0]" },
		{ "\"cpu\":{\"kinds\":[{\"cpus\":\"0\",\"leaves\":[" LEAF_0
		  "],\"msrs\":[[\"0x1\",\"0x0\"],[\"0x1\",\"0x2\"]]}]}",
		  "MSR 0x1" },
		{ "\"cpu\":{\"kinds\":[{\"cpus\":\"0\",\"leaves\":[" LEAF_0 "],\"layout_unknown\":5}]}",
		  "layout_unknown" },
		{ "\"leaves\":[5]", "leaves is not an object" },
		{ "\"leaves\":{\"cpuid\":5}", "leaves.cpuid is not an array" },
		{ "\"leaves\":{\"cpuid\":[" LEAF_0 ",[\"0x0\",\"0x0\",\"0x2\",\"0x0\",\"0x0\",\"0x0\"]]}",
		  "two different" },
	};
	char report[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		(void)snprintf(report, sizeof(report), "{" SCHEMA ",%s}", rows[i].member);
		refuses(report, 0, rows[i].word);
	}
}

#define FOUR_CPUS "\"kinds\":[{\"cpus\":\"0-3\",\"leaves\":[" LEAF_0 "],\"msrs\":[[\"0x3a\",\"0x5\"]]}]"

static void odd_msrs(void **state)
{
	char list[CPC_CPU_LIST_SIZE];

	(void)state;
	reads("{" SCHEMA ",\"cpu\":{" FOUR_CPUS ",\"odd_msrs\":[{\"cpus\":\"1-2\",\"msr\":[\"0x3a\",\"0x1\"]},"
	      "{\"cpus\":\"3\",\"msr\":[\"0x3a\",null],\"later\":1},{\"cpus\":\"3\",\"msr\":[\"0x482\",\"0x0\"]}]}}");
	assert_int_equal(only()->kind_count, 1);
	assert_int_equal(only()->odd_msr_count, 3);
	cpc_cpu_set_print(&only()->odd_msrs[0].cpus, list);
	assert_string_equal(list, "1-2");
	assert_int_equal(cpc_capture_msr(only(), 0, 0x3a)->value, 5);
	assert_int_equal(cpc_capture_msr(only(), 2, 0x3a)->value, 1);
	assert_false(cpc_capture_msr(only(), 3, 0x3a)->readable);
	assert_true(cpc_capture_msr(only(), 3, 0x482)->readable);
	assert_null(cpc_capture_msr(only(), 0, 0x482));
	assert_null(cpc_capture_msr(only(), 4, 0x3a));
	assert_null(cpc_capture_msr(only(), CPC_CPUS_MAX, 0x3a));
	reads("{" SCHEMA ",\"cpu\":{" FOUR_CPUS ",\"odd_msrs\":[]}}");
	reads("{" SCHEMA ",\"cpu\":{" FOUR_CPUS ",\"odd_msrs\":null}}");
	assert_int_equal(only()->odd_msr_count, 0);
}

static void bad_odd_msrs(void **state)
{
	static const struct {
		const char *list;
		const char *word;
	} rows[] = {
		{ "5", "cpu.odd_msrs is not an array" },
		{ "[5]", "cpu.odd_msrs[0].msr" },
		{ "[{}]", "cpu.odd_msrs[0].msr" },
		{ "[{\"cpus\":\"1\"}]", "cpu.odd_msrs[0].msr" },
		{ "[{\"msr\":[\"0x3a\",\"0x1\"]}]", "cpu.odd_msrs[0].cpus" },
		{ "[{\"cpus\":5,\"msr\":[\"0x3a\",\"0x1\"]}]", "cpu.odd_msrs[0].cpus" },
		{ "[{\"cpus\":\"1\",\"msr\":[\"0x3a\"]}]", "cpu.odd_msrs[0].msr" },
		{ "[{\"cpus\":\"1\",\"msr\":[\"0x3a\",1]}]", "cpu.odd_msrs[0].msr" },
		{ "[{\"cpus\":\"1\",\"msr\":[\"0x123456789\",\"0x1\"]}]", "cpu.odd_msrs[0].msr" },
		{ "[{\"cpus\":\"4\",\"msr\":[\"0x3a\",\"0x1\"]}]", "CPUs that cpu.kinds has" },
		{ "[{\"cpus\":\"0-8191\",\"msr\":[\"0x3a\",\"0x1\"]}]", "CPUs that cpu.kinds has" },
		{ "[{\"cpus\":\"1\",\"msr\":[\"0x3a\",\"0x1\"]},{\"cpus\":\"1\",\"msr\":[\"0x3a\",\"0x0\"]}]",
		  "each once" },
	};
	char report[65536];
	size_t length;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		(void)snprintf(report, sizeof(report), "{" SCHEMA ",\"cpu\":{" FOUR_CPUS ",\"odd_msrs\":%s}}",
			       rows[i].list);
		refuses(report, 0, rows[i].word);
	}
	/* More values than any machine has. */
	length = (size_t)snprintf(report, sizeof(report), "{" SCHEMA ",\"cpu\":{" FOUR_CPUS ",\"odd_msrs\":[");
	for (unsigned int i = 0; i <= CPC_ODD_MSRS_MAX; i++)
		length += (size_t)snprintf(report + length, sizeof(report) - length,
					   "%s{\"cpus\":\"1\",\"msr\":[\"0x%x\",\"0x1\"]}", i ? "," : "", 0x400 + i);
	(void)snprintf(report + length, sizeof(report) - length, "]}}");
	refuses(report, 0, "more than 64 different values of MSRs");
}

static void modules(void **state)
{
	(void)state;
	reads("{" SCHEMA ",\"cpuinfo\":{\"vmx_ept\":true},\"modules\":{\"kvm_intel\":{\"live\":true,\"ept\":false,"
	      "\"nested\":null,\"later\":5},\"kvm_amd\":null,\"kvm_later\":5}," LEAVES "}");
	assert_int_equal(only()->cpuinfo_vmx_ept, CPC_SET);
	assert_int_equal(only()->modules[CPC_MODULE_KVM_INTEL], CPC_SET);
	assert_int_equal(only()->modules[CPC_MODULE_KVM_AMD], CPC_UNKNOWN);
	assert_int_equal(only()->parameters[CPC_PARAMETER_KVM_INTEL_EPT], CPC_CLEAR);
	assert_int_equal(only()->parameters[CPC_PARAMETER_KVM_INTEL_NESTED], CPC_UNKNOWN);
}

static void cpu_lists(void **state)
{
	static const char *const bad[] = { "",	 "x",  "1-",   "-1",	 "3-1", "0,0",	       "0-3,2",
					   "0,", "0 ", "8192", "0-8192", "...", "99999999999", "1,0" };
	char report[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		(void)snprintf(report, sizeof(report),
			       "{" SCHEMA ",\"cpu\":{\"kinds\":[{\"cpus\":\"%s\",\"leaves\":[" LEAF_0 "]}]}}", bad[i]);
		refuses(report, 0, "cpu.kinds[0].cpus");
	}
	/* Two kinds may not share a CPU, nor come in another order. */
	refuses("{" SCHEMA ",\"cpu\":{\"kinds\":[{\"cpus\":\"0-3\",\"leaves\":[" LEAF_0 "]},"
		"{\"cpus\":\"3\",\"leaves\":[" LEAF_0 "," LEAF_1 "]}]}}",
		0, "cpu.kinds[1].cpus");
	refuses("{" SCHEMA ",\"cpu\":{\"kinds\":[{\"cpus\":\"4-5\",\"leaves\":[" LEAF_0 "]},"
		"{\"cpus\":\"3\",\"leaves\":[" LEAF_0 "," LEAF_1 "]}]}}",
		0, "cpu.kinds[1].cpus");
	/* A list that was too long to print. */
	reads("{" SCHEMA ",\"cpu\":{\"kinds\":[{\"cpus\":\"0,2,8190-8191,...\",\"leaves\":[" LEAF_0 "]}]}}");
	assert_string_equal(cpus_of(0), "0,2,8190-8191");
	/* Kinds that are no different after all become one. */
	reads("{" SCHEMA ",\"cpu\":{\"kinds\":[{\"cpus\":\"0-1\",\"leaves\":[" LEAF_0 "]},"
	      "{\"cpus\":\"2-3\",\"leaves\":[" LEAF_0 "]}]}}");
	assert_int_equal(only()->kind_count, 1);
	assert_string_equal(cpus_of(0), "0-3");
}

static void more_probes_than_we_have(void **state)
{
	char report[2048];
	size_t length = (size_t)snprintf(report, sizeof(report), "{" SCHEMA ",\"probes\":{\"a\":\"ok\"");

	(void)state;
	for (int i = 0; i < 40; i++)
		length += (size_t)snprintf(report + length, sizeof(report) - length,
					   ",\"a_probe_with_quite_a_long_name_%d\":\"ok\"", i);
	(void)snprintf(report + length, sizeof(report) - length, "}," LEAVES "}");
	reads(report);
	assert_int_equal(only()->probe_count, CPC_PROBES_MAX);
	assert_int_equal(strlen(only()->probes[1].name), CPC_PROBE_NAME_SIZE - 1);
}

static void greedy_documents(void **state)
{
	const size_t length = 8U << 20;
	char *text = malloc(length);

	(void)state;
	assert_non_null(text);
	memset(text, '[', length);
	memcpy(text, "{\"a\":", 5);
	refuses_bytes(text, length, 0, "more values");
	/* One long line is fine, and so is depth up to where jansson stops. */
	memset(text, ' ', length);
	memcpy(text, "{" SCHEMA "," LEAVES, strlen("{" SCHEMA "," LEAVES));
	text[length - 1] = '}';
	assert_int_equal(read_bytes(text, length), CPC_OK);
	memset(text, '[', 100000);
	text[0] = '{';
	refuses_bytes(text, 100000, 1, "not valid JSON");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_report),
		cmocka_unit_test(leaves_alone),
		cmocka_unit_test(fingerprint_alone),
		cmocka_unit_test(own_contradictions),
		cmocka_unit_test(other_versions),
		cmocka_unit_test(texts_are_tamed),
		cmocka_unit_test(other_documents),
		cmocka_unit_test(wrong_types),
		cmocka_unit_test(odd_msrs),
		cmocka_unit_test(bad_odd_msrs),
		cmocka_unit_test(modules),
		cmocka_unit_test(cpu_lists),
		cmocka_unit_test(more_probes_than_we_have),
		cmocka_unit_test(greedy_documents),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
