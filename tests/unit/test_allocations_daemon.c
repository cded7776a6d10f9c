/* SPDX-License-Identifier: MIT */
/* Fail every allocation once, in turn, of what the agent reads: its settings, and what its peers tell. */
#include "refuse.h"

#include <jansson.h>
#include <unistd.h>

#include "peer_config.h"
#include "peer_host.h"
#include "render.h"
#include "settings.h"

/* Settings are read from a file, and then again from another that says more. A refusal leaves them as they were. */
static enum cpc_status read_settings(void)
{
	char path[] = "/tmp/cpc-settings-XXXXXX";
	char *argv[] = { (char *)"cpucompatd", (char *)"--config", path, NULL };
	const int file = mkstemp(path);
	struct cpc_settings settings = { .listen = { .count = 0 } };
	enum cpc_command_line command;
	struct cpc_error error;

	assert_true(file >= 0);
	assert_true(dprintf(file, "replay = a\nlisten = 127.0.0.1:1\nlisten = 127.0.0.1:2\n") > 0);
	const enum cpc_status status = cpc_settings_load(3, argv, &settings, &command, &error);
	if (!status) {
		assert_true(dprintf(file, "\n# and more\n\n") > 0);
		assert_int_equal(pwrite(file, "replay = b\n", 11, 0), 11);
		const bool had_failed = failed;
		cpc_settings_reload(&settings);
		assert_string_equal(settings.replay, failed && !had_failed ? "a" : "b");
		assert_int_equal(settings.listen.count, 2);
	}
	cpc_settings_free(&settings);
	close(file);
	unlink(path);
	return status;
}

static void test_settings(void **state)
{
	(void)state;
	assert_true(fail_each("settings", read_settings, CPC_INTERNAL) > 10);
}

/* A peer's answer, from its bytes to the document and the page that show it. */
static const char peer_report[] =
	"{\"schema\":\"cpucompat/report/1\",\"host\":{\"name\":\"db01\"},"
	"\"leaves\":{\"cpuid\":[[\"0x0\",\"0x0\",\"0x1\",\"0x756e6547\",\"0x6c65746e\",\"0x49656e69\"]],"
	"\"kvm\":[[\"0x0\",\"0x0\",\"0x1\",\"0x756e6547\",\"0x6c65746e\",\"0x49656e69\"]]}}";

static enum cpc_status show_peer(void)
{
	const struct cpc_policy *kvm = cpc_policy_named("kvm");
	struct cpc_peer peer = { .name = "db01", .address = "http://db01", .state = CPC_PEER_UP };
	const struct cpc_peers peers = { .policy = kvm, .items = &peer, .count = 1 };
	struct cpc_capture capture = { .origin = CPC_ORIGIN_FINGERPRINT };
	struct cpc_buffer out = { .length = 0 };
	struct cpc_report self;

	capture.fingerprint = parsed("cpc1:GenuineIntel:6.26.5:98a201-fcbf9ff:pa=40,la=48,clf=64");
	cpc_report_of(&capture, &self);
	const struct cpc_published published = { .report = &self, .peers = &peers };
	enum cpc_status status = cpc_peer_host_read(peer_report, strlen(peer_report), &peer.host, NULL);
	if (!status)
		status = cpc_peer_relate(&self, peer.host, kvm, &peer.relation, NULL);
	if (!status)
		status = cpc_render_page(&published, &out, NULL);
	if (!status)
		status = cpc_render_peers(&published, &out, NULL);
	if (!status)
		status = cpc_render_targets(&published, &out, NULL);
	if (!status)
		status = cpc_render_openmetrics(&published, &out, NULL);
	keep_output(&out, status);
	cpc_peer_host_free(peer.host);
	return status;
}

static enum cpc_status configure_peers(void)
{
	char *items[] = { (char *)"a http://127.0.0.1:1", (char *)"b unix:/run/x token-file=/proc/self/comm" };
	const struct cpc_settings settings = { .peer = { .items = items, .count = 2 },
					       .peer_ca = (char *)"/proc/self/comm",
					       .peer_token = (char *)"/proc/self/comm" };
	struct cpc_peer_config config = { .count = 0 };
	enum cpc_status status = cpc_peer_names_check(&settings, NULL);

	if (!status)
		status = cpc_peer_config_read(&settings, &config, NULL);
	if (!status)
		assert_int_equal(config.count, 2);
	cpc_peer_config_free(&config);
	return status;
}

static void test_peers(void **state)
{
	(void)state;
	assert_true(fail_each("a peer", show_peer, CPC_BAD_DATA) > 100);
	assert_true(fail_each("peers' settings", configure_peers, CPC_INTERNAL) > 5);
}

static int setup(void **state)
{
	(void)state;
	json_set_alloc_funcs(hook_malloc, free);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	cpc_buffer_free(&whole);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_settings),
		cmocka_unit_test(test_peers),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
