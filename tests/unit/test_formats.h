/* SPDX-License-Identifier: MIT */
/*
 * What the tests of the readers share: read a text, look into the one result.
 * For inclusion once a program.
 */
#ifndef CPC_TEST_FORMATS_H
#define CPC_TEST_FORMATS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "formats.h"

static struct cpc_captures captures;
static struct cpc_error error;

static inline enum cpc_status read_bytes(const char *bytes, size_t length)
{
	cpc_captures_free(&captures);
	error = (struct cpc_error){ 0 };
	/* A copy of just that length, so that a sanitizer sees every step too far. */
	char *copy = malloc(length ? length : 1);
	assert_non_null(copy);
	memcpy(copy, bytes, length);
	const enum cpc_status status = cpc_read(copy, length, &captures, &error);
	free(copy);
	return status;
}

static inline void reads(const char *text)
{
	if (read_bytes(text, strlen(text)) != CPC_OK)
		fail_msg("line %zu: %s", error.line, error.what);
	assert_true(captures.count > 0);
}

static inline void refuses_bytes(const char *bytes, size_t length, size_t line, const char *word)
{
	assert_int_equal(read_bytes(bytes, length), CPC_BAD_DATA);
	assert_int_equal(error.status, CPC_BAD_DATA);
	if (!strstr(error.what, word))
		fail_msg("\"%s\" lacks \"%s\"", error.what, word);
	assert_null(strchr(error.what, '\n'));
	assert_int_equal(error.line, line);
	assert_int_equal(captures.count, 0);
	assert_null(captures.items);
}

static inline void refuses(const char *text, size_t line, const char *word)
{
	refuses_bytes(text, strlen(text), line, word);
}

static inline const struct cpc_snapshot *snapshot_of(size_t kind)
{
	assert_int_equal(captures.count, 1);
	assert_true(kind < captures.items[0].kind_count);
	return &captures.items[0].kinds[kind].snapshot;
}

static inline const char *cpus_of(size_t kind)
{
	static char list[CPC_CPU_LIST_SIZE];

	(void)snapshot_of(kind);
	cpc_cpu_set_print(&captures.items[0].kinds[kind].cpus, list);
	return list;
}

static inline void has_leaf(size_t kind, uint32_t leaf, uint32_t subleaf, uint32_t eax)
{
	const struct cpc_snapshot *snapshot = snapshot_of(kind);

	for (size_t i = 0; i < snapshot->leaf_count; i++) {
		if (snapshot->leaves[i].leaf != leaf || snapshot->leaves[i].subleaf != subleaf)
			continue;
		assert_int_equal(snapshot->leaves[i].regs[CPC_EAX], eax);
		return;
	}
	fail_msg("no leaf %x.%x", leaf, subleaf);
}

static inline void has_msr(size_t kind, uint32_t address, uint64_t value)
{
	const struct cpc_msr *msr = cpc_snapshot_msr(snapshot_of(kind), address);

	assert_non_null(msr);
	assert_true(msr->readable);
	assert_int_equal(msr->value, value);
}

static inline int teardown(void **state)
{
	(void)state;
	cpc_captures_free(&captures);
	return 0;
}

#endif
