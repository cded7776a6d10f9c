/* SPDX-License-Identifier: MIT */
/* The door to libexpat: elements in order, one clear line for everything that is not to be read. */
#include "support.h"

#include "xml.h"

/* Everything that a document said, as one text: "<a x=1>@1", "</a>@2". */
static char said[1024];
static struct cpc_error error;

static void say(const char *format, const char *text, size_t line)
{
	const size_t length = strlen(said);

	(void)snprintf(said + length, sizeof(said) - length, format, text, line);
}

static enum cpc_status hear_start(void *context, const char *name, const char *const *attributes, size_t line,
				  struct cpc_error *reterr)
{
	const char *x = cpc_xml_attribute(attributes, "x");
	const char *refused = context;

	if (refused && strcmp(name, refused) == 0)
		return cpc_fail(reterr, CPC_DENIED, line, "no %s here", name);
	say("<%s", name, 0);
	if (x)
		say(" x=%s", x, 0);
	say("%s@%zu", ">", line);
	return CPC_OK;
}

static enum cpc_status hear_end(void *context, const char *name, size_t line, struct cpc_error *reterr)
{
	const char *refused = context;

	if (refused && *refused == '/' && strcmp(name, refused + 1) == 0)
		return cpc_fail(reterr, CPC_DENIED, line, "no end of %s here", name);
	say("</%s>@%zu", name, line);
	return CPC_OK;
}

static enum cpc_status walk(const char *bytes, size_t length, const char *refused)
{
	const struct cpc_xml_handler handler = { (void *)(uintptr_t)refused, hear_start, hear_end };
	char *copy = malloc(length ? length : 1);
	enum cpc_status status;

	/* A copy of just that length, so that a sanitizer sees every step too far. */
	assert_non_null(copy);
	memcpy(copy, bytes, length);
	said[0] = '\0';
	error = (struct cpc_error){ 0 };
	status = cpc_xml_read(copy, length, &handler, &error);
	free(copy);
	assert_int_equal(error.status, status);
	return status;
}

static void refuses(const char *bytes, size_t length, size_t line, const char *word)
{
	assert_int_equal(walk(bytes, length, NULL), CPC_BAD_DATA);
	assert_int_equal(error.line, line);
	if (!strstr(error.what, word))
		fail_msg("\"%s\" lacks \"%s\"", error.what, word);
}

static void refuses_text(const char *text, size_t line, const char *word)
{
	refuses(text, strlen(text), line, word);
}

static void elements_in_order(void **state)
{
	static const char text[] = "<?xml version='1.0'?>\n<!-- what\nthis is -->\n<a>\n text <b y='2' x='1'/>\n"
				   "<c x='&lt;&#65;'>\n</c></a>\n<!-- end -->\n";

	(void)state;
	assert_int_equal(walk(text, sizeof(text) - 1, NULL), CPC_OK);
	assert_string_equal(said, "<a>@4<b x=1>@5</b>@5<c x=<A>@6</c>@7</a>@7");
}

static void handlers_may_be_missing(void **state)
{
	const struct cpc_xml_handler none = { NULL, NULL, NULL };

	(void)state;
	assert_int_equal(cpc_xml_read("<a><b/></a>", 11, &none, NULL), CPC_OK);
	assert_int_equal(cpc_xml_read("<a><b/>", 7, &none, NULL), CPC_BAD_DATA);
}

static void a_handler_ends_the_reading(void **state)
{
	static const char text[] = "<a>\n<b/>\n<c/></a>";

	(void)state;
	assert_int_equal(walk(text, sizeof(text) - 1, "b"), CPC_DENIED);
	assert_int_equal(error.line, 2);
	assert_string_equal(error.what, "no b here");
	assert_string_equal(said, "<a>@1");
	assert_int_equal(walk(text, sizeof(text) - 1, "/b"), CPC_DENIED);
	assert_string_equal(error.what, "no end of b here");
	assert_string_equal(said, "<a>@1<b>@2");
	/* What is wrong after it is not looked at. */
	assert_int_equal(walk("<a><b></a>", 10, "b"), CPC_DENIED);
}

