/* SPDX-License-Identifier: MIT */
/* What peers answer, from bytes to a row: what is believed, what is kept, and what a row says of it. */
#include "support.h"

#include <unistd.h>

#include <cpucompat/peer.h>

#include "peer_host.h"
#include "peer_row.h"
#include "render.h"

#define TEXT_OF(word)                                                                                                  \
	"cpc1:AuthenticAMD:25.1.1:" word                                                                               \
	"-78bf9ff-4-219c07ab-40068c-88000010-0-0-0-0-0-207-0-f-1800-4003f1-2fd3f9ff-100-"                              \
	"110ad205-0-18000265-86:pa=48,la=48,clf=64,xs=2.240.100+9.980.8+b.0.10+c.0.18,gpa=48,mbl=16,mel=34"
#define TEXT TEXT_OF("77fa3203")
#define OTHER TEXT_OF("77fa3202") /* the same without SSE3 */

static struct cpc_capture capture;
static struct cpc_report self;

static int make_self(void **state)
{
	(void)state;
	capture = (struct cpc_capture){ .origin = CPC_ORIGIN_FINGERPRINT, .fingerprint = parsed(TEXT) };
	strcpy(capture.host_name, "web01");
	cpc_report_of(&capture, &self);
	return 0;
}

static enum cpc_status read_host(const char *bytes, struct cpc_peer_host **ret_host, struct cpc_error *reterr)
{
	return cpc_peer_host_read(bytes, strlen(bytes), ret_host, reterr);
}

/* A report of a fingerprint. */
static struct cpc_peer_host *host_of(const char *text)
{
	struct cpc_peer_host *host = NULL;
	char bytes[1024];

	snprintf(bytes, sizeof(bytes),
		 "{\"schema\":\"cpucompat/report/1\",\"host\":{\"name\":\"db<01>\"},\"cpu\":{\"brand\":\"B\"},"
		 "\"fingerprints\":{\"cpuid\":{\"text\":\"%s\"}}}",
		 text);
	assert_int_equal(read_host(bytes, &host, NULL), CPC_OK);
	return host;
}

static void keeps_little_of_a_report(void **state)
{
	struct cpc_peer_host *host = host_of(TEXT);
	char id[CPC_ID_SIZE];

	(void)state;
	assert_string_equal(host->name, "db<01>");
	assert_string_equal(host->brand, "B");
	assert_string_equal(host->cpuid.text, TEXT);
	cpc_fingerprint_id(&self.fingerprint, id);
	assert_string_equal(host->cpuid.id, id);
	assert_null(host->kvm.text);
	assert_null(host->partial);
	assert_int_equal(host->signature.model, 1);
	assert_true(sizeof(*host) < 1024);
	cpc_peer_host_free(host);
}

