/* SPDX-License-Identifier: MIT */
/* Who may ask: rows of tokens, the header that carries one, and what is public by which way in. */
#include "support.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cpucompat/buffer.h>

#include "access.h"
#include "secret.h"

static void hex_of(const char *token, char ret_hex[static 2 * CPC_DIGEST_SIZE + 1])
{
	unsigned char digest[CPC_DIGEST_SIZE];

	cpc_digest(token, strlen(token), digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(ret_hex + 2 * i, 3, "%02x", digest[i]);
}

/* FIPS 180-4's own example, so that the digest in the file is what sha256sum prints. */
static void digests_as_sha256sum_does(void **state)
{
	char hex[2 * CPC_DIGEST_SIZE + 1];

	(void)state;
	hex_of("abc", hex);
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void finds_each_token(void **state)
{
	static const char *const given[] = { "one", "two", "three", "two-again" };
	struct cpc_tokens tokens;
	struct cpc_buffer text = { .length = 0 };
	char hex[2 * CPC_DIGEST_SIZE + 1];

	(void)state;
	cpc_buffer_puts(&text, "# who may ask\r\n\n");
	for (size_t i = 0; i < COUNT(given); i++) {
		hex_of(given[i], hex);
		cpc_buffer_printf(&text, "  %.5s \t sha256:%s \r\n", given[i], hex);
	}
	assert_int_equal(cpc_tokens_parse(text.bytes, text.length, &tokens, NULL), CPC_OK);
	assert_int_equal(tokens.count, COUNT(given));
	for (size_t i = 0; i < COUNT(given); i++)
		assert_ptr_equal(cpc_tokens_find(&tokens, given[i], strlen(given[i])), &tokens.items[i]);
	assert_string_equal(tokens.items[3].name, "two-a");
	assert_null(cpc_tokens_find(&tokens, "four", 4));
	assert_null(cpc_tokens_find(&tokens, "one", 2));
	assert_null(cpc_tokens_find(&tokens, "", 0));
	cpc_tokens_free(&tokens);
	cpc_buffer_free(&text);
	assert_null(cpc_tokens_find(&tokens, "one", 3));
}

/* One bit in any byte of the digest makes it another token. */
static void compares_every_byte(void **state)
{
	struct cpc_tokens tokens = { .count = 2 };
	struct cpc_token rows[2] = { { .name = "a" }, { .name = "b" } };

	(void)state;
	tokens.items = rows;
	cpc_digest("token", 5, rows[0].digest);
	cpc_digest("token", 5, rows[1].digest);
	rows[0].digest[0] ^= 1;
	assert_ptr_equal(cpc_tokens_find(&tokens, "token", 5), &rows[1]);
	for (size_t i = 0; i < CPC_DIGEST_SIZE; i++)
		for (unsigned int bit = 0; bit < 8; bit++) {
			rows[1].digest[i] ^= (unsigned char)(1U << bit);
			assert_null(cpc_tokens_find(&tokens, "token", 5));
			rows[1].digest[i] ^= (unsigned char)(1U << bit);
		}
}

static void refuses_bad_rows(void **state)
{
	static const char hex[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
	static const struct {
		const char *head;
		int digits; /* of hex, between both */
		const char *tail;
	} rows[] = {
		{ "ops", 0, "" },
		{ "ops ", 64, "" },
		{ "ops sha256:", 0, "" },
		{ "ops sha512:", 64, "" },
		{ "ops sha256:", 64, "0" },
		{ "ops sha256:", 62, "" },
		{ "ops sha256:", 63, "g" },
		{ "ops sha256:", 64, " more" },
		{ "sha256:", 64, "" },
		{ "two words sha256:", 64, "" },
		{ "n/a sha256:", 64, "" },
		{ "0123456789012345678901234567890123456789012345678901234567890123 sha256:", 64, "" },
		{ "ops=sha256:", 64, "" },
		{ "my-secret-token", 0, "" },
	};
	struct cpc_tokens tokens;
	struct cpc_error error;
	char text[512];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		snprintf(text, sizeof(text), "a sha256:%s\n\n%s%.*s%s", hex, rows[i].head, rows[i].digits, hex,
			 rows[i].tail);
		assert_int_equal(cpc_tokens_parse(text, strlen(text), &tokens, &error), CPC_BAD_DATA);
		assert_int_equal(error.line, 3);
		/* Somebody may have put the token itself there. */
		assert_null(strstr(error.what, "secret"));
	}
	assert_int_equal(cpc_tokens_parse("a\0b sha256:", 11, &tokens, &error), CPC_BAD_DATA);
	assert_int_equal(cpc_tokens_parse("", 0, &tokens, &error), CPC_OK);
	assert_int_equal(tokens.count, 0);
	cpc_tokens_free(&tokens);
}

static void bounds_the_rows(void **state)
{
	struct cpc_buffer text = { .length = 0 };
	struct cpc_tokens tokens;
	struct cpc_error error;

	(void)state;
	for (size_t i = 0; i < CPC_TOKENS_MAX; i++)
		cpc_buffer_printf(&text, "n%zu sha256:%064zx\n", i, i);
	assert_int_equal(cpc_tokens_parse(text.bytes, text.length, &tokens, &error), CPC_OK);
	assert_int_equal(tokens.count, CPC_TOKENS_MAX);
	cpc_tokens_free(&tokens);
	cpc_buffer_printf(&text, "one-more sha256:%064x\n", 1U);
	assert_int_equal(cpc_tokens_parse(text.bytes, text.length, &tokens, &error), CPC_BAD_DATA);
	assert_int_equal(error.line, CPC_TOKENS_MAX + 1);
	cpc_buffer_free(&text);
}

static void reads_the_header(void **state)
{
	static const struct {
		const char *value;
		const char *token; /* NULL: refused */
	} rows[] = {
		{ "Bearer abc", "abc" },
		{ "bearer abc", "abc" },
		{ "BEARER   abc", "abc" },
		{ "Bearer a-b.c_d~e+f/g==", "a-b.c_d~e+f/g==" },
		{ "Bearer", NULL },
		{ "Bearer ", NULL },
		{ "Bearer  ", NULL },
		{ "Bearerabc", NULL },
		{ "Bearer\tabc", NULL },
		{ "Bearer abc def", NULL },
		{ "Bearer abc,", NULL },
		{ "Bearer \"abc\"", NULL },
		{ "Basic b3BzOmFiYw==", NULL },
		{ " Bearer abc", NULL },
		{ "", NULL },
	};
	char many[CPC_TOKEN_MAX + 16] = "Bearer ";
	const char *token;
	size_t length;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		token = cpc_bearer_token(rows[i].value, strlen(rows[i].value), &length);
		assert_int_equal(token != NULL, rows[i].token != NULL);
		if (token) {
			assert_int_equal(length, strlen(rows[i].token));
			assert_memory_equal(token, rows[i].token, length);
		}
	}
	assert_null(cpc_bearer_token("Bearer a\0b", 10, &length));
	memset(many + 7, 'a', CPC_TOKEN_MAX);
	assert_non_null(cpc_bearer_token(many, 7 + CPC_TOKEN_MAX, &length));
	many[7 + CPC_TOKEN_MAX] = 'a';
	assert_null(cpc_bearer_token(many, 7 + CPC_TOKEN_MAX + 1, &length));
}

/* A file of these bytes with this mode; its name. */
static const char *make_file(const char *text, unsigned int mode)
{
	static char path[64];

	snprintf(path, sizeof(path), "/tmp/cpc-access-XXXXXX");
	const int descriptor = mkstemp(path);
	assert_true(descriptor >= 0);
	assert_int_equal(write(descriptor, text, strlen(text)), strlen(text));
	assert_int_equal(fchmod(descriptor, mode), 0);
	close(descriptor);
	return path;
}

static void decides_what_is_public(void **state)
{
	static const char *const metrics[] = { "/metrics", "/v1/fingerprint" };
	static const char *const all[] = { "all" };
	static const char *const none[] = { "none" };
	static const char *const nothing[] = { "/metrics", "/nothing" };
	const char *path = make_file("", 0600);
	const struct {
		struct cpc_serving serving;
		bool near_report, near_health, near_unknown, far_report, far_health, far_metrics, far_unknown;
	} rows[] = {
		{ { .tokens = NULL }, true, true, true, true, true, true, true },
		{ { .tokens = path }, true, true, true, false, true, false, false },
		{ { .tls_client_ca = "x" }, true, true, true, false, true, false, false },
		{ { .tokens = path, .public = metrics, .public_count = 2 },
		  false,
		  false,
		  false,
		  false,
		  false,
		  true,
		  false },
		{ { .tokens = path, .public = all, .public_count = 1 }, true, true, true, true, true, true, true },
		{ { .public = none, .public_count = 1 }, false, false, false, false, false, false, false },
	};
	const struct cpc_serving bad = { .public = nothing, .public_count = 2 };
	struct cpc_access *access = NULL;
	struct cpc_error error;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(cpc_access_make(&rows[i].serving, &access, &error), CPC_OK);
		assert_int_equal(cpc_access_is_public(access, true, "/v1/report"), rows[i].near_report);
		assert_int_equal(cpc_access_is_public(access, true, "/healthz"), rows[i].near_health);
		assert_int_equal(cpc_access_is_public(access, true, "/unknown"), rows[i].near_unknown);
		assert_int_equal(cpc_access_is_public(access, false, "/v1/report"), rows[i].far_report);
		assert_int_equal(cpc_access_is_public(access, false, "/healthz"), rows[i].far_health);
		assert_int_equal(cpc_access_is_public(access, false, "/metrics"), rows[i].far_metrics);
		assert_int_equal(cpc_access_is_public(access, false, "/healthz/"), rows[i].far_unknown);
		cpc_access_release(access);
	}
	access = NULL;
	assert_int_equal(cpc_access_make(&bad, &access, &error), CPC_USAGE);
	assert_non_null(strstr(error.what, "/nothing"));
	assert_null(access);
	unlink(path);
}

