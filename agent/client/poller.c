/* SPDX-License-Identifier: MIT */
#include "poller.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "address.h"
#include "transfer.h"

/** Longest that one question may take, and the share of a short interval: a host that is gone just after it was asked
 * is to be noticed within two intervals. */
#define TOTAL_MS 10000
#define TOTAL_QUARTERS 3

/** First questions come this far apart on average, or closer where the interval is too short for that. */
#define SPREAD_MS 20

/** An interval's share by which chance makes it shorter. */
#define JITTER_DIVISOR 10

/**
 * Halves of an interval until an agent is asked again, by failures in a row. It stops short of two
 * intervals, within which its return is to be noticed, like everything else.
 */
static const unsigned int halves[] = { 2, 2, 3 };
#define HALVES_COUNT (sizeof(halves) / sizeof(*halves))

/** Longest wait when there is nothing to do. */
#define IDLE_MS 60000

/** So late, this thread was stopped, or had to wait for a CPU: time that no agent took to answer. */
#define STALL_MS 250

struct target {
	char *url;
	char *socket_path;
	char *token; /**< NULL: none */
	char *tag;   /**< ETag of the body that was kept; NULL: none */
	uint64_t due;
	unsigned int failures; /**< in a row */
	bool under_way;
	bool excused; /**< the last question was given up without blame */
};

struct slot {
	struct cpc_transfer transfer;
	struct target *target; /**< NULL: free */
	uint64_t began;
	uint64_t missed_before; /**< the poller's, when it began */
	long timeout_ms;
};

struct cpc_poller {
	struct cpc_curl curl;
	CURLM *multi;
	pthread_t thread;
	atomic_bool stopping;
	struct target *targets;
	size_t count;
	struct slot slots[CPC_POLLS_MAX];
	size_t under_way;
	size_t failing_under_way;
	uint64_t next_due; /**< of those that may be asked; 0: to be looked for */
	uint64_t interval_ms;
	uint64_t missed_ms; /**< this thread did not run when it should have, in all */
	char *ca_file;
	uint64_t chance;
	bool (*answered)(void *context, const struct cpc_poll_answer *answer);
	void *context;
};

static uint64_t now_ms(void)
{
	struct timespec now = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/** xorshift64: agents that were started together should not ask together. Nothing secret depends on it. */
static uint64_t random_below(struct cpc_poller *poller, uint64_t limit)
{
	poller->chance ^= poller->chance << 13;
	poller->chance ^= poller->chance >> 7;
	poller->chance ^= poller->chance << 17;
	return limit ? (poller->chance >> 16) % limit : 0;
}

static void schedule(struct cpc_poller *poller, struct target *target, uint64_t began)
{
	const size_t step = target->failures < HALVES_COUNT ? target->failures : HALVES_COUNT - 1;
	const uint64_t delay = poller->interval_ms * halves[step] / 2;

	target->due = began + delay - random_below(poller, delay / JITTER_DIVISOR);
	poller->next_due = 0;
}

static void tell(struct cpc_poller *poller, struct target *target, enum cpc_transfer_result result,
		 const struct cpc_transfer *transfer, const struct cpc_error *error)
{
	const struct cpc_poll_answer answer = {
		.target = (size_t)(target - poller->targets),
		.result = result == CPC_TRANSFER_BODY	     ? CPC_POLL_ANSWERED
			  : result == CPC_TRANSFER_UNCHANGED ? CPC_POLL_UNCHANGED
							     : CPC_POLL_FAILED,
		.bytes = transfer->body.bytes ? transfer->body.bytes : "",
		.length = transfer->body.length,
		.error = error,
	};
	const bool good = poller->answered(poller->context, &answer);

	if (result == CPC_TRANSFER_BODY || (result == CPC_TRANSFER_UNCHANGED && !good)) {
		free(target->tag);
		target->tag = good && transfer->tag[0] ? strdup(transfer->tag) : NULL;
	}
	if (good && result != CPC_TRANSFER_FAILED)
		target->failures = 0;
	else
		target->failures++;
}

/** The target is asked no longer; its transfer is in no multi handle. */
static void vacate(struct cpc_poller *poller, struct slot *slot, bool was_failing)
{
	slot->target->under_way = false;
	slot->target = NULL;
	poller->under_way--;
	poller->failing_under_way -= was_failing;
	cpc_transfer_free(&poller->curl, &slot->transfer);
}

/** Whether the time of a question ran out for the most part while nobody here was looking. */
static bool overslept(const struct cpc_poller *poller, const struct slot *slot, CURLcode code)
{
	return code == CURLE_OPERATION_TIMEDOUT &&
	       poller->missed_ms - slot->missed_before > (uint64_t)slot->timeout_ms / 2;
}

/** Who may have answered long ago is asked once more, at once, before anything is said of it. */
static void finish(struct cpc_poller *poller, struct slot *slot, CURLcode code)
{
	struct target *target = slot->target;
	const bool was_failing = target->failures > 0;
	struct cpc_error error = { .status = CPC_INTERNAL };
	const enum cpc_transfer_result result = cpc_transfer_end(&poller->curl, &slot->transfer, code, &error);

	poller->curl.multi_remove_handle(poller->multi, slot->transfer.easy);
	target->excused = !target->excused && overslept(poller, slot, code);
	if (target->excused) {
		target->due = now_ms();
		poller->next_due = 0;
	} else {
		tell(poller, target, result, &slot->transfer, &error);
		schedule(poller, target, slot->began);
	}
	vacate(poller, slot, was_failing);
}

static void finish_all(struct cpc_poller *poller)
{
	int left = 0;

	for (CURLMsg *message; (message = poller->curl.multi_info_read(poller->multi, &left));) {
		struct slot *slot = NULL;
		const CURLcode code = message->data.result;

		if (message->msg != CURLMSG_DONE)
			continue;
		/* The transfer is the slot's first member. */
		poller->curl.easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&slot);
		finish(poller, slot, code);
	}
}

