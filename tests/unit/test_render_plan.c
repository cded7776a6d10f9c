/* SPDX-License-Identifier: MIT */
/* Layouts for people and for programs, and amounts that do not say more than is true. */
#include "amounts.h"
#include "layout_support.h"
#include "renderers.h"

#define GIB(n) (UINT64_C(n) << 30)

static char *render(const char *name, struct planning *planning, size_t count, int width)
{
	const struct cpc_style style = { .width = width };
	struct cpc_buffer out = { 0 };

	assert_int_equal(cpc_plan_of(&planning->terms, planning->layouts, count, &planning->plan, NULL), CPC_OK);
	assert_int_equal(cpc_plan_format_named(name)->render(&planning->plan, &style, &out, NULL), CPC_OK);
	cpc_buffer_add(&out, "", 1);
	return out.bytes;
}

static void has(const char *text, const char *needle)
{
	if (!strstr(text, needle))
		fail_msg("no '%s' in:\n%s", needle, text);
}

/** What one layout is said to be, wrapped as wide as it gets. */
static void says(const char *policy, const char *layout, const char *vms, uint32_t cores, const char *needle)
{
	const char *const words[] = { layout };
	struct planning planning;
	char *out;

	start_planning(&planning, policy, words, 1, vms, cores);
	out = render("text", &planning, 1, 400);
	has(out, needle);
	free(out);
	end_planning(&planning);
}

static void reasons(void **state)
{
	(void)state;
	says("kvm", "2x2x32GiB", "a 10GiB 1 x4", 2,
	     "2x2x32GiB does not take all VMs with one host gone: the VMs take 40 GiB, and 1 host has 31.5 GiB for "
	     "them.");
	says("kvm", "2x2x32GiB", "a 10GiB 1 x7", 2,
	     "2x2x32GiB does not take all VMs even with every host: the VMs take 70 GiB, and 2 hosts have 63 GiB for "
	     "them.");
	says("kvm", "2x2x32GiB", "a 1GiB 4 x6", 2,
	     "with one host gone: the VMs have 24 vCPUs, and the CPUs of 1 host take 20.");
	says("kvm", "2x2x32GiB", "a 32GiB 1", 2,
	     "even with every host: a VM takes 32 GiB and has 1 vCPU; a host has 31.5 GiB for VMs and 4 CPUs.");
	says("hyperv-2008r2", "2x2x32GiB", "a 1GiB 5", 4,
	     "even with every host: under hyperv-2008r2, whatever the hosts, a VM has at most 4 vCPUs and 64 GiB and a "
	     "host 384 VMs and a cluster 1000 VMs.");
	says("hyperv-2008r2", "2x2x1024GiB", "a 1GiB 1 x384", 32, "All VMs fit with one host gone\n");
	says("hyperv-2008r2", "2x2x1024GiB", "a 1GiB 1 x385", 32, "does not take all VMs with one host gone: under");
	says("hyperv-2016", "2x2x1024GiB", "a 1GiB 1 x385", 32, "All VMs fit with one host gone\n");
	says("kvm", "2x2x32GiB", "a 32GiB 2", 0, "a VM takes 32 GiB and has 2 vCPUs; a host has 31.5 GiB for VMs.");
	says("kvm", "3x2x32GiB", "a 12GiB 1 x5", 2,
	     "with one host gone: hosts take too few VMs as large as one that takes 12 GiB and has 1 vCPU.");
	says("kvm", "3x2x40704MiB", "a 16GiB 1 x4\nb 12GiB 1", 8,
	     "with one host gone: there is room enough, in pieces that are too small: every placement was tried.");
	says("kvm", "2x2x32GiB", "a 1GiB 1 x11", 0,
	     "may take all VMs with one host gone, or not: memory does, but the vCPUs");
	says("kvm", "1x2x32GiB", "a 1GiB 1", 2, "1x2x32GiB is refused: a single host is no redundancy");
	says("hyperv-2008r2", "17x2x32GiB", "a 1GiB 1", 2,
	     "17x2x32GiB is refused: under hyperv-2008r2 a cluster has at most 16 hosts.");
	says("hyperv-2008r2", "17x2x32GiB", "a 1GiB 1", 2, "The layout is refused\n");
	says("kvm", "2x2x32GiB", NULL, 2, "Whether VMs fit is not known: none are named");
	says("kvm", "2x2x32GiB", "a 1GiB 1", 2, "All VMs fit with one host gone\n");
	says("kvm", "2x2x32GiB", "a 1GiB 1", 2, "1 VM with 1 vCPU and 1 GiB;");
	says("kvm", "2x2x32GiB", "a 32GiB 1", 2, "The layout does not do: not all VMs fit with one host gone\n");
}