static void believes_no_other_answer(void **state)
{
	static const struct {
		const char *bytes;
		const char *what;
	} rows[] = {
		{ "", "no report of cpucompat" },
		{ "<!DOCTYPE html><html></html>", "no report of cpucompat" },
		{ TEXT "\n", "no report of cpucompat" },
		{ "CPU 0:\n   0x00000000 0x00: eax=0x00000001 ebx=0x756e6547 ecx=0x6c65746e edx=0x49656e69\n",
		  "no report of cpucompat" },
		{ "{", "its answer is not valid JSON" },
		{ "{}", "its answer is JSON, but no report" },
		{ "{\"schema\":\"cpucompat/report/2\"}", "cpucompat/report/2" },
		{ "{\"schema\":\"cpucompat/peers/1\",\"peers\":[]}", "cpucompat/peers/1" },
		{ "{\"schema\":\"cpucompat/report/1\"}", "its report: holds neither" },
		{ "{\"schema\":\"cpucompat/report/1\",\"fingerprints\":{\"cpuid\":{\"text\":\"" TEXT
		  "\",\"id\":\"00112233445566778899aabbccddeeff\"}}}",
		  "its report: fingerprints.cpuid.id is not the id" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct cpc_peer_host *host = NULL;
		struct cpc_error error;

		assert_int_equal(read_host(rows[i].bytes, &host, &error), CPC_BAD_DATA);
		if (!strstr(error.what, rows[i].what))
			fail_msg("%s: %s", rows[i].bytes, error.what);
		assert_null(host);
	}
}

static void goes_up_and_down(void **state)
{
	const struct cpc_policy *kvm = cpc_policy_named("kvm");
	struct cpc_peer peer = { .name = "db01", .address = "http://db01", .since = 1 };
	struct cpc_peer_host *host = host_of(TEXT);

	(void)state;
	assert_true(cpc_peer_row_fail(&peer, "connection refused", 10));
	assert_int_equal(peer.state, CPC_PEER_NEVER);
	assert_int_equal(peer.since, 1);
	assert_int_equal(peer.checked_at, 10);
	assert_string_equal(peer.error, "connection refused");
	assert_false(cpc_peer_row_fail(&peer, "connection refused", 11));
	assert_int_equal(peer.checked_at, 11);

	assert_true(cpc_peer_row_answer(&peer, &host, &self, kvm, 20));
	assert_null(host);
	assert_int_equal(peer.state, CPC_PEER_UP);
	assert_int_equal(peer.since, 20);
	assert_int_equal(peer.answered_at, 20);
	assert_null(peer.error);
	assert_int_equal(peer.relation.relation, CPC_RELATION_SAME);
	assert_false(cpc_peer_row_same(&peer, 30));
	assert_int_equal(peer.since, 20);
	assert_int_equal(peer.answered_at, 30);

	assert_true(cpc_peer_row_fail(&peer, "no whole answer in time", 40));
	assert_int_equal(peer.state, CPC_PEER_DOWN);
	assert_int_equal(peer.since, 40);
	assert_int_equal(peer.answered_at, 30);
	assert_non_null(peer.host);
	assert_true(cpc_peer_row_fail(&peer, "connection refused", 41));
	assert_int_equal(peer.since, 40);

	assert_true(cpc_peer_row_same(&peer, 50));
	assert_int_equal(peer.state, CPC_PEER_UP);
	assert_int_equal(peer.since, 50);

	/* Another processor in its place, and then another here. */
	host = host_of(OTHER);
	assert_true(cpc_peer_row_answer(&peer, &host, &self, kvm, 60));
	assert_int_equal(peer.since, 50);
	assert_int_equal(peer.relation.relation, CPC_RELATION_ONE_WAY);
	struct cpc_capture moved_capture = { .origin = CPC_ORIGIN_FINGERPRINT, .fingerprint = parsed(OTHER) };
	struct cpc_report moved;
	cpc_report_of(&moved_capture, &moved);
	assert_true(cpc_peer_row_relate(&peer, &moved, kvm));
	assert_int_equal(peer.relation.relation, CPC_RELATION_SAME);
	free(peer.error);
	cpc_peer_host_free(peer.host);
}

/* The peer answers with this text; what is logged. */
static const char *logged_of(struct cpc_peer *peer, const char *text)
{
	static char logged[1024];
	struct cpc_peer_host *host = host_of(text);
	const int kept = dup(STDERR_FILENO);
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	assert_true(dup2(ends[1], STDERR_FILENO) >= 0);
	close(ends[1]);
	assert_true(cpc_peer_row_answer(peer, &host, &self, cpc_policy_named("kvm"), 1));
	assert_true(dup2(kept, STDERR_FILENO) >= 0);
	close(kept);
	const ssize_t length = read(ends[0], logged, sizeof(logged) - 1);
	close(ends[0]);
	assert_true(length >= 0);
	logged[length] = '\0';
	return logged;
}

/* Both lack what this host has, and relate to it in the same way; one is another processor than the other. */
static void tells_of_another_processor(void **state)
{
	struct cpc_peer peer = { .name = "db01" };
	char id[2][CPC_ID_SIZE];
	char line[256];

	(void)state;
	assert_string_equal(logged_of(&peer, OTHER), "<5>cpucompatd: peer db01 is up, relation one-way\n");
	memcpy(id[0], peer.host->cpuid.id, sizeof(id[0]));
	assert_string_equal(logged_of(&peer, OTHER), "");
	const char *logged = logged_of(&peer, TEXT_OF("77fa3201"));
	memcpy(id[1], peer.host->cpuid.id, sizeof(id[1]));
	assert_string_not_equal(id[0], id[1]);
	assert_int_equal(peer.relation.relation, CPC_RELATION_ONE_WAY);
	snprintf(line, sizeof(line),
		 "<5>cpucompatd: peer db01: the fingerprint of its cpuid view changed from %s to %s\n", id[0], id[1]);
	assert_string_equal(logged, line);
	cpc_peer_host_free(peer.host);
}

/* Without memory for what it told there is nothing to be the same as. */
static void needs_something_to_be_the_same_as(void **state)
{
	struct cpc_peer peer = { .name = "db01" };

	(void)state;
	assert_false(cpc_peer_row_relate(&peer, &self, &cpc_policies[0]));
	assert_true(cpc_peer_row_same(&peer, 5));
	assert_int_equal(peer.state, CPC_PEER_NEVER);
	assert_string_equal(peer.error, "out of memory");
	free(peer.error);
}

static void holds(const struct cpc_buffer *out, const char *text)
{
	if (!strstr(out->bytes, text))
		fail_msg("no '%s' in: %s", text, out->bytes);
}

static void is_shown_with_care(void **state)
{
	struct cpc_peer items[] = {
		{ .name = "<script>&\"'\\", .address = "http://a:1", .since = 1, .state = CPC_PEER_NEVER },
		{ .name = "b", .address = "https://b", .since = 2, .state = CPC_PEER_DOWN, .host = host_of(OTHER) },
		{ .name = "c", .address = "unix:/run/c", .since = 3, .state = CPC_PEER_UP, .host = host_of(TEXT) },
	};
	const struct cpc_peers peers = { .policy = cpc_policy_named("xen"), .items = items, .count = COUNT(items) };
	const struct cpc_published published = { .report = &self, .peers = &peers };
	struct cpc_buffer out = { .length = 0 };

	(void)state;
	items[0].error = strdup("<b>bold</b>");
	items[1].relation = (struct cpc_peer_relation){ CPC_RELATION_ONE_WAY, CPC_IMPOSSIBLE, CPC_MIGRATABLE };
	items[2].relation = (struct cpc_peer_relation){ CPC_RELATION_SAME, CPC_COMPATIBILITY_MODE, CPC_MIGRATABLE };
	assert_int_equal(cpc_render_page(&published, &out, NULL), CPC_OK);
	holds(&out, "&lt;script&gt;&amp;&quot;&#39;\\</bdi></th>");
	holds(&out, "&lt;b&gt;bold&lt;/b&gt;");
	holds(&out, "as it last told:</span><br>to it <span class=\"bad\"><code>x</code> does not move");
	assert_null(strstr(out.bytes, "<script"));
	cpc_buffer_free(&out);

	assert_int_equal(cpc_render_prometheus(&published, &out, NULL), CPC_OK);
	holds(&out, "cpucompat_peer_up{peer=\"<script>&\\\"'\\\\\"} 0\n");
	holds(&out, "cpucompat_peer_up{peer=\"c\"} 1\n");
	holds(&out, "cpucompat_peer_relation{peer=\"c\",policy=\"xen\",relation=\"same\"} 1\n");
	holds(&out, "cpucompat_peer_relation{peer=\"c\",policy=\"xen\",relation=\"unknown\"} 0\n");
	assert_null(strstr(out.bytes, "cpucompat_peer_relation{peer=\"b\""));
	holds(&out, "cpucompat_peer_info{peer=\"b\",address=\"https://b\"} 1\n");
	holds(&out,
	      "cpucompat_peer_verdict{peer=\"c\",policy=\"xen\",direction=\"to_peer\",verdict=\"compatibility-mode\"} "
	      "1\n"
	      "cpucompat_peer_verdict{peer=\"c\",policy=\"xen\",direction=\"from_peer\",verdict=\"migratable\"} 1\n");
	assert_null(strstr(out.bytes, "cpucompat_peer_verdict{peer=\"b\""));
	cpc_buffer_free(&out);
	assert_int_equal(cpc_render_openmetrics(&published, &out, NULL), CPC_OK);
	assert_string_equal(out.bytes + out.length - 6, "# EOF\n");
	cpc_buffer_free(&out);

	assert_int_equal(cpc_render_peers(&published, &out, NULL), CPC_OK);
	holds(&out, "\"schema\": \"cpucompat/peers/1\",\n  \"policy\": \"xen\"");
	holds(&out, "\"name\": \"<script>&\\\"'\\\\\"");
	holds(&out, "\"since\": \"1970-01-01T00:00:01Z\"");
	holds(&out, "\"relation\": null,\n      \"to_peer\": null,\n      \"from_peer\": null,\n      \"last\": {");
	cpc_buffer_free(&out);

	assert_int_equal(cpc_render_targets(&published, &out, NULL), CPC_OK);
	holds(&out, "\"a:1\"");
	holds(&out, "\"__scheme__\": \"https\"");
	assert_null(strstr(out.bytes, "/run/c"));
	cpc_buffer_free(&out);
	for (size_t i = 0; i < COUNT(items); i++) {
		free(items[i].error);
		cpc_peer_host_free(items[i].host);
	}
}

/* Without peers there is nothing about them but an empty list. */
static void is_silent_without_peers(void **state)
{
	const struct cpc_published published = { .report = &self };
	struct cpc_buffer out = { .length = 0 };

	(void)state;
	assert_int_equal(cpc_render_page(&published, &out, NULL), CPC_OK);
	assert_null(strstr(out.bytes, "<h2>Peers"));
	cpc_buffer_free(&out);
	assert_int_equal(cpc_render_prometheus(&published, &out, NULL), CPC_OK);
	assert_null(strstr(out.bytes, "peer"));
	cpc_buffer_free(&out);
	assert_int_equal(cpc_render_peers(&published, &out, NULL), CPC_OK);
	holds(&out, "\"peers\": []");
	cpc_buffer_free(&out);
	assert_int_equal(cpc_render_targets(&published, &out, NULL), CPC_OK);
	assert_string_equal(out.bytes, "[]\n");
	cpc_buffer_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_little_of_a_report),
		cmocka_unit_test(believes_no_other_answer),
		cmocka_unit_test(goes_up_and_down),
		cmocka_unit_test(tells_of_another_processor),
		cmocka_unit_test(needs_something_to_be_the_same_as),
		cmocka_unit_test(is_shown_with_care),
		cmocka_unit_test(is_silent_without_peers),
	};

	return cmocka_run_group_tests(tests, make_self, NULL);
}
