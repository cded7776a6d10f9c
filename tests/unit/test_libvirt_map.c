/* SPDX-License-Identifier: MIT */
/* libvirt's CPU map, as it is and as nobody should write it. */
#include "small_map.h"

#include <cpucompat/buffer.h>

static struct cpc_error error;

static const struct cpc_map_bit *bit_named(const struct cpc_cpu_map *map, const char *name)
{
	size_t index = 0;

	if (!cpc_map_bit_named(map, name, &index))
		fail_msg("no bit %s", name);
	return &map->bits[index];
}

static void test_small_map(void **state)
{
	struct cpc_cpu_map map;
	const struct cpc_map_model *model;
	const struct cpc_map_bit *bit;

	(void)state;
	open_small_map(&map);
	assert_int_equal(map.vendor_count, 2);
	assert_string_equal(map.vendors[1].id, "AuthenticAMD");
	assert_int_equal(map.bit_count, 13);
	assert_int_equal(map.model_count, 5);
	bit = bit_named(&map, "avx2");
	assert_true(bit->placed && bit->leaf == 7 && !bit->subleaf && bit->place == CPC_PLACE_EBX && bit->bit == 5);
	bit = bit_named(&map, "rdctl-no");
	assert_true(bit->placed && bit->leaf == 0x10a && bit->place == CPC_PLACE_MSR_LO && !bit->bit);
	bit = bit_named(&map, "vmx-ins-outs");
	assert_true(bit->placed && bit->leaf == 0x480 && bit->place == CPC_PLACE_MSR_HI && bit->bit == 22);
	model = model_named(&map, "Old");
	assert_int_equal(model->vendor, 1);
	assert_int_equal(model->signature_count, 2);
	assert_int_equal(model->signatures[0].stepping_hi, UINT32_MAX);
	assert_int_equal(model->signatures[1].stepping_lo, 0);
	assert_int_equal(model->signatures[1].stepping_hi, 4);
	cpc_cpu_map_free(&map);
}

static void test_inheritance(void **state)
{
	struct cpc_cpu_map map;
	const struct cpc_map_model *model;

	(void)state;
	open_small_map(&map);
	model = model_named(&map, "New");
	assert_int_equal(model->vendor, 1);
	assert_false(model->not_guests);
	assert_int_equal(model->signature_count, 1);
	assert_int_equal(model->signatures[0].model, 106);
	assert_true(model_has(&map, "New", "ssse3") && model_has(&map, "New", "avx2"));
	assert_false(model_has(&map, "New", "intel-pt") || model_has(&map, "Old", "avx2"));
	/* An alias inherits all, but whom it is for. */
	model = model_named(&map, "New-v1");
	assert_true(model->not_guests);
	assert_int_equal(model->signatures[0].model, 106);
	assert_memory_equal(&model->has, &model_named(&map, "New")->has, sizeof(model->has));
	assert_memory_equal(&model->removed, &model_named(&map, "New")->removed, sizeof(model->removed));
	cpc_cpu_map_free(&map);
}

static void test_index(void **state)
{
	static const char index[] = "<cpus>\n<arch name='x86'>\n<include filename='x86_vendors.xml'/>\n"
				    "<group name='any'><include filename='x86_486.xml'/></group>\n"
				    "<vendor name='Intel' string='GenuineIntel'/>\n</arch>\n"
				    "<arch name='arm'><include filename='../../etc/passwd'/>"
				    "<vendor name='Intel' string='short'/><arch name='x86'/></arch>\n</cpus>\n";
	struct cpc_map_files files = { 0 };
	struct cpc_cpu_map map = { 0 };

	(void)state;
	assert_int_equal(read_map_bytes(index, sizeof(index) - 1, &map, &files, &error), CPC_OK);
	assert_int_equal(files.count, 2);
	assert_string_equal(files.names[0], "x86_vendors.xml");
	assert_string_equal(files.names[1], "x86_486.xml");
	assert_int_equal(map.vendor_count, 1);
	cpc_map_files_free(&files);
	cpc_map_files_free(&files);
	cpc_map_files_free(NULL);
	cpc_cpu_map_free(&map);
}

