/* SPDX-License-Identifier: MIT */
/*
 * A fleet on a page: the agent's, of itself and its peers, and one that is mailed.
 */
#ifndef CPC_PAGE_FLEET_H
#define CPC_PAGE_FLEET_H

#include "page_reasons.h"
#include "render.h"

/** Up to how many classes a page goes into what grows with their square, and with the number of policies. */
struct cpc_page_limits {
	size_t matrix;	      /**< the matrix is drawn */
	size_t reasons;	      /**< and every pair's reasons are on the page */
	size_t policies;      /**< and what every other policy would answer */
	size_t other_reasons; /**< and the reasons of those answers */
	size_t only;	      /**< above `reasons`, the reasons of this class's moves alone; SIZE_MAX: of none */
};

/** A fleet and all that its page says of it. */
struct cpc_page_fleet {
	const struct cpc_fleet_view *view;
	const struct cpc_page_limits *limits;
	struct cpc_reasons reasons;
	/** Of every policy that the page has: the view's own, and more up to a limit. */
	struct cpc_page_policy {
		const struct cpc_policy *policy;
		struct cpc_fleet_answers answers; /**< of another policy than the view's: owned */
		uint32_t *why;			  /**< of cpc_reasons_ask(); NULL: nobody asked */
	} policies[CPC_POLICY_COUNT];
	size_t policy_count;
	const struct cpc_page_policy *own; /**< the view's */
};

/** Ask all that the page is to say, within the limits. Borrows both. CPC_INTERNAL without memory. Release in any case.
 */
enum cpc_status cpc_page_fleet_ask(const struct cpc_fleet_view *view, const struct cpc_page_limits *limits,
				   struct cpc_page_fleet *ret_page, struct cpc_error *reterr);
void cpc_page_fleet_free(struct cpc_page_fleet *page);

/** Whether there is a matrix on the page, and so something for the script to do. */
bool cpc_page_has_matrix(const struct cpc_page_fleet *page);

/** All of its sections. */
void cpc_page_fleet_put(struct cpc_buffer *out, const struct cpc_page_fleet *page);

/** Its sections one by one: who moves to whom, the classes, what every policy's answers come to, what is not in it. */
void cpc_page_put_matrix(struct cpc_buffer *out, const struct cpc_page_fleet *page);
void cpc_page_put_classes(struct cpc_buffer *out, const struct cpc_page_fleet *page);
void cpc_page_put_answers(struct cpc_buffer *out, const struct cpc_page_fleet *page);

/** The reasons of the view's policy, a section each that its cells link to, for readers without a script. */
void cpc_page_put_reasons(struct cpc_buffer *out, const struct cpc_page_fleet *page);

/** The same and those of other policies, as data for the script. */
void cpc_page_put_data(struct cpc_buffer *out, const struct cpc_page_fleet *page);

/** "s", "m", "c", "x" or "u": the class of a verdict in page.css. */
const char *cpc_page_verdict_class(enum cpc_verdict verdict);

/** A verdict's letter, in its colour. */
void cpc_page_put_mark(struct cpc_buffer *out, enum cpc_verdict verdict);

/** A class's letters as a link to what the page says of it. */
void cpc_page_put_letters(struct cpc_buffer *out, size_t class);

#endif
