/* SPDX-License-Identifier: MIT */
#include "replies.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "render.h"
#include "respond.h"

/** What makes an answer: a document of its own, a word, or a format of render's. */
struct recipe {
	const char *format;
	const char *content_type; /**< where it is not the format's own */
	const char *literal;
	enum cpc_status (*render)(const struct cpc_published *published, struct cpc_buffer *out,
				  struct cpc_error *reterr);
	bool page;
	bool varies; /**< with Accept */
};

static const struct recipe recipes[] = {
	[CPC_REPLY_PAGE] = { .render = cpc_render_page, .page = true, .content_type = "text/html; charset=utf-8" },
	[CPC_REPLY_REPORT] = { .format = "json" },
	[CPC_REPLY_FINGERPRINT] = { .format = "fingerprint" },
	[CPC_REPLY_SNAPSHOT] = { .format = "raw" },
	[CPC_REPLY_METRICS] = { .format = "prometheus", .render = cpc_render_prometheus, .varies = true },
	[CPC_REPLY_OPENMETRICS] = { .format = "openmetrics", .render = cpc_render_openmetrics, .varies = true },
	[CPC_REPLY_PEERS] = { .render = cpc_render_peers, .content_type = "application/json" },
	[CPC_REPLY_TARGETS] = { .render = cpc_render_targets, .content_type = "application/json" },
	[CPC_REPLY_FLEET] = { .render = cpc_render_fleet, .content_type = "application/json" },
	[CPC_REPLY_TABLE] = { .render = cpc_render_ready, .content_type = "application/json" },
	[CPC_REPLY_HEALTH] = { .literal = "ok\n", .content_type = "text/plain; charset=utf-8" },
	[CPC_REPLY_READY] = { .literal = "ready\n", .content_type = "text/plain; charset=utf-8" },
	[CPC_REPLY_OPENAPI] = { .render = cpc_api_render, .content_type = "application/json" },
};
_Static_assert(sizeof(recipes) / sizeof(*recipes) == CPC_REPLY_COUNT, "a recipe for every reply");

/** FNV-1a: a strong validator needs no secrecy, only that another body gets another tag. */
static void print_etag(const struct cpc_buffer *body, char ret_etag[static CPC_ETAG_SIZE])
{
	uint64_t digest = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < body->length; i++) {
		digest ^= (unsigned char)body->bytes[i];
		digest *= UINT64_C(0x100000001b3);
	}
	snprintf(ret_etag, CPC_ETAG_SIZE, "\"%016" PRIx64 "\"", digest);
}

const char *cpc_reply_content_type(enum cpc_reply_id id)
{
	const struct cpc_report_format *format;

	if (recipes[id].content_type)
		return recipes[id].content_type;
	format = cpc_report_format_named(recipes[id].format);
	return format ? format->content_type : NULL;
}

static enum cpc_status render(const struct recipe *recipe, const struct cpc_published *published,
			      struct cpc_buffer *body, struct cpc_error *reterr)
{
	const struct cpc_style style = { .width = 120 };
	enum cpc_status status = CPC_OK;

	if (recipe->literal) {
		cpc_buffer_puts(body, recipe->literal);
	} else if (recipe->render) {
		status = recipe->render(published, body, reterr);
	} else {
		const struct cpc_report_format *format = cpc_report_format_named(recipe->format);
		if (!format)
			return cpc_fail(reterr, CPC_INTERNAL, 0, "no format named %s", recipe->format);
		status = format->render(published->report, &style, body, reterr);
	}
	if (!status && body->failed)
		return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	return status;
}

static bool add_page_headers(struct MHD_Response *response)
{
	char policy[CPC_PAGE_POLICY_SIZE];

	cpc_page_policy(false, policy);
	return cpc_add_header(response, "Content-Security-Policy", policy) &&
	       cpc_add_header(response, "Referrer-Policy", "no-referrer");
}

static bool add_headers(const struct recipe *recipe, struct cpc_reply *reply)
{
	struct MHD_Response *response = reply->response;

	/* A copy may be kept, but is asked about before it is used: a report changes when it likes. */
	return cpc_add_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-cache") &&
	       cpc_add_header(response, MHD_HTTP_HEADER_ETAG, reply->etag) &&
	       (!recipe->varies || cpc_add_header(response, MHD_HTTP_HEADER_VARY, MHD_HTTP_HEADER_ACCEPT)) &&
	       (!recipe->page || add_page_headers(response));
}

static enum cpc_status prepare(enum cpc_reply_id id, const struct cpc_published *published, struct cpc_reply *reply,
			       struct cpc_error *reterr)
{
	const struct recipe *recipe = &recipes[id];
	struct cpc_buffer body = { .length = 0 };
	enum cpc_status status = render(recipe, published, &body, reterr);

	if (!status) {
		print_etag(&body, reply->etag);
		reply->response = cpc_make_response(&body, cpc_reply_content_type(id));
		if (!reply->response || !add_headers(recipe, reply))
			status = cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	}
	cpc_buffer_free(&body);
	/* There is nothing to print, such as the leaves of a fingerprint. The route then says so. */
	return status == CPC_BAD_DATA ? CPC_OK : status;
}

enum cpc_status cpc_replies_make(const struct cpc_published *published, struct cpc_replies **ret_replies,
				 struct cpc_error *reterr)
{
	const struct cpc_report *report = published->report;
	struct cpc_replies *replies = calloc(1, sizeof(*replies));
	enum cpc_status status;

	if (!replies)
		return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	atomic_init(&replies->references, 1);
	status = cpc_capture_copy(report->capture, &replies->capture, reterr);
	replies->report = *report;
	replies->report.capture = &replies->capture;
	struct cpc_published own = *published;
	own.report = &replies->report;
	for (size_t i = 0; i < CPC_REPLY_COUNT && !status; i++)
		status = prepare((enum cpc_reply_id)i, &own, &replies->items[i], reterr);
	if (status) {
		cpc_replies_release(replies);
		return status;
	}
	*ret_replies = replies;
	return CPC_OK;
}

void cpc_replies_release(struct cpc_replies *replies)
{
	if (!replies || atomic_fetch_sub(&replies->references, 1) != 1)
		return;
	for (size_t i = 0; i < CPC_REPLY_COUNT; i++)
		if (replies->items[i].response)
			MHD_destroy_response(replies->items[i].response);
	cpc_capture_free(&replies->capture);
	free(replies);
}
