/* SPDX-License-Identifier: MIT */
/*
 * The poller's thread reads what peers answer and reduces it to a few hundred bytes,
 * puts that on a list and writes to an eventfd; the main thread takes the list, moves the rows and
 * compares. Rows are touched by the main thread alone.
 */
#include "peers.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "log.h"
#include "peer_config.h"
#include "peer_host.h"
#include "peer_row.h"
#include "poller.h"

/** Between two changes of what is served: of what it says, and of nothing but its times. */
#define GAP_MS 1000
#define GAP_OF_TIMES_MS 10000

/** A change that took so much of a CPU to make is not followed by the next for that many times as long, but for a
 * quarter of the interval at most: what is noticed within two of them is to be told by then. */
#define GAP_SHARE 20
#define GAP_DIVISOR 4

/** What came of one question. */
struct outcome {
	struct outcome *next;
	size_t index;
	int64_t at;
	enum cpc_poll_result result;
	struct cpc_peer_host *host; /**< owned, of CPC_POLL_ANSWERED */
	char error[sizeof((struct cpc_error){ 0 }.what)];
};

struct cpc_peering {
	struct cpc_loop *loop;
	void (*changed)(void *context);
	void *context;
	const struct cpc_report *self;
	struct cpc_peers list;
	struct cpc_peer_config config; /**< as many lines as the list has rows, which borrow from them */
	struct cpc_poller *poller;
	int event; /**< an eventfd, watched by the loop; -1 until there is a peer */
	size_t timer;
	uint64_t armed_for; /**< when the timer will expire; CPC_TIMER_OFF */
	uint64_t next_change;
	pthread_mutex_t lock; /**< of the list of outcomes */
	struct outcome *first;
	struct outcome **last;
};

static void free_outcome(struct outcome *outcome)
{
	cpc_peer_host_free(outcome->host);
	free(outcome);
}

/** On the poller's thread. */
static bool on_answer(void *context, const struct cpc_poll_answer *answer)
{
	struct cpc_peering *peering = context;
	struct outcome *outcome = calloc(1, sizeof(*outcome));
	struct cpc_error error = { .status = CPC_INTERNAL };
	const uint64_t one = 1;

	/* Without memory for the answer the row keeps what it has, until the next. */
	if (!outcome)
		return false;
	outcome->index = answer->target;
	outcome->at = time(NULL);
	outcome->result = answer->result;
	if (answer->result == CPC_POLL_FAILED)
		memcpy(outcome->error, answer->error->what, sizeof(outcome->error));
	if (answer->result == CPC_POLL_ANSWERED &&
	    cpc_peer_host_read(answer->bytes, answer->length, &outcome->host, &error)) {
		outcome->result = CPC_POLL_FAILED;
		memcpy(outcome->error, error.what, sizeof(outcome->error));
	}
	const bool good = outcome->result != CPC_POLL_FAILED;
	pthread_mutex_lock(&peering->lock);
	*peering->last = outcome;
	peering->last = &outcome->next;
	pthread_mutex_unlock(&peering->lock);
	/* It cannot fail but for a counter that is full, and then the loop is awake already. */
	if (write(peering->event, &one, sizeof(one)) < 0)
		errno = 0;
	return good;
}

static struct outcome *take_outcomes(struct cpc_peering *peering)
{
	pthread_mutex_lock(&peering->lock);
	struct outcome *first = peering->first;
	peering->first = NULL;
	peering->last = &peering->first;
	pthread_mutex_unlock(&peering->lock);
	return first;
}

/** Let the loop tell of a change `gap` after the last one, or sooner where it will anyway. */
static void announce(struct cpc_peering *peering, uint64_t gap)
{
	const uint64_t now = cpc_loop_now();
	uint64_t due = peering->next_change + gap - GAP_MS;

	if (due < now)
		due = now;
	if (due >= peering->armed_for)
		return;
	peering->armed_for = due;
	cpc_loop_arm(peering->loop, peering->timer, due - now);
}

/** Milliseconds that this thread has run. What it waited for a CPU says how busy others are, and is no work. */
static uint64_t worked_ms(void)
{
	struct timespec worked = { 0 };

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &worked);
	return (uint64_t)worked.tv_sec * 1000 + (uint64_t)worked.tv_nsec / 1000000;
}