static struct slot *free_slot(struct cpc_poller *poller)
{
	for (size_t i = 0; i < CPC_POLLS_MAX; i++)
		if (!poller->slots[i].target)
			return &poller->slots[i];
	return NULL;
}

static void ask(struct cpc_poller *poller, struct slot *slot, struct target *target, uint64_t now)
{
	const uint64_t share = poller->interval_ms * TOTAL_QUARTERS / 4;
	const struct cpc_question question = {
		.url = target->url,
		.socket_path = target->socket_path,
		.token = target->token,
		.tag = target->tag,
		.ca_file = poller->ca_file,
		.timeout_ms = share < TOTAL_MS ? (long)share : TOTAL_MS,
	};
	const bool was_failing = target->failures > 0;
	struct cpc_error error = { .status = CPC_INTERNAL };

	*slot = (struct slot){
		.target = target, .began = now, .missed_before = poller->missed_ms, .timeout_ms = question.timeout_ms
	};
	target->under_way = true;
	poller->under_way++;
	poller->failing_under_way += was_failing;
	poller->next_due = 0;
	if (cpc_transfer_start(&poller->curl, &question, &slot->transfer, &error) == CPC_OK) {
		if (poller->curl.multi_add_handle(poller->multi, slot->transfer.easy) == CURLM_OK)
			return;
		cpc_fail(&error, CPC_INTERNAL, 0, "out of memory");
	}
	tell(poller, target, CPC_TRANSFER_FAILED, &slot->transfer, &error);
	schedule(poller, target, now);
	vacate(poller, slot, was_failing);
}

/**
 * Who has waited longest: of those who answered the last time, or, if none of them is due, of
 * the others while there is room for them. However many hang, the good ones are asked in time.
 */
static struct target *next_of(const struct cpc_poller *poller, uint64_t now, uint64_t *ret_due)
{
	const bool room = poller->failing_under_way < CPC_POLLS_OF_FAILING_MAX;
	struct target *best = NULL;

	*ret_due = UINT64_MAX;
	for (size_t i = 0; i < poller->count; i++) {
		struct target *target = &poller->targets[i];

		if (target->under_way || (target->failures && !room))
			continue;
		if (target->due < *ret_due)
			*ret_due = target->due;
		if (target->due > now)
			continue;
		if (!best || (!target->failures && best->failures) ||
		    (!target->failures == !best->failures && target->due < best->due))
			best = target;
	}
	return best;
}

static void ask_those_due(struct cpc_poller *poller)
{
	const uint64_t now = now_ms();

	while (poller->under_way < CPC_POLLS_MAX && poller->next_due <= now) {
		uint64_t due;
		struct target *target = next_of(poller, now, &due);

		if (!target) {
			poller->next_due = due;
			return;
		}
		ask(poller, free_slot(poller), target, now);
	}
}

/** Milliseconds to sleep unless something happens to a transfer. */
static int until_next(const struct cpc_poller *poller)
{
	const uint64_t now = now_ms();

	/* With every slot taken, the next thing to happen is an end. */
	if (poller->under_way == CPC_POLLS_MAX || poller->next_due > now + IDLE_MS)
		return IDLE_MS;
	return poller->next_due > now ? (int)(poller->next_due - now) : 0;
}

