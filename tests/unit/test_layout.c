/* SPDX-License-Identifier: MIT */
/* Layouts beside each other: the founding example, every refusal, every verdict, and numbers at their bounds. */
#include "layout_support.h"

#define PLAN(planning, policy, vms, cores, ...)                                                                        \
	do {                                                                                                           \
		static const char *const words_[] = { __VA_ARGS__ };                                                   \
		start_planning(&(planning), policy, words_, COUNT(words_), vms, cores);                                \
		assert_int_equal(                                                                                      \
			cpc_plan_of(&(planning).terms, (planning).layouts, COUNT(words_), &(planning).plan, NULL),     \
			CPC_OK);                                                                                       \
	} while (0)

static void the_founding_example(void **state)
{
	const struct cpc_layout_answer *six, *three;
	struct planning planning;

	(void)state;
	PLAN(planning, "hyperv-2008r2", FOUNDING_VMS, 4, "6x2x32GiB", "3x4x64GiB");
	six = &planning.plan.answers[0];
	three = &planning.plan.answers[1];
	/* The same load, on the same sockets and memory. */
	assert_int_equal(six->sockets, three->sockets);
	assert_int_equal(six->memory, three->memory);
	assert_int_equal(six->one_gone.fit, CPC_FITS);
	assert_int_equal(three->one_gone.fit, CPC_FITS);
	/* Half the licences, and half the cost. */
	assert_int_equal(six->licenses[CPC_LICENSE_HOST].value, 6);
	assert_int_equal(three->licenses[CPC_LICENSE_HOST].value, 3);
	assert_int_equal(six->cost.value, 2 * three->cost.value);
	assert_int_equal(planning.plan.cheapest, 1);
	assert_int_equal(planning.plan.keeps, CPC_FITS);
	/* And a third instead of a sixth is lost. */
	assert_int_equal(six->lost_evenly, 6);
	assert_int_equal(three->lost_evenly, 12);
	assert_int_equal(six->lost_at_most, 14);
	assert_int_equal(three->lost_at_most, 30);
	assert_int_equal(six->spare, 2);
	assert_int_equal(three->spare, 1);
	assert_true(six->spare_is_most && three->spare_is_most);
	end_planning(&planning);
}

static void refused(void **state)
{
	struct planning planning;

	(void)state;
	/* All fits on it, and still it is none. */
	PLAN(planning, "hyperv-2008r2", FOUNDING_VMS, 4, "1x12x192GiB", "17x2x32GiB");
	assert_int_equal(planning.plan.answers[0].refusal, CPC_REFUSED_ONE_HOST);
	assert_int_equal(planning.plan.answers[0].all.fit, CPC_FITS);
	assert_int_equal(planning.plan.answers[1].refusal, CPC_REFUSED_TOO_MANY);
	assert_int_equal(planning.plan.keeps, CPC_FITS_NOT);
	assert_int_equal(planning.plan.cheapest, planning.plan.count);
	end_planning(&planning);
	/* The limit is the policy's. */
	PLAN(planning, "hyperv-2025", FOUNDING_VMS, 4, "17x2x32GiB", "65x2x32GiB");
	assert_int_equal(planning.plan.answers[0].refusal, CPC_NOT_REFUSED);
	assert_int_equal(planning.plan.answers[1].refusal, CPC_REFUSED_TOO_MANY);
	assert_int_equal(planning.plan.cheapest, 0);
	end_planning(&planning);
	PLAN(planning, "kvm", FOUNDING_VMS, 4, "1024x2x32GiB");
	assert_int_equal(planning.plan.answers[0].refusal, CPC_NOT_REFUSED);
	end_planning(&planning);
}