static uint64_t gap_after(const struct cpc_peering *peering, uint64_t work_ms)
{
	const uint64_t most = (uint64_t)peering->config.interval * 1000 / GAP_DIVISOR;
	const uint64_t wanted = work_ms * GAP_SHARE < most ? work_ms * GAP_SHARE : most;

	return wanted > GAP_MS ? wanted : GAP_MS;
}

static void on_timer(void *context)
{
	struct cpc_peering *peering = context;
	const uint64_t began = worked_ms();

	peering->armed_for = CPC_TIMER_OFF;
	peering->changed(peering->context);
	peering->next_change = cpc_loop_now() + gap_after(peering, worked_ms() - began);
}

static bool apply(struct cpc_peering *peering, struct outcome *outcome)
{
	struct cpc_peer *peer = &peering->list.items[outcome->index];

	if (outcome->result == CPC_POLL_FAILED)
		return cpc_peer_row_fail(peer, outcome->error, outcome->at);
	if (!outcome->host)
		return cpc_peer_row_same(peer, outcome->at);
	return cpc_peer_row_answer(peer, &outcome->host, peering->self, peering->list.policy, outcome->at);
}

static void on_event(void *context)
{
	struct cpc_peering *peering = context;
	bool more_than_times = false;
	uint64_t count;

	if (read(peering->event, &count, sizeof(count)) < 0)
		return;
	for (struct outcome *outcome = take_outcomes(peering), *next; outcome; outcome = next) {
		next = outcome->next;
		more_than_times |= apply(peering, outcome);
		free_outcome(outcome);
	}
	announce(peering, more_than_times ? GAP_MS : GAP_OF_TIMES_MS);
}

/** The poller calls nobody any more, and nothing of what it told is left. */
static void stop_poller(struct cpc_peering *peering)
{
	cpc_poller_stop(peering->poller);
	peering->poller = NULL;
	for (struct outcome *outcome = take_outcomes(peering), *next; outcome; outcome = next) {
		next = outcome->next;
		free_outcome(outcome);
	}
}

static enum cpc_status start_poller(struct cpc_peering *peering, struct cpc_error *reterr)
{
	const struct cpc_peer_config *config = &peering->config;
	struct cpc_poll_target *targets;
	enum cpc_status status;

	if (!config->count)
		return CPC_OK;
	targets = calloc(config->count, sizeof(*targets));
	if (!targets)
		return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	for (size_t i = 0; i < config->count; i++)
		targets[i] = (struct cpc_poll_target){ config->lines[i].address, config->tokens[i] };
	const struct cpc_polling polling = {
		.targets = targets,
		.count = config->count,
		.interval_seconds = config->interval,
		.ca_file = config->ca_file,
		.answered = on_answer,
		.context = peering,
	};
	status = cpc_poller_start(&polling, &peering->poller, reterr);
	free(targets);
	return status;
}

/** The eventfd and the timer, once. */
static enum cpc_status join_loop(struct cpc_peering *peering, struct cpc_error *reterr)
{
	if (peering->event >= 0)
		return CPC_OK;
	peering->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (peering->event < 0)
		return cpc_fail(reterr, CPC_INTERNAL, 0, "no descriptor for peers: %s", strerror(errno));
	cpc_loop_watch(peering->loop, peering->event, on_event, peering);
	peering->timer = cpc_loop_timer(peering->loop, on_timer, peering);
	return CPC_OK;
}

static void release_rows(struct cpc_peers *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->items[i].error);
		cpc_peer_host_free(list->items[i].host);
	}
	free(list->items);
	list->items = NULL;
	list->count = 0;
}

/** What is known of a peer that stays is taken from its old row. */
static void inherit(struct cpc_peering *peering, struct cpc_peer *peer, const struct cpc_peer_line *line)
{
	for (size_t i = 0; i < peering->list.count; i++) {
		struct cpc_peer *old = &peering->list.items[i];

		if (strcmp(old->name, line->name) != 0 || strcmp(peering->config.lines[i].address, line->address) != 0)
			continue;
		*peer = *old;
		old->error = NULL;
		old->host = NULL;
		break;
	}
	peer->name = line->name;
	peer->address = line->shown;
}

