/* SPDX-License-Identifier: MIT */
#include "replies.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render.h"
#include "respond.h"

/** What makes an answer: a format of render's, the page, or a word. */
struct recipe {
	const char *format;
	const char *content_type; /**< where it is not the format's own */
	const char *literal;
	bool page;
};

static const struct recipe recipes[] = {
	[CPC_REPLY_PAGE] = { .page = true, .content_type = "text/html; charset=utf-8" },
	[CPC_REPLY_REPORT] = { .format = "json" },
	[CPC_REPLY_FINGERPRINT] = { .format = "fingerprint" },
	[CPC_REPLY_SNAPSHOT] = { .format = "raw" },
	[CPC_REPLY_METRICS] = { .format = "prometheus" },
	[CPC_REPLY_HEALTH] = { .literal = "ok\n", .content_type = "text/plain; charset=utf-8" },
	[CPC_REPLY_READY] = { .literal = "ready\n", .content_type = "text/plain; charset=utf-8" },
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

static enum cpc_status render(const struct recipe *recipe, const struct cpc_report *report, struct cpc_buffer *body,
			      const char **ret_content_type, struct cpc_error *reterr)
{
	const struct cpc_style style = { .width = 120 };
	enum cpc_status status = CPC_OK;

	*ret_content_type = recipe->content_type;
	if (recipe->literal) {
		cpc_buffer_puts(body, recipe->literal);
	} else if (recipe->page) {
		status = cpc_render_page(report, body, reterr);
	} else {
		const struct cpc_report_format *format = cpc_report_format_named(recipe->format);
		if (!format)
			return cpc_fail(reterr, CPC_INTERNAL, 0, "no format named %s", recipe->format);
		*ret_content_type = format->content_type;
		status = format->render(report, &style, body, reterr);
	}
	if (!status && body->failed)
		return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	return status;
}

static bool add_headers(const struct recipe *recipe, struct cpc_reply *reply)
{
	struct MHD_Response *response = reply->response;

	/* A copy may be kept, but is asked about before it is used: a report changes when it likes. */
	return cpc_add_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-cache") &&
	       cpc_add_header(response, MHD_HTTP_HEADER_ETAG, reply->etag) &&
	       (!recipe->page ||
		(cpc_add_header(response, "Content-Security-Policy",
				"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
				"frame-ancestors 'none'") &&
		 cpc_add_header(response, "Referrer-Policy", "no-referrer")));
}

static enum cpc_status prepare(const struct recipe *recipe, const struct cpc_report *report, struct cpc_reply *reply,
			       struct cpc_error *reterr)
{
	struct cpc_buffer body = { .length = 0 };
	const char *content_type;
	enum cpc_status status = render(recipe, report, &body, &content_type, reterr);

	if (!status) {
		print_etag(&body, reply->etag);
		reply->response = cpc_make_response(&body, content_type);
		if (!reply->response || !add_headers(recipe, reply))
			status = cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	}
	cpc_buffer_free(&body);
	/* A fingerprint has no leaves to print. The route then says so. */
	return status == CPC_BAD_DATA ? CPC_OK : status;
}

enum cpc_status cpc_replies_make(const struct cpc_report *report, struct cpc_replies **ret_replies,
				 struct cpc_error *reterr)
{
	struct cpc_replies *replies = calloc(1, sizeof(*replies));
	enum cpc_status status;

	if (!replies)
		return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	atomic_init(&replies->references, 1);
	status = cpc_capture_copy(report->capture, &replies->capture, reterr);
	replies->report = *report;
	replies->report.capture = &replies->capture;
	for (size_t i = 0; i < CPC_REPLY_COUNT && !status; i++)
		status = prepare(&recipes[i], &replies->report, &replies->items[i], reterr);
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
