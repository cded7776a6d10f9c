/* SPDX-License-Identifier: MIT */
/* The page's table of peers. A name, a host and an error may say anything: all of them are escaped. */
#include "page_sections.h"

#include "describe.h"
#include "escape.h"
#include "page_shell.h"

/** A verdict as a colour, which is never alone: a letter and words stand beside it. */
static const char *verdict_class(enum cpc_verdict verdict)
{
	switch (verdict) {
	case CPC_SAME:
	case CPC_MIGRATABLE:
		return "good";
	case CPC_IMPOSSIBLE:
		return "bad";
	default:
		return "care";
	}
}

static void add_name(struct cpc_buffer *out, const struct cpc_peer *peer)
{
	cpc_buffer_puts(out, "<tr><th scope=\"row\">");
	cpc_page_name(out, peer->name);
	cpc_buffer_puts(out, "</th><td>");
	if (peer->host) {
		char cpu[CPC_LINE_SIZE];

		cpc_describe_signature(&peer->host->signature, cpu);
		cpc_add_html(out, cpu);
		cpc_buffer_puts(out, "<br>");
	}
	cpc_buffer_puts(out, "<span class=\"soft\">");
	cpc_page_name(out, peer->address);
	cpc_buffer_puts(out, "</span></td>");
}

static void add_state(struct cpc_buffer *out, const struct cpc_peer *peer)
{
	static const char *const classes[CPC_PEER_STATE_COUNT] = { "care", "good", "bad" };
	static const char *const words[CPC_PEER_STATE_COUNT] = { "no answer yet", "up", "down" };
	char since[CPC_TIME_SIZE];

	cpc_buffer_printf(out, "<td><span class=\"%s\">%s</span> <span class=\"soft\">since %s</span>",
			  classes[peer->state], words[peer->state], cpc_time_text(peer->since, since));
	if (peer->error) {
		cpc_buffer_puts(out, "<br>");
		cpc_page_text(out, peer->error);
	}
	cpc_buffer_puts(out, "</td>");
}

static void add_verdict(struct cpc_buffer *out, const char *direction, enum cpc_verdict verdict,
			const struct cpc_policy *policy)
{
	cpc_buffer_printf(out, "%s <span class=\"%s\"><code>", direction, verdict_class(verdict));
	cpc_add_html(out, cpc_verdict_letter(verdict));
	cpc_buffer_printf(out, "</code> %s", cpc_verdict_words(verdict));
	if (verdict == CPC_COMPATIBILITY_MODE)
		cpc_buffer_printf(out, " %s", cpc_mode_words(policy));
	if (verdict == CPC_VERDICT_UNKNOWN)
		cpc_buffer_puts(out, ": a value was not read");
	cpc_buffer_puts(out, "</span>");
}

static void add_relation(struct cpc_buffer *out, const struct cpc_peer *peer, const struct cpc_policy *policy)
{
	cpc_buffer_puts(out, "<td>");
	if (peer->host) {
		const bool up = peer->state == CPC_PEER_UP;

		cpc_buffer_puts(out, up ? "" : "<span class=\"soft\">as it last told:</span><br>");
		add_verdict(out, "to it", peer->relation.to_peer, policy);
		cpc_buffer_puts(out, "<br>");
		add_verdict(out, "from it", peer->relation.from_peer, policy);
	}
	cpc_buffer_puts(out, "</td></tr>\n");
}

void cpc_page_peers(struct cpc_buffer *out, const struct cpc_peers *peers)
{
	if (!peers || !peers->count)
		return;
	cpc_buffer_puts(out, "<section>\n<h2>Peers</h2>\n<p class=\"soft\">Virtual machines between this host and "
			     "each of them, by the policy ");
	cpc_add_html(out, peers->policy->name);
	cpc_buffer_puts(out, ".</p>\n<table>\n");
	for (size_t i = 0; i < peers->count; i++) {
		add_name(out, &peers->items[i]);
		add_state(out, &peers->items[i]);
		add_relation(out, &peers->items[i], peers->policy);
	}
	cpc_buffer_puts(out, "</table>\n</section>\n");
}