static void verdicts(void **state)
{
	static const struct {
		const char *vms;
		uint32_t cores;
		enum cpc_fit all, one_gone;
		enum cpc_fit_reason reason; /**< of the latter */
	} cases[] = {
		/* Two hosts of two sockets and 32 GiB, of which KVM leaves 31.5 to VMs, and five vCPUs to a CPU. */
		{ "a 10GiB 1 x3", 2, CPC_FITS, CPC_FITS, CPC_BY_PLACEMENT },
		{ "a 10GiB 1 x4", 2, CPC_FITS, CPC_FITS_NOT, CPC_BY_MEMORY },
		{ "a 10GiB 1 x7", 2, CPC_FITS_NOT, CPC_FITS_NOT, CPC_BY_MEMORY },
		{ "a 32GiB 1", 2, CPC_FITS_NOT, CPC_FITS_NOT, CPC_BY_LARGEST },
		{ "a 1GiB 5", 2, CPC_FITS_NOT, CPC_FITS_NOT, CPC_BY_LARGEST },
		{ "a 1GiB 4 x5", 2, CPC_FITS, CPC_FITS, CPC_BY_PLACEMENT },
		{ "a 1GiB 4 x6", 2, CPC_FITS, CPC_FITS_NOT, CPC_BY_VCPUS },
		{ "a 1GiB 3 x7", 2, CPC_FITS, CPC_FITS_NOT, CPC_BY_VCPUS },
		/* Of cores nothing is said: one a socket there is. */
		{ "a 1GiB 1 x10", 0, CPC_FITS, CPC_FITS, CPC_BY_PLACEMENT },
		{ "a 1GiB 1 x11", 0, CPC_FITS, CPC_FIT_UNKNOWN, CPC_BY_CORES },
		{ "a 1GiB 1 x21", 0, CPC_FIT_UNKNOWN, CPC_FIT_UNKNOWN, CPC_BY_CORES },
		{ "a 1GiB 3", 0, CPC_FIT_UNKNOWN, CPC_FIT_UNKNOWN, CPC_BY_CORES },
		{ "a 32GiB 3", 0, CPC_FITS_NOT, CPC_FITS_NOT, CPC_BY_LARGEST },
		{ "a 1GiB 3 x33", 0, CPC_FIT_UNKNOWN, CPC_FITS_NOT, CPC_BY_MEMORY },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct cpc_layout_answer *answer;
		struct planning planning;

		PLAN(planning, "kvm", cases[i].vms, cases[i].cores, "2x2x32GiB");
		answer = &planning.plan.answers[0];
		if (answer->all.fit != cases[i].all || answer->one_gone.fit != cases[i].one_gone ||
		    answer->one_gone.reason != cases[i].reason)
			fail_msg("%s: %s, %s by %s", cases[i].vms, cpc_fit_name(answer->all.fit),
				 cpc_fit_name(answer->one_gone.fit), cpc_fit_reason_name(answer->one_gone.reason));
		assert_int_equal(planning.plan.keeps, cases[i].one_gone);
		end_planning(&planning);
	}
}

static void without_vms(void **state)
{
	struct planning planning;

	(void)state;
	PLAN(planning, "kvm", NULL, 0, "6x2x32GiBx8", "3x4x64GiB", "1x4x64GiB");
	assert_int_equal(planning.plan.keeps, CPC_FIT_UNKNOWN);
	assert_int_equal(planning.plan.answers[0].one_gone.reason, CPC_BY_NOTHING);
	assert_int_equal(planning.plan.answers[0].cores.value, 96);
	assert_false(planning.plan.answers[1].cores.known);
	assert_int_equal(planning.plan.answers[1].cost.value, 3000 * CPC_MONEY_UNIT);
	assert_int_equal(planning.plan.cheapest, 3);
	end_planning(&planning);
}