static void *run(void *context)
{
	struct cpc_poller *poller = context;
	uint64_t expected = UINT64_MAX;
	int running;

	pthread_setname_np(pthread_self(), "cpc-peers");
	while (!atomic_load(&poller->stopping)) {
		const uint64_t now = now_ms();

		if (expected < now && now - expected >= STALL_MS)
			poller->missed_ms += now - expected;
		ask_those_due(poller);
		poller->curl.multi_perform(poller->multi, &running);
		finish_all(poller);
		/* A question that was just begun is due at once to libcurl, too, so this does not sleep on it. */
		const int wait = until_next(poller);
		expected = now + (uint64_t)wait;
		poller->curl.multi_poll(poller->multi, NULL, 0, wait, NULL);
	}
	return NULL;
}

static bool copy(char **ret_copy, const char *text)
{
	*ret_copy = text ? strdup(text) : NULL;
	return *ret_copy || !text;
}

static enum cpc_status add_target(struct cpc_poller *poller, const struct cpc_poll_target *from, uint64_t spread_ms,
				  struct cpc_error *reterr)
{
	struct target *target = &poller->targets[poller->count];
	struct cpc_address address;
	enum cpc_status status = cpc_address_parse(from->address, &address, reterr);

	if (status)
		return status;
	poller->count++;
	target->due = now_ms() + random_below(poller, spread_ms);
	if (!copy(&target->url, address.url) || !copy(&target->socket_path, address.socket_path) ||
	    !copy(&target->token, from->token))
		return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	return CPC_OK;
}

static enum cpc_status prepare(struct cpc_poller *poller, const struct cpc_polling *polling, struct cpc_error *reterr)
{
	const uint64_t wanted = (uint64_t)polling->count * SPREAD_MS;
	struct timespec now = { 0 };
	enum cpc_status status = cpc_curl_load(&poller->curl, reterr);

	if (status)
		return status;
	clock_gettime(CLOCK_REALTIME, &now);
	poller->chance = (uint64_t)now.tv_nsec * UINT64_C(0x9e3779b97f4a7c15) ^ (uint64_t)(uintptr_t)poller;
	poller->chance |= 1;
	poller->interval_ms = (uint64_t)polling->interval_seconds * 1000;
	poller->answered = polling->answered;
	poller->context = polling->context;
	poller->targets = calloc(polling->count ? polling->count : 1, sizeof(*poller->targets));
	if (!poller->targets || !copy(&poller->ca_file, polling->ca_file))
		return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	for (size_t i = 0; i < polling->count && !status; i++)
		status = add_target(poller, &polling->targets[i],
				    wanted < poller->interval_ms ? wanted : poller->interval_ms, reterr);
	if (status)
		return status;
	if (poller->curl.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return cpc_fail(reterr, CPC_UNAVAILABLE, 0, "libcurl would not start");
	poller->multi = poller->curl.multi_init();
	return poller->multi ? CPC_OK : cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
}

static void release(struct cpc_poller *poller)
{
	for (size_t i = 0; i < CPC_POLLS_MAX; i++) {
		struct slot *slot = &poller->slots[i];

		if (!slot->target)
			continue;
		poller->curl.multi_remove_handle(poller->multi, slot->transfer.easy);
		cpc_transfer_free(&poller->curl, &slot->transfer);
	}
	if (poller->multi)
		poller->curl.multi_cleanup(poller->multi);
	for (size_t i = 0; i < poller->count; i++) {
		struct target *target = &poller->targets[i];

		if (target->token)
			explicit_bzero(target->token, strlen(target->token));
		free(target->token);
		free(target->url);
		free(target->socket_path);
		free(target->tag);
	}
	free(poller->targets);
	free(poller->ca_file);
	free(poller);
}

enum cpc_status cpc_poller_start(const struct cpc_polling *polling, struct cpc_poller **ret_poller,
				 struct cpc_error *reterr)
{
	struct cpc_poller *poller = calloc(1, sizeof(*poller));
	enum cpc_status status;

	if (!poller)
		return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	status = prepare(poller, polling, reterr);
	if (!status) {
		const int error = pthread_create(&poller->thread, NULL, run, poller);

		if (error)
			status = cpc_fail(reterr, CPC_INTERNAL, 0, "no thread to ask peers: %s", strerror(error));
	}
	if (status) {
		release(poller);
		return status;
	}
	*ret_poller = poller;
	return CPC_OK;
}

void cpc_poller_stop(struct cpc_poller *poller)
{
	if (!poller)
		return;
	atomic_store(&poller->stopping, true);
	poller->curl.multi_wakeup(poller->multi);
	pthread_join(poller->thread, NULL);
	release(poller);
}
