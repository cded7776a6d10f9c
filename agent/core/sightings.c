/* SPDX-License-Identifier: MIT */
#include <cpucompat/sightings.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cpucompat/buffer.h>
#include <cpucompat/interned.h>

#include "grow.h"

/** Views are counted from 1. */
#define VIEWS (CPC_VIEW_KVM + 1)

/** Names that are shown, and those with labels behind them. */
#define NAME_SIZE 256

/** No text yet. */
#define NONE UINT32_MAX

/** What is known of a host, by its number. */
struct host {
	double times[VIEWS];
	uint32_t texts[VIEWS]; /**< NONE: the view was not seen */
	bool tied[VIEWS];      /**< another text was seen at the same time */
};

/** What does not count because something else does. */
struct outdated {
	double time;
	uint32_t host;
	uint32_t text;
	enum cpc_view view;
};

struct cpc_sightings {
	struct cpc_interned names; /**< NAME, a NUL, LABELS */
	struct cpc_interned texts;
	struct host *hosts;
	char (*ids)[CPC_ID_SIZE]; /**< one a text */
	struct outdated *outdated;
	size_t outdated_count;
	struct cpc_buffer name; /**< the one at hand */
};

struct cpc_sightings *cpc_sightings_new(void)
{
	return calloc(1, sizeof(struct cpc_sightings));
}

/** The number of a text; one that was not seen before is parsed, which tells its id. */
static enum cpc_status find_text(struct cpc_sightings *sightings, const char *text, size_t length, uint32_t *ret_number,
				 struct cpc_error *reterr)
{
	struct cpc_fingerprint fingerprint;
	char(*ids)[CPC_ID_SIZE];
	enum cpc_status status;

	if (cpc_interned_find(&sightings->texts, text, length, ret_number))
		return CPC_OK;
	status = cpc_fingerprint_parse(text, length, &fingerprint, reterr);
	if (status)
		return status;
	ids = cpc_grown(sightings->ids, sightings->texts.count, sizeof(*ids));
	if (!ids)
		return cpc_out_of_memory(reterr);
	sightings->ids = ids;
	if (!cpc_interned_add(&sightings->texts, text, length, ret_number))
		return cpc_out_of_memory(reterr);
	cpc_fingerprint_id(&fingerprint, sightings->ids[*ret_number]);
	return CPC_OK;
}

static enum cpc_status find_host(struct cpc_sightings *sightings, const struct cpc_sighting *sighting,
				 uint32_t *ret_number, struct cpc_error *reterr)
{
	const uint32_t count = sightings->names.count;
	struct host *hosts = cpc_grown(sightings->hosts, count, sizeof(*hosts));
	struct cpc_buffer *name = &sightings->name;

	if (!hosts)
		return cpc_out_of_memory(reterr);
	sightings->hosts = hosts;
	name->length = 0;
	cpc_buffer_add(name, sighting->name, sighting->name_length);
	cpc_buffer_add(name, "", 1);
	cpc_buffer_add(name, sighting->labels, sighting->labels_length);
	if (name->failed || !cpc_interned_add(&sightings->names, name->bytes, name->length, ret_number)) {
		/* The next one may be shorter. */
		name->failed = false;
		return cpc_out_of_memory(reterr);
	}
	if (*ret_number == count)
		sightings->hosts[count] = (struct host){ .texts = { NONE, NONE, NONE } };
	return CPC_OK;
}

/** Put one of two texts of a view aside. */
static bool put_aside(struct cpc_sightings *sightings, uint32_t host, enum cpc_view view, uint32_t text, double time)
{
	struct outdated *outdated = cpc_grown(sightings->outdated, sightings->outdated_count, sizeof(*outdated));

	if (!outdated)
		return false;
	sightings->outdated = outdated;
	sightings->outdated[sightings->outdated_count++] =
		(struct outdated){ .time = time, .host = host, .text = text, .view = view };
	return true;
}

static bool see(struct cpc_sightings *sightings, uint32_t number, enum cpc_view view, uint32_t text, double time)
{
	struct host *host = &sightings->hosts[number];
	const bool newer = time > host->times[view];

	if (host->texts[view] != NONE && host->texts[view] != text) {
		if (!put_aside(sightings, number, view, newer ? host->texts[view] : text,
			       newer ? host->times[view] : time))
			return false;
		if (!newer) {
			host->tied[view] |= time == host->times[view];
			return true;
		}
	}
	if (host->texts[view] == NONE || newer) {
		host->times[view] = time;
		/* The same text of a later time outlives a tie as well. */
		host->tied[view] = false;
	}
	host->texts[view] = text;
	return true;
}