/** Take the configuration over, with room for its rows. */
static void replace_rows(struct cpc_peering *peering, struct cpc_peer_config *config, struct cpc_peer *items)
{
	const int64_t now = time(NULL);

	for (size_t i = 0; i < config->count; i++) {
		items[i].since = now;
		inherit(peering, &items[i], &config->lines[i]);
	}
	release_rows(&peering->list);
	cpc_peer_config_free(&peering->config);
	peering->config = *config;
	peering->list.items = items;
	peering->list.count = config->count;
	*config = (struct cpc_peer_config){ .count = 0 };
}

static void relate_all(struct cpc_peering *peering)
{
	for (size_t i = 0; i < peering->list.count; i++)
		cpc_peer_row_relate(&peering->list.items[i], peering->self, peering->list.policy);
}

static enum cpc_status set_peers(struct cpc_peering *peering, struct cpc_peer_config *config, struct cpc_error *reterr)
{
	struct cpc_peer *items = config->count ? calloc(config->count, sizeof(*items)) : NULL;

	if (config->count && !items)
		return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	if (config->count && join_loop(peering, reterr)) {
		free(items);
		return reterr->status;
	}
	stop_poller(peering);
	replace_rows(peering, config, items);
	return start_poller(peering, reterr);
}

/** Whether all of the configuration is in force: a poller that could not be started is tried again. */
static bool follows(const struct cpc_peering *peering, const struct cpc_peer_config *config)
{
	return cpc_peer_config_same(config, &peering->config) && (!config->count || peering->poller);
}

enum cpc_status cpc_peering_reload(struct cpc_peering *peering, const struct cpc_settings *settings,
				   struct cpc_error *reterr)
{
	/* The setting's own check has found it. */
	const struct cpc_policy *policy = cpc_policy_named(settings->policy);
	struct cpc_peer_config config = { .count = 0 };
	enum cpc_status status;

	if (policy != peering->list.policy) {
		peering->list.policy = policy;
		relate_all(peering);
	}
	status = cpc_peer_config_read(settings, &config, reterr);
	if (!status && !follows(peering, &config))
		status = set_peers(peering, &config, reterr);
	cpc_peer_config_free(&config);
	return status;
}

enum cpc_status cpc_peering_check(const struct cpc_settings *settings, struct cpc_error *reterr)
{
	struct cpc_peer_config config = { .count = 0 };
	const enum cpc_status status = cpc_peer_config_read(settings, &config, reterr);

	cpc_peer_config_free(&config);
	return status;
}

enum cpc_status cpc_peering_start(const struct cpc_peering_start *start, struct cpc_peering **ret_peering,
				  struct cpc_error *reterr)
{
	struct cpc_peering *peering = calloc(1, sizeof(*peering));
	enum cpc_status status;

	if (!peering)
		return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	peering->loop = start->loop;
	peering->changed = start->changed;
	peering->context = start->context;
	peering->self = start->self;
	peering->event = -1;
	peering->armed_for = CPC_TIMER_OFF;
	peering->last = &peering->first;
	pthread_mutex_init(&peering->lock, NULL);
	status = cpc_peering_reload(peering, start->settings, reterr);
	if (status)
		cpc_peering_stop(peering);
	else
		*ret_peering = peering;
	return status;
}

static bool same_view(const struct cpc_fingerprint *a, const struct cpc_fingerprint *b)
{
	return a && b ? cpc_fingerprint_same_text(a, b) : a == b;
}

/** Whether a peer could tell two reports apart. */
static bool same_side(const struct cpc_report *a, const struct cpc_report *b)
{
	const struct cpc_side left = cpc_side_of(a);
	const struct cpc_side right = cpc_side_of(b);

	return left.vantage == right.vantage && left.dumped == right.dumped &&
	       memcmp(left.requirements, right.requirements, sizeof(left.requirements)) == 0 &&
	       same_view(left.fingerprint, right.fingerprint) && same_view(left.kvm, right.kvm);
}

void cpc_peering_judge(struct cpc_peering *peering, const struct cpc_report *self)
{
	const bool same = !peering->list.count || same_side(peering->self, self);

	peering->self = self;
	if (!same)
		relate_all(peering);
}

const struct cpc_peers *cpc_peering_list(const struct cpc_peering *peering)
{
	return &peering->list;
}

void cpc_peering_stop(struct cpc_peering *peering)
{
	if (!peering)
		return;
	stop_poller(peering);
	release_rows(&peering->list);
	cpc_peer_config_free(&peering->config);
	if (peering->event >= 0)
		close(peering->event);
	pthread_mutex_destroy(&peering->lock);
	free(peering);
}
