/* SPDX-License-Identifier: MIT */
#include "support.h"

#include "metrics.h"

static const struct cpc_family info = { .name = "a_info", .type = CPC_INFO, .help = "An info." };
static const struct cpc_family counter = {
	.name = "b_seconds_total", .type = CPC_COUNTER, .unit = "seconds", .help = "A counter."
};
static const struct cpc_family gauge = { .name = "c_bytes", .type = CPC_GAUGE, .unit = "bytes", .help = "A gauge." };

static void write_all(struct cpc_buffer *out, enum cpc_exposition exposition)
{
	struct cpc_metrics metrics = { .out = out, .exposition = exposition };
	const struct cpc_label labels[] = { { "x", "a\"b" }, { "y", "c\\d\ne" }, { NULL, NULL } };
	const struct cpc_label none[] = { { NULL, NULL } };

	cpc_metrics_family(&metrics, &info);
	cpc_metrics_sample(&metrics, &info, labels, "1");
	cpc_metrics_family(&metrics, &counter);
	cpc_metrics_sample(&metrics, &counter, none, "%d", 2);
	cpc_metrics_family(&metrics, &gauge);
	cpc_metrics_sample(&metrics, &gauge, NULL, "%.1f", 0.5);
	cpc_metrics_end(&metrics);
	assert_false(out->failed);
}

static void writes_prometheus_text(void **state)
{
	struct cpc_buffer out = { .length = 0 };

	(void)state;
	write_all(&out, CPC_PROMETHEUS_TEXT);
	assert_string_equal(out.bytes, "# HELP a_info An info.\n# TYPE a_info gauge\n"
				       "a_info{x=\"a\\\"b\",y=\"c\\\\d\\ne\"} 1\n"
				       "# HELP b_seconds_total A counter.\n# TYPE b_seconds_total counter\n"
				       "b_seconds_total 2\n"
				       "# HELP c_bytes A gauge.\n# TYPE c_bytes gauge\n"
				       "c_bytes 0.5\n");
	cpc_buffer_free(&out);
}

static void writes_openmetrics(void **state)
{
	struct cpc_buffer out = { .length = 0 };

	(void)state;
	write_all(&out, CPC_OPENMETRICS);
	assert_string_equal(out.bytes, "# HELP a An info.\n# TYPE a info\n"
				       "a_info{x=\"a\\\"b\",y=\"c\\\\d\\ne\"} 1\n"
				       "# HELP b_seconds A counter.\n# TYPE b_seconds counter\n"
				       "# UNIT b_seconds seconds\n"
				       "b_seconds_total 2\n"
				       "# HELP c_bytes A gauge.\n# TYPE c_bytes gauge\n"
				       "# UNIT c_bytes bytes\n"
				       "c_bytes 0.5\n"
				       "# EOF\n");
	cpc_buffer_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_prometheus_text),
		cmocka_unit_test(writes_openmetrics),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