static void reads_files_within_bounds(void **state)
{
	struct cpc_secret file = { .length = 0 };
	struct cpc_error error;
	const char *path = make_file("abc", 0604);

	(void)state;
	assert_int_equal(cpc_secret_read("tokens", path, &file, &error), CPC_OK);
	assert_int_equal(file.length, 3);
	assert_string_equal(file.bytes, "abc");
	assert_true(file.open_to_all);
	cpc_secret_forget(&file);
	assert_null(file.bytes);
	assert_int_equal(truncate(path, CPC_SECRET_MAX), 0);
	assert_int_equal(cpc_secret_read("tokens", path, &file, &error), CPC_OK);
	assert_int_equal(file.length, CPC_SECRET_MAX);
	cpc_secret_forget(&file);
	assert_int_equal(truncate(path, CPC_SECRET_MAX + 1), 0);
	assert_int_equal(cpc_secret_read("tokens", path, &file, &error), CPC_BAD_DATA);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(cpc_secret_read("tokens", path, &file, &error), CPC_NO_INPUT);
	assert_int_equal(cpc_secret_read("tokens", "/", &file, &error), CPC_NO_INPUT);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(cpc_secret_read("tokens", path, &file, &error), CPC_NO_INPUT);
	assert_non_null(strstr(error.what, "not a file"));
	unlink(path);
	assert_null(file.bytes);
}

static void names_the_line_of_a_bad_file(void **state)
{
	const char *path = make_file("# comment\nops the-token-itself\n", 0600);
	const struct cpc_serving serving = { .tokens = path };
	struct cpc_access *access = NULL;
	struct cpc_error error;
	char where[80];

	(void)state;
	snprintf(where, sizeof(where), "tokens %s:2: ", path);
	assert_int_equal(cpc_access_make(&serving, &access, &error), CPC_BAD_DATA);
	assert_non_null(strstr(error.what, where));
	assert_null(strstr(error.what, "itself"));
	assert_null(access);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(digests_as_sha256sum_does),
		cmocka_unit_test(finds_each_token),
		cmocka_unit_test(compares_every_byte),
		cmocka_unit_test(refuses_bad_rows),
		cmocka_unit_test(bounds_the_rows),
		cmocka_unit_test(reads_the_header),
		cmocka_unit_test(decides_what_is_public),
		cmocka_unit_test(reads_files_within_bounds),
		cmocka_unit_test(names_the_line_of_a_bad_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
