/* SPDX-License-Identifier: MIT */
/*
 * For programs that refuse allocations: the linker sends their calls of malloc, calloc, realloc and strdup
 * here (tests/CMakeLists.txt), from whichever thread and library that is linked in.
 */
#ifndef CPC_TEST_REFUSE_H
#define CPC_TEST_REFUSE_H

#include "support.h"

#include <limits.h>
#include <stdatomic.h>

#include <cpucompat/buffer.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
char *__real_strdup(const char *text);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
char *__wrap_strdup(const char *text);

#define NEVER LONG_MAX

static atomic_long until_failure = NEVER; /* how many more allocations succeed */
static atomic_bool failed;

static inline bool refuse(void)
{
	if (atomic_load(&until_failure) == NEVER || atomic_fetch_sub(&until_failure, 1) != 0)
		return false;
	atomic_store(&until_failure, NEVER);
	atomic_store(&failed, true);
	return true;
}

void *__wrap_malloc(size_t size)
{
	return refuse() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return refuse() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
	return refuse() ? NULL : __real_realloc(old, size);
}

char *__wrap_strdup(const char *text)
{
	return refuse() ? NULL : __real_strdup(text);
}

/* For libraries that are not linked in and take a hook. */
static inline void *hook_malloc(size_t size)
{
	return __wrap_malloc(size);
}

/* Let `n` allocations succeed, and refuse the next. */
static inline void arm(long n)
{
	atomic_store(&failed, false);
	atomic_store(&until_failure, n);
}

/* Whether one was refused since arm(); none is any more. */
static inline bool disarm(void)
{
	atomic_store(&until_failure, NEVER);
	return atomic_load(&failed);
}

static struct cpc_buffer whole; /* what is rendered when nothing is refused */

static inline void keep_output(struct cpc_buffer *out, enum cpc_status status)
{
	if (!status && !failed) {
		cpc_buffer_free(&whole);
		whole = *out;
		*out = (struct cpc_buffer){ 0 };
	} else if (!status && (out->length != whole.length || memcmp(out->bytes, whole.bytes, whole.length) != 0)) {
		fail_msg("a refused allocation goes unnoticed: %.*s", (int)out->length, out->bytes);
	}
	cpc_buffer_free(out);
}

/*
 * Run it whole, then with the first allocation refused, then the second, until none
 * was. Success is fine where nothing is missing (jansson can do without some).
 */
static inline size_t fail_each(const char *what, enum cpc_status (*run)(void), enum cpc_status tolerated)
{
	atomic_store(&failed, false);
	assert_int_equal(run(), CPC_OK);
	for (size_t n = 0;; n++) {
		enum cpc_status status;

		arm((long)n);
		status = run();
		if (!disarm()) {
			assert_int_equal(status, CPC_OK);
			printf("%s: %zu allocations\n", what, n);
			return n;
		}
		if (status != CPC_INTERNAL && status != tolerated && status != CPC_OK)
			fail_msg("%s, allocation %zu refused: status %d", what, n, (int)status);
		assert_true(n < 100000);
	}
}

#endif