static void costs(void **state)
{
	struct planning planning;

	(void)state;
	PLAN(planning, "kvm", "a 1GiB 1", 0, "2x2x32GiBx8", "3x1x32GiB", "6x1x16GiB");
	assert_int_equal(planning.plan.cheapest, 0);
	end_planning(&planning);
	/* What cores cost is not known where they are not told, and then no other is the cheapest. */
	static const char *const words[] = { "2x2x32GiBx8", "3x1x32GiB" };
	start_planning(&planning, "kvm", words, 2, "a 1GiB 1", 0);
	planning.terms.prices[CPC_LICENSE_CORE] = (struct cpc_measurement){ true, 5 };
	assert_int_equal(cpc_plan_of(&planning.terms, planning.layouts, 2, &planning.plan, NULL), CPC_OK);
	assert_int_equal(planning.plan.answers[0].cost.value, 2000 * CPC_MONEY_UNIT + 32 * 5);
	assert_false(planning.plan.answers[1].cost.known);
	assert_int_equal(planning.plan.cheapest, 2);
	end_planning(&planning);
	/* Of equal costs, the one that loses less. */
	static const char *const equal[] = { "3x4x32GiB", "6x2x32GiB" };
	start_planning(&planning, "kvm", equal, 2, "a 1GiB 1", 1);
	planning.terms.prices[CPC_LICENSE_HOST].known = false;
	planning.terms.prices[CPC_LICENSE_SOCKET] = (struct cpc_measurement){ true, 12345 };
	assert_int_equal(cpc_plan_of(&planning.terms, planning.layouts, 2, &planning.plan, NULL), CPC_OK);
	assert_int_equal(planning.plan.answers[0].cost.value, 12 * 12345);
	assert_int_equal(planning.plan.cheapest, 1);
	end_planning(&planning);
	/* Without a price nothing is the cheapest. */
	start_planning(&planning, "kvm", equal, 2, "a 1GiB 1", 1);
	planning.terms.prices[CPC_LICENSE_HOST].known = false;
	assert_int_equal(cpc_plan_of(&planning.terms, planning.layouts, 2, &planning.plan, NULL), CPC_OK);
	assert_false(planning.plan.answers[0].cost.known);
	assert_int_equal(planning.plan.cheapest, 2);
	end_planning(&planning);
}

/** The largest of everything is counted without a wrap. */
static void bounds(void **state)
{
	static const char *const words[] = { "1024x64x1024TiBx1024" };
	const struct cpc_layout_answer *answer;
	struct planning planning;

	(void)state;
	start_planning(&planning, "kvm", words, 1, "a 1024TiB 4096 x1023", 0);
	for (size_t i = 0; i < CPC_LICENSE_COUNT; i++)
		planning.terms.prices[i] = (struct cpc_measurement){ true, CPC_PRICE_MAX };
	planning.layouts[0].threads = CPC_LAYOUT_THREADS_MAX;
	assert_int_equal(cpc_plan_of(&planning.terms, planning.layouts, 1, &planning.plan, NULL), CPC_OK);
	answer = &planning.plan.answers[0];
	assert_int_equal(answer->memory, UINT64_C(1) << 60);
	assert_int_equal(answer->cost.value, CPC_PRICE_MAX * (1024 + 1024 * 64 + UINT64_C(1024) * 64 * 1024));
	/* A host keeps something for itself. */
	assert_int_equal(answer->all.reason, CPC_BY_LARGEST);
	assert_int_equal(planning.plan.keeps, CPC_FITS_NOT);
	end_planning(&planning);
	/* As many hosts can be gone as are not needed. */
	start_planning(&planning, "kvm", words, 1, "a 1023TiB 4096 x1000", 0);
	assert_int_equal(cpc_plan_of(&planning.terms, planning.layouts, 1, &planning.plan, NULL), CPC_OK);
	assert_int_equal(planning.plan.answers[0].spare, 24);
	assert_true(planning.plan.answers[0].spare_is_most);
	assert_int_equal(planning.plan.answers[0].lost_at_most, 1);
	end_planning(&planning);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_founding_example), cmocka_unit_test(refused), cmocka_unit_test(verdicts),
		cmocka_unit_test(without_vms),		cmocka_unit_test(costs),   cmocka_unit_test(bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