static void lines_fit(void **state)
{
	static const char *const words[] = { "16x4x1536GiBx128", "8x8x3072GiBx128", "1x64x24TiBx128" };
	static const int widths[] = { 80, 132 };

	(void)state;
	for (size_t i = 0; i < COUNT(widths); i++) {
		struct planning planning;
		char *out;

		start_planning(&planning, "hyperv-2008r2", words, COUNT(words), "a 32GiB 8 x300\nb 4GiB 2 x999", 0);
		planning.terms.prices[CPC_LICENSE_CORE] = (struct cpc_measurement){ true, 9999999 };
		out = render("text", &planning, COUNT(words), widths[i]);
		for (const char *line = out; *line; line += strcspn(line, "\n") + 1) {
			if (strcspn(line, "\n") > (size_t)widths[i])
				fail_msg("wider than %d:\n%s", widths[i], out);
		}
		free(out);
		end_planning(&planning);
	}
}

static void json(void **state)
{
	static const char *const words[] = { "6x2x32GiB", "3x4x64GiB", "1x12x192GiB" };
	struct planning planning;
	char *out;

	(void)state;
	start_planning(&planning, "hyperv-2008r2", words, COUNT(words), FOUNDING_VMS, 4);
	planning.terms.prices[CPC_LICENSE_SOCKET] = (struct cpc_measurement){ true, 1 };
	out = render("json", &planning, COUNT(words), 80);
	has(out, "\"schema\": \"cpucompat/plan/1\"");
	has(out, "\"cost\": \"6000.0012\"");
	has(out, "\"refused\": \"one-host\"");
	has(out, "\"cheapest\": 1");
	has(out, "\"verdict\": \"fits\"");
	free(out);
	end_planning(&planning);
}

static void amounts(void **state)
{
	static const struct {
		uint64_t bytes;
		bool up;
		const char *words;
	} bytes[] = {
		{ 0, false, "0 MiB" },
		{ GIB(30), false, "30 GiB" },
		{ GIB(30), true, "30 GiB" },
		{ GIB(3) / 2, true, "1.5 GiB" },
		{ GIB(30) - 1, false, "29.99 GiB" },
		{ GIB(30) - 1, true, "30 GiB" },
		{ GIB(30) + 1, true, "30.01 GiB" },
		{ GIB(1) - 1, true, "1024 MiB" },
		{ UINT64_MAX, true, "16777216 TiB" },
	};
	char words[CPC_AMOUNT_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(bytes); i++) {
		cpc_bytes_words(bytes[i].bytes, bytes[i].up, words);
		assert_string_equal(words, bytes[i].words);
	}
	cpc_money_words(60000000, words);
	assert_string_equal(words, "6000");
	cpc_money_words(60005000, words);
	assert_string_equal(words, "6000.50");
	cpc_money_words(60005001, words);
	assert_string_equal(words, "6000.5001");
	cpc_money_words(1, words);
	assert_string_equal(words, "0.0001");
	cpc_thousandths_words(1500, words);
	assert_string_equal(words, "1.5");
	assert_int_equal(cpc_permille(1, 3), 333);
	assert_int_equal(cpc_permille(2999, 3000), 999);
	assert_int_equal(cpc_permille(GIB(1) * GIB(1) - 1, GIB(1) * GIB(1)), 999);
	assert_int_equal(cpc_permille(7, 2), 3500);
	assert_int_equal(cpc_permille(1, 0), UINT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reasons),
		cmocka_unit_test(lines_fit),
		cmocka_unit_test(json),
		cmocka_unit_test(amounts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
