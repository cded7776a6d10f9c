/* SPDX-License-Identifier: MIT */
/* Any bytes as a peer's answer, and as a peer's line: a row in bounds, whatever they say, and nothing that a browser
 * runs. */
#include <stdlib.h>
#include <string.h>

#include <cpucompat/peer.h>

#include "peer_host.h"
#include "peer_line.h"
#include "render.h"

#define SELF "cpc1:GenuineIntel:6.58.9:77baa203-fcbf9ff-0-0-0-0-0-0-0-0-0-7:pa=36,la=32,clf=64,xs=2.240.100"

#define LINE_MAX_LENGTH 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** The page's own script and its data are the only ones, each once at most. */
static bool has_own_scripts(const char *page)
{
	static const char *const own[] = { "<script type=\"application/json\" id=\"data\">{",
					   "<script>\n/* What a page" };
	size_t next = 0;

	for (const char *at = strstr(page, "<script"); at; at = strstr(at + 1, "<script"), next++)
		if (next == sizeof(own) / sizeof(*own) || strncmp(at, own[next], strlen(own[next])) != 0)
			return false;
	return next != 1;
}

static void check_page(const struct cpc_report *self, const struct cpc_peer *peer)
{
	struct cpc_peer copy = *peer;
	const struct cpc_peers peers = { .policy = cpc_policy_named("kvm"), .items = &copy, .count = 1 };
	const struct cpc_published published = { .report = self, .peers = &peers };
	struct cpc_buffer page = { .length = 0 };
	struct cpc_buffer document = { .length = 0 };

	if (cpc_render_page(&published, &page, NULL) || !has_own_scripts(page.bytes))
		abort();
	if (cpc_render_peers(&published, &document, NULL) || !strstr(document.bytes, "\"cpucompat/peers/1\""))
		abort();
	cpc_buffer_free(&page);
	cpc_buffer_free(&document);
}

static void check_answer(const struct cpc_report *self, const char *bytes, size_t length)
{
	struct cpc_peer peer = { .name = "<script>", .address = "http://<script>", .state = CPC_PEER_UP };
	struct cpc_error error = { .what = "" };
	const enum cpc_status status = cpc_peer_host_read(bytes, length, &peer.host, &error);

	if (status) {
		if (peer.host || !error.what[0])
			abort();
		peer.state = CPC_PEER_NEVER;
		peer.error = error.what;
	} else if (cpc_peer_relate(self, peer.host, cpc_policy_named("kvm"), &peer.relation, NULL)) {
		abort();
	}
	check_page(self, &peer);
	cpc_peer_host_free(peer.host);
}

/* A line of a list of hosts: the same, but for the name that need not be there. */
static void check_host_line(const char *text)
{
	struct cpc_peer_line line = { .name = NULL };
	struct cpc_error error = { .what = "" };

	if (cpc_host_line_parse(text, &line, &error)) {
		if (line.name || !error.what[0])
			abort();
		return;
	}
	if (!line.name || strlen(line.name) > CPC_PEER_NAME_MAX || !*line.address || !*line.shown)
		abort();
	cpc_peer_line_free(&line);
}

static void check_line(const char *bytes, size_t length)
{
	char text[LINE_MAX_LENGTH];
	struct cpc_peer_line line = { .name = NULL };
	struct cpc_error error = { .what = "" };

	if (length >= sizeof(text))
		return;
	memcpy(text, bytes, length);
	text[length] = '\0';
	check_host_line(text);
	if (cpc_peer_line_parse(text, &line, &error)) {
		if (line.name || !error.what[0])
			abort();
		return;
	}
	if (!*line.name || strlen(line.name) > CPC_PEER_NAME_MAX || !*line.address || !*line.shown)
		abort();
	cpc_peer_line_free(&line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct cpc_capture capture = { .origin = CPC_ORIGIN_FINGERPRINT };
	static struct cpc_report self;

	if (!self.capture) {
		if (cpc_fingerprint_parse(SELF, strlen(SELF), &capture.fingerprint, NULL))
			abort();
		cpc_report_of(&capture, &self);
	}
	check_answer(&self, (const char *)data, size);
	check_line((const char *)data, size);
	return 0;
}
