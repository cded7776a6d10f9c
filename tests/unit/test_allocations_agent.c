/* SPDX-License-Identifier: MIT */
/* Fail every allocation once, in turn, of what the agent serves of its host: from a saved table to the documents. */
#include "refuse.h"

#include <jansson.h>
#include <unistd.h>

#include "render.h"
#include "subject.h"
#include "table_support.h"

static char path[] = "/tmp/cpc-table-XXXXXX";

static struct cpc_subject *read_table(struct cpc_error *reterr)
{
	return cpc_subject_new(path, NULL, cpc_policy_named("hyperv-2008r2"), reterr);
}

static enum cpc_status read_only(void)
{
	struct cpc_error error = { .status = CPC_OK };
	struct cpc_subject *subject = read_table(&error);

	if (subject) {
		assert_true(subject->has_site);
		assert_int_equal(subject->site.port_count, 3);
	}
	cpc_subject_free(subject);
	return subject ? CPC_OK : error.status;
}

static struct cpc_subject *served;

static enum cpc_status (*render)(const struct cpc_published *published, struct cpc_buffer *out,
				 struct cpc_error *reterr);

static enum cpc_status show(void)
{
	const struct cpc_published published = { .report = &served->report,
						 .site = &served->site,
						 .ready = &served->ready };
	struct cpc_buffer out = { .length = 0 };
	const enum cpc_status status = render(&published, &out, NULL);

	keep_output(&out, status);
	return status;
}

static void refused(void **state)
{
	struct cpc_error error;

	(void)state;
	/* jansson 2.14 itself is spared while it reads: refused memory for a long text, its lexer runs past its end. */
	json_set_alloc_funcs(__real_malloc, free);
	assert_true(fail_each("a table", read_only, CPC_INTERNAL) > 20);
	served = read_table(&error);
	assert_non_null(served);
	json_set_alloc_funcs(hook_malloc, free);
	render = cpc_render_ready;
	assert_true(fail_each("its document", show, CPC_INTERNAL) > 100);
	cpc_buffer_free(&whole);
	render = cpc_render_page;
	assert_true(fail_each("its page", show, CPC_INTERNAL) > 3);
	cpc_buffer_free(&whole);
	render = cpc_render_prometheus;
	assert_true(fail_each("its metrics", show, CPC_INTERNAL) > 3);
	cpc_buffer_free(&whole);
	cpc_subject_free(served);
}

static int setup(void **state)
{
	static const char table[] = TABLE(TABLE_HOST("web03", TABLE_SITE));
	const int file = mkstemp(path);
	const bool written = file >= 0 && write(file, table, strlen(table)) == (ssize_t)strlen(table);

	(void)state;
	return written && close(file) == 0 ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(refused) };

	return cmocka_run_group_tests(tests, setup, teardown);
}
