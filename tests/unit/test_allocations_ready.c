/* SPDX-License-Identifier: MIT */
/* A requirement table is judged, printed and read back with each allocation refused once. */
#include <jansson.h>

#include "ready_document.h"
#include "ready_support.h"
#include "refuse.h"
#include "renderers.h"

static struct cluster cluster;
static const struct cpc_ready_format *format;
static struct cpc_buffer saved;

static enum cpc_status judge_and_print(void)
{
	const struct cpc_style style = { .width = 80, .verbose = true };
	struct cpc_buffer out = { 0 };
	struct cpc_error error;
	struct cpc_ready ready;
	const struct cpc_ready_view view = { .ready = &ready, .hosts = cluster.hosts, .count = cluster.count };
	enum cpc_status status =
		cpc_ready_judge(cpc_policy_named("hyperv-2008r2"), cluster.hosts, cluster.count, 0, &ready, &error);

	if (status)
		return status;
	status = format->render(&view, &style, &out, &error);
	cpc_ready_free(&ready);
	keep_output(&out, status);
	return status;
}

static enum cpc_status read_back(void)
{
	struct cpc_ready_document document;
	struct cpc_error error;
	const enum cpc_status status = cpc_ready_document_read(saved.bytes, saved.length, &document, &error);

	if (!status)
		assert_int_equal(document.count, cluster.count);
	cpc_ready_document_free(&document);
	return status;
}

static void refused(void **state)
{
	(void)state;
	cluster_start(&cluster, 2);
	for (size_t i = 0; i < cpc_ready_format_count; i++) {
		format = &cpc_ready_formats[i];
		assert_true(fail_each(format->name, judge_and_print, CPC_INTERNAL) > 10);
		if (!strcmp(format->name, "json")) {
			saved = whole;
			whole = (struct cpc_buffer){ 0 };
		}
		cpc_buffer_free(&whole);
	}
	/* jansson 2.14 itself is spared here: refused memory for a long text, its lexer runs past the end of it. */
	json_set_alloc_funcs(__real_malloc, free);
	assert_true(fail_each("read back", read_back, CPC_INTERNAL) > 10);
	cpc_buffer_free(&saved);
	cluster_end(&cluster);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(refused) };

	json_set_alloc_funcs(hook_malloc, free);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