static void refuses(const char *text, bool index, size_t line, const char *word)
{
	struct cpc_map_files files = { 0 };
	struct cpc_cpu_map map = { 0 };
	const enum cpc_status status = read_map_bytes(text, strlen(text), &map, index ? &files : NULL, &error);

	if (status != CPC_BAD_DATA)
		fail_msg("%s: status %d", text, (int)status);
	if (error.line != line || !strstr(error.what, word))
		fail_msg("%s: line %zu, \"%s\" lacks \"%s\"", text, error.line, error.what, word);
	cpc_map_files_free(&files);
	cpc_cpu_map_free(&map);
}

static void test_bad_index(void **state)
{
	(void)state;
	refuses("<cpus>\n<include filename='a.xml'/></cpus>", false, 2, "only the index");
	refuses("<cpus>\n<include/></cpus>", true, 2, "not the name");
	refuses("<cpus>\n<include filename=''/></cpus>", true, 2, "not the name");
	refuses("<cpus>\n<include filename='..'/></cpus>", true, 2, "not the name");
	refuses("<cpus>\n<include filename='/etc/passwd'/></cpus>", true, 2, "/etc/passwd");
	refuses("<cpus>\n<include filename='a/b.xml'/></cpus>", true, 2, "not the name");
	refuses("<cpus>\n<include filename='.hidden'/></cpus>", true, 2, "not the name");
	refuses("<domain/>", true, 1, "domain");
	refuses("", true, 1, "XML");
	refuses("<cpus>", true, 1, "XML");
	refuses("<!DOCTYPE cpus [<!ENTITY a 'b'>]><cpus/>", true, 1, "DOCTYPE");
}

static void test_bad_entries(void **state)
{
	(void)state;
	refuses("<cpus>\n<vendor name='Intel'/></cpus>", false, 2, "12 bytes");
	refuses("<cpus>\n<vendor name='I' string='GenuineIntelX'/></cpus>", false, 2, "12 bytes");
	refuses("<cpus>\n<feature/></cpus>", false, 2, "plain word");
	refuses("<cpus>\n<feature name='a b'/></cpus>", false, 2, "a b");
	refuses("<cpus>\n<feature name='a&lt;'/></cpus>", false, 2, "plain word");
	refuses("<cpus><feature name='a'/>\n<feature name='a'/></cpus>", false, 2, "second time");
	refuses("<cpus><feature name='a'>\n<cpuid eax_in='-1' eax='1'/></feature></cpus>", false, 2, "-1");
	refuses("<cpus><feature name='a'>\n<cpuid eax_in=' 1' eax='1'/></feature></cpus>", false, 2, "number");
	refuses("<cpus><feature name='a'>\n<cpuid eax_in='0x' eax='1'/></feature></cpus>", false, 2, "number");
	refuses("<cpus><feature name='a'>\n<cpuid eax_in='1' eax='0x100000000'/></feature></cpus>", false, 2, "number");
	refuses("<cpus><feature name='a'>\n<cpuid eax_in='1' eax='99999999999999999999999'/></feature></cpus>", false,
		2, "number");
	refuses("<cpus><feature name='a'>\n<msr index='0x10a' eax='1z'/></feature></cpus>", false, 2, "1z");
	refuses("<cpus>\n<model/></cpus>", false, 2, "plain word");
	refuses("<cpus>\n<model name='a'><vendor name='no'/></model></cpus>", false, 2, "\"no\"");
	refuses("<cpus>\n<model name='a'><feature name='no'/></model></cpus>", false, 2, "\"no\"");
	refuses("<cpus>\n<model name='a'><feature/></model></cpus>", false, 2, "feature");
	refuses("<cpus>\n<model name='a'><signature family='six'/></model></cpus>", false, 2, "six");
	refuses("<cpus>\n<model name='a'><signature family='6' model='1' stepping='1-'/></model></cpus>", false, 2,
		"1-");
	refuses("<cpus>\n<model name='a'><signature stepping='00000000000000000001'/></model></cpus>", false, 2,
		"steppings");
	refuses("<cpus><model name='a'/>\n<model name='a'/></cpus>", false, 2, "second time");
}