static void what_is_not_xml(void **state)
{
	(void)state;
	refuses_text("", 1, "no element");
	refuses_text("hello", 1, "not valid XML");
	refuses_text("<a>\n<b>\n</a>", 3, "mismatched");
	refuses_text("<a>\n<b x='1", 2, "unclosed");
	refuses_text("<a x='1' x='2'/>", 1, "duplicate");
	refuses_text("<a/>\n<b/>", 2, "junk");
	refuses_text("<a>&b;</a>", 1, "undefined entity");
	refuses_text("<a>\xff</a>", 1, "not valid XML");
	refuses_text("<?xml version='1.0' encoding='klingon'?><a/>", 1, "unknown encoding");
	refuses("<a>\0</a>", 8, 1, "not valid XML");
}

static void every_cut_is_seen(void **state)
{
	static const char text[] = "<?xml version='1.0'?>\n<!-- c -->\n<a x='1'>\n<b y=\"2\"/>t&amp;</a>";

	(void)state;
	for (size_t length = 0; length < sizeof(text) - 1; length++)
		assert_int_equal(walk(text, length, NULL), CPC_BAD_DATA);
	assert_int_equal(walk(text, sizeof(text) - 1, NULL), CPC_OK);
}

static void no_dtd(void **state)
{
	(void)state;
	refuses_text("<!DOCTYPE a><a/>", 1, "DOCTYPE");
	refuses_text("\n<!DOCTYPE a SYSTEM 'file:///etc/passwd'>\n<a/>", 2, "DOCTYPE");
	refuses_text("<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>", 1, "DOCTYPE");
	/* A billion laughs. */
	refuses_text("<!DOCTYPE a [<!ENTITY b 'ha'><!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;'>"
		     "<!ENTITY d '&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;'><!ENTITY e '&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;'>"
		     "<!ENTITY f '&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;'>]><a>&f;&f;&f;</a>",
		     1, "DOCTYPE");
	assert_string_equal(said, "");
}

static void depth_is_bounded(void **state)
{
	const size_t depth = 1000000;
	char *bytes = malloc(depth * 7);

	(void)state;
	assert_non_null(bytes);
	for (size_t i = 0; i < depth; i++) {
		memcpy(bytes + 3 * i, "<a>", 3);
		memcpy(bytes + 3 * depth + 4 * i, "</a>", 4);
	}
	refuses(bytes, depth * 7, 1, "within each other");
	/* The deepest that is read. */
	memmove(bytes + 3 * CPC_XML_DEPTH_MAX, bytes + 3 * depth, 4 * CPC_XML_DEPTH_MAX);
	assert_int_equal(walk(bytes, 7 * CPC_XML_DEPTH_MAX, NULL), CPC_OK);
	free(bytes);
}

static void size_is_bounded(void **state)
{
	const size_t length = (size_t)CPC_XML_MAX + 1;
	char *bytes = malloc(length);

	(void)state;
	assert_non_null(bytes);
	memset(bytes, 'x', length);
	memcpy(bytes, "<a x='", 6);
	refuses(bytes, length, 0, "16 MiB");
	/* One attribute, one name, one text, as long as a document may be. */
	refuses(bytes, length - 1, 1, "unclosed");
	memcpy(bytes, "<axxx>", 6);
	refuses(bytes, length - 1, 1, "no element found");
	memcpy(bytes, "<axxxx", 6);
	refuses(bytes, length - 1, 1, "unclosed");
	free(bytes);
}

static void many_attributes(void **state)
{
	enum { COUNT_OF = 100000 };
	char *bytes = malloc(16 * (size_t)COUNT_OF);
	size_t length = 2;

	(void)state;
	assert_non_null(bytes);
	memcpy(bytes, "<a", 2);
	for (int i = 0; i < COUNT_OF; i++)
		length += (size_t)sprintf(bytes + length, " n%d=''", i);
	length += (size_t)sprintf(bytes + length, " x='last'/>");
	assert_int_equal(walk(bytes, length, NULL), CPC_OK);
	assert_string_equal(said, "<a x=last>@1</a>@1");
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(elements_in_order),
		cmocka_unit_test(handlers_may_be_missing),
		cmocka_unit_test(a_handler_ends_the_reading),
		cmocka_unit_test(what_is_not_xml),
		cmocka_unit_test(every_cut_is_seen),
		cmocka_unit_test(no_dtd),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(size_is_bounded),
		cmocka_unit_test(many_attributes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