enum cpc_status cpc_sightings_add(struct cpc_sightings *sightings, const struct cpc_sighting *sighting,
				  struct cpc_error *reterr)
{
	uint32_t text;
	uint32_t host;
	enum cpc_status status = find_text(sightings, sighting->text, sighting->text_length, &text, reterr);

	if (status)
		return status;
	if (sighting->id && strcmp(sighting->id, sightings->ids[text]) != 0)
		return cpc_fail(reterr, CPC_BAD_DATA, 0,
				"its id is not the one of its fingerprint, which is %s; who writes the metric?",
				sightings->ids[text]);
	status = find_host(sightings, sighting, &host, reterr);
	if (!status && !see(sightings, host, sighting->view, text, sighting->time))
		status = cpc_out_of_memory(reterr);
	return status;
}

size_t cpc_sightings_hosts(const struct cpc_sightings *sightings)
{
	return sightings->names.count;
}

size_t cpc_sightings_kinds(const struct cpc_sightings *sightings)
{
	return sightings->texts.count;
}

/** Compares the bytes of two names, and then those of their labels. */
static int by_name(const void *a, const void *b, void *context)
{
	const struct cpc_sightings *sightings = context;
	size_t a_length;
	size_t b_length;
	const char *a_name = cpc_interned_text(&sightings->names, *(const uint32_t *)a, &a_length);
	const char *b_name = cpc_interned_text(&sightings->names, *(const uint32_t *)b, &b_length);
	const int order = memcmp(a_name, b_name, a_length < b_length ? a_length : b_length);

	return order ? order : (a_length > b_length) - (a_length < b_length);
}

/** By host, and of one the newest first. */
static int by_host(const void *a, const void *b)
{
	const struct outdated *left = a;
	const struct outdated *right = b;

	if (left->host != right->host)
		return left->host < right->host ? -1 : 1;
	if (left->view != right->view)
		return left->view < right->view ? -1 : 1;
	return (left->time < right->time) - (left->time > right->time);
}

/** A fold under way. */
struct fold {
	const struct cpc_sightings *sightings;
	struct cpc_fleet *fleet;
	const struct cpc_remarks *remarks;
	uint32_t *order; /**< numbers of hosts, by name */
	struct outdated *outdated;
	char name[NAME_SIZE];
};

/** Whether the names of two hosts, whatever their labels are, are one. */
static bool same_name(const struct fold *fold, uint32_t a, uint32_t b)
{
	size_t a_length;
	size_t b_length;
	const char *a_name = cpc_interned_text(&fold->sightings->names, a, &a_length);
	const char *b_name = cpc_interned_text(&fold->sightings->names, b, &b_length);
	const size_t a_end = (size_t)((const char *)memchr(a_name, '\0', a_length) - a_name);
	const size_t b_end = (size_t)((const char *)memchr(b_name, '\0', b_length) - b_name);

	return a_end == b_end && memcmp(a_name, b_name, a_end) == 0;
}

static size_t print_bytes(char ret_text[static NAME_SIZE], size_t at, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length && at < NAME_SIZE - 1; i++)
		ret_text[at++] = bytes[i] >= ' ' && bytes[i] <= '~' ? bytes[i] : '?';
	ret_text[at] = '\0';
	return at;
}