/* A model is made of what came before it: of itself, or of one that follows, it cannot be. */
static void test_loops(void **state)
{
	(void)state;
	refuses("<cpus>\n<model name='a'><model name='a'/></model></cpus>", false, 2, "\"a\"");
	refuses("<cpus>\n<model name='a'><model name='b'/></model><model name='b'><model name='a'/></model></cpus>",
		false, 2, "\"b\"");
	refuses("<cpus>\n<model name='a'><model name=''/></model></cpus>", false, 2, "before it");
}

/* More than one bit, or none: a name without a place, which nothing can be compared with. */
static void test_places(void **state)
{
	static const char text[] = "<cpus><feature name='none'/>"
				   "<feature name='two'><cpuid eax_in='1' eax='3'/></feature>"
				   "<feature name='both'><cpuid eax_in='1' eax='1'/><msr index='1' eax='1'/></feature>"
				   "<feature name='inner'><other><cpuid eax_in='1' edx='1'/></other></feature>"
				   "<feature name='last'><msr index='7'/><cpuid eax_in='1' edx='0x80000000'/></feature>"
				   "</cpus>";
	struct cpc_cpu_map map = { 0 };

	(void)state;
	assert_int_equal(read_map_bytes(text, sizeof(text) - 1, &map, NULL, &error), CPC_OK);
	assert_false(bit_named(&map, "none")->placed);
	assert_false(bit_named(&map, "two")->placed);
	assert_false(bit_named(&map, "both")->placed);
	assert_false(bit_named(&map, "inner")->placed);
	assert_true(bit_named(&map, "last")->placed);
	assert_int_equal(bit_named(&map, "last")->bit, 31);
	cpc_cpu_map_free(&map);
}

static void test_too_much(void **state)
{
	struct cpc_buffer text = { 0 };

	(void)state;
	cpc_buffer_puts(&text, "<cpus>\n");
	for (unsigned int i = 0; i <= CPC_MAP_FILES_MAX; i++)
		cpc_buffer_printf(&text, "<include filename='f%u'/>", i);
	cpc_buffer_puts(&text, "</cpus>");
	refuses(text.bytes, true, 2, "more files");
	cpc_buffer_free(&text);

	cpc_buffer_puts(&text, "<cpus>\n");
	for (unsigned int i = 0; i <= CPC_MAP_MODELS_MAX; i++)
		cpc_buffer_printf(&text, "<model name='m%u'>%s%.0u</model>", i, i ? "<model name='m0'/>" : "", i);
	cpc_buffer_puts(&text, "</cpus>");
	refuses(text.bytes, false, 2, "more models");
	cpc_buffer_free(&text);

	cpc_buffer_puts(&text, "<cpus>\n<model name='a'>");
	for (unsigned int i = 0; i <= CPC_MAP_SIGNATURES_MAX; i++)
		cpc_buffer_puts(&text, "<signature family='6' model='1'/>");
	cpc_buffer_puts(&text, "</model></cpus>");
	refuses(text.bytes, false, 2, "more signatures");
	cpc_buffer_free(&text);

	for (size_t i = 0; i <= CPC_MAP_FILE_MAX; i++)
		cpc_buffer_puts(&text, " ");
	refuses(text.bytes, false, 0, "larger");
	cpc_buffer_free(&text);
}

/* What libvirt may say one day, and what it says of other things, is passed over. */
static void test_strangers(void **state)
{
	static const char text[] = "<cpus later='yes'><news><feature name='a' new='1'><x/><cpuid eax_in='0x1' "
				   "ecx='1'/></feature></news>"
				   "<model name='m'><blockers/><check partial='compat'/><feature name='a' added='yes'>"
				   "<model name='x'/></feature></model></cpus>";
	struct cpc_cpu_map map = { 0 };

	(void)state;
	assert_int_equal(read_map_bytes(text, sizeof(text) - 1, &map, NULL, &error), CPC_OK);
	assert_int_equal(map.bit_count, 1);
	assert_true(model_has(&map, "m", "a"));
	cpc_cpu_map_free(&map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_small_map), cmocka_unit_test(test_inheritance), cmocka_unit_test(test_index),
		cmocka_unit_test(test_bad_index), cmocka_unit_test(test_bad_entries), cmocka_unit_test(test_loops),
		cmocka_unit_test(test_places),	  cmocka_unit_test(test_too_much),    cmocka_unit_test(test_strangers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