/** The name of a host; a name that another has, too, and one of no bytes, with its labels. */
static void name_host(struct fold *fold, uint32_t host, bool shared)
{
	size_t length;
	const char *text = cpc_interned_text(&fold->sightings->names, host, &length);
	const char *labels = (const char *)memchr(text, '\0', length) + 1;
	const size_t labels_length = (size_t)(text + length - labels);
	size_t at = print_bytes(fold->name, 0, text, (size_t)(labels - text) - 1);

	if ((!shared && at) || !labels_length)
		return;
	at = print_bytes(fold->name, at, "{", 1);
	at = print_bytes(fold->name, at, labels, labels_length);
	print_bytes(fold->name, at, "}", 1);
}

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
static enum cpc_status
remark(const struct fold *fold, const char *format, ...)
{
	char what[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(what, sizeof(what), format, arguments);
	va_end(arguments);
	return fold->remarks->remark(fold->remarks->context, fold->name, what);
}

/** What was seen of a host before that which counts. */
static enum cpc_status remark_outdated(const struct fold *fold, uint32_t number)
{
	const struct cpc_sightings *sightings = fold->sightings;
	const struct host *host = &sightings->hosts[number];
	enum cpc_status status = CPC_OK;
	size_t low = 0;
	size_t high = sightings->outdated_count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (fold->outdated[middle].host < number)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < sightings->outdated_count && fold->outdated[low].host == number && !status; low++) {
		const struct outdated *old = &fold->outdated[low];
		const double newest = host->times[old->view];
		char age[64] = "of an unknown time";

		/* The text that counts may have been seen before, too. */
		if (old->time >= newest || old->text == host->texts[old->view])
			continue;
		if (old->time >= 0)
			snprintf(age, sizeof(age), "%.0f s older", newest - old->time);
		status = remark(fold, "its newest fingerprint (view %s) counts; another, id %s, is %s and does not",
				cpc_view_name(old->view), sightings->ids[old->text], age);
	}
	return status;
}

static enum cpc_status fold_host(struct fold *fold, uint32_t number, struct cpc_error *reterr)
{
	const struct cpc_sightings *sightings = fold->sightings;
	const struct host *host = &sightings->hosts[number];
	const char *texts[VIEWS] = { NULL };
	size_t lengths[VIEWS] = { 0 };

	for (unsigned int view = CPC_VIEW_CPUID; view < VIEWS; view++) {
		if (host->texts[view] == NONE)
			continue;
		if (host->tied[view])
			return remark(fold,
				      "has several fingerprints (view %s) of one time, so that none is the newest; "
				      "not counted",
				      cpc_view_name(view));
		texts[view] = cpc_interned_text(&sightings->texts, host->texts[view], &lengths[view]);
	}
	if (!texts[CPC_VIEW_CPUID])
		return remark(fold, "only its view kvm is known; not counted (does a matcher leave cpuid out?)");
	return cpc_fleet_add_texts(fold->fleet, fold->name, texts[CPC_VIEW_CPUID], lengths[CPC_VIEW_CPUID],
				   texts[CPC_VIEW_KVM], lengths[CPC_VIEW_KVM], reterr);
}

static enum cpc_status fold_all(struct fold *fold, struct cpc_error *reterr)
{
	const uint32_t count = fold->sightings->names.count;
	enum cpc_status status = CPC_OK;

	for (uint32_t i = 0; i < count && !status; i++) {
		const bool shared = (i > 0 && same_name(fold, fold->order[i - 1], fold->order[i])) ||
				    (i + 1 < count && same_name(fold, fold->order[i], fold->order[i + 1]));

		name_host(fold, fold->order[i], shared);
		status = remark_outdated(fold, fold->order[i]);
		if (!status)
			status = fold_host(fold, fold->order[i], reterr);
	}
	return status;
}

enum cpc_status cpc_sightings_fold(const struct cpc_sightings *sightings, struct cpc_fleet *fleet,
				   const struct cpc_remarks *remarks, struct cpc_error *reterr)
{
	const uint32_t count = sightings->names.count;
	struct fold fold = {
		.sightings = sightings,
		.fleet = fleet,
		.remarks = remarks,
		.order = malloc((count + 1) * sizeof(*fold.order)),
		.outdated = malloc((sightings->outdated_count + 1) * sizeof(*fold.outdated)),
	};
	enum cpc_status status = CPC_INTERNAL;

	if (fold.order && fold.outdated) {
		for (uint32_t i = 0; i < count; i++)
			fold.order[i] = i;
		qsort_r(fold.order, count, sizeof(*fold.order), by_name, (void *)sightings);
		if (sightings->outdated_count)
			memcpy(fold.outdated, sightings->outdated, sightings->outdated_count * sizeof(*fold.outdated));
		qsort(fold.outdated, sightings->outdated_count, sizeof(*fold.outdated), by_host);
		status = fold_all(&fold, reterr);
	}
	free(fold.order);
	free(fold.outdated);
	return status ? cpc_out_of_memory(reterr) : CPC_OK;
}

void cpc_sightings_free(struct cpc_sightings *sightings)
{
	if (!sightings)
		return;
	cpc_interned_free(&sightings->names);
	cpc_interned_free(&sightings->texts);
	free(sightings->hosts);
	free(sightings->ids);
	free(sightings->outdated);
	cpc_buffer_free(&sightings->name);
	free(sightings);
}
