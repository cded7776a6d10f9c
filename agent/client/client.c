/* SPDX-License-Identifier: MIT */
/*
 * Many agents asked at once. Those that do not answer take their time beside each other, and each answer
 * waits until those before it are given away, so that what is made of them does not depend on who was quicker.
 */
#include "client.h"

#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "explain.h"
#include "transfer.h"

#define BODY_MAX ((size_t)16 << 20)
#define TOTAL_MS 10000L

/** Answers that may wait for one before them. */
#define WINDOW 1024

/** Bytes of them beyond which nobody else is asked: whoever is slow does not make the others fill the memory. */
#define WAITING_MAX ((size_t)64 << 20)

/** Longest sleep between two ticks. */
#define TICK_MS 200

/** A question under way; the transfer is the first member. */
struct slot {
	struct cpc_transfer transfer;
	struct cpc_address address;
	size_t target;
	enum cpc_fetched what; /**< it is asked for */
	bool taken;
};

/** What came of a question, until its turn. */
struct outcome {
	struct cpc_buffer body;
	struct cpc_error error;
	bool done;
};

struct crowd {
	const struct cpc_fetching *fetching;
	struct cpc_curl curl;
	CURLM *multi;
	struct slot *slots;	  /**< CPC_FETCHES_MAX */
	struct outcome *outcomes; /**< WINDOW of them, that of a target at its number modulo that */
	size_t begun;
	size_t given;
	size_t waiting; /**< bytes of answers that are there and not given away */
	size_t answers;
	size_t under_way;
};

static const char *const paths[] = { [CPC_FETCH_REPORT] = "v1/report", [CPC_FETCH_READY] = "v1/ready" };

static struct outcome *outcome_of(struct crowd *crowd, size_t target)
{
	return &crowd->outcomes[target % WINDOW];
}

static void fail(struct crowd *crowd, size_t target, const struct cpc_error *error)
{
	struct outcome *outcome = outcome_of(crowd, target);

	outcome->error = *error;
	outcome->done = true;
	crowd->answers++;
}

static enum cpc_status start(struct crowd *crowd, struct slot *slot, size_t target, struct cpc_error *reterr)
{
	const struct cpc_fetch_target *from = &crowd->fetching->targets[target];
	const struct cpc_client *client = crowd->fetching->client;
	enum cpc_status status = cpc_address_parse_for(from->address, paths[slot->what], &slot->address, reterr);

	if (status)
		return status;
	const struct cpc_question question = {
		.url = slot->address.url,
		.socket_path = slot->address.socket_path,
		.token = from->token ? from->token : client->token,
		.ca_file = client->ca_file,
		.timeout_ms = client->timeout_ms ? client->timeout_ms : TOTAL_MS,
		.body_max = BODY_MAX,
		.program = "cpucompat/" CPC_VERSION,
		.patient = true,
	};
	status = cpc_transfer_start(&crowd->curl, &question, &slot->transfer, reterr);
	if (!status && crowd->curl.multi_add_handle(crowd->multi, slot->transfer.easy) != CURLM_OK)
		status = cpc_out_of_memory(reterr);
	if (status)
		cpc_transfer_free(&crowd->curl, &slot->transfer);
	return status;
}

static struct slot *free_slot(struct crowd *crowd)
{
	for (size_t i = 0; i < CPC_FETCHES_MAX; i++)
		if (!crowd->slots[i].taken)
			return &crowd->slots[i];
	return NULL;
}

static void start_more(struct crowd *crowd)
{
	const size_t wanted = crowd->fetching->most;
	const size_t most = wanted && wanted < CPC_FETCHES_MAX ? wanted : CPC_FETCHES_MAX;

	while (crowd->begun < crowd->fetching->count && crowd->under_way < most &&
	       crowd->begun - crowd->given < WINDOW && crowd->waiting < WAITING_MAX) {
		struct slot *slot = free_slot(crowd);
		const size_t target = crowd->begun++;
		struct cpc_error error = { .status = CPC_INTERNAL };

		*outcome_of(crowd, target) = (struct outcome){ .done = false };
		slot->what = crowd->fetching->what;
		if (start(crowd, slot, target, &error)) {
			fail(crowd, target, &error);
			continue;
		}
		slot->target = target;
		slot->taken = true;
		crowd->under_way++;
	}
}

static void end_transfer(struct crowd *crowd, struct slot *slot)
{
	if (slot->transfer.easy)
		crowd->curl.multi_remove_handle(crowd->multi, slot->transfer.easy);
	cpc_transfer_free(&crowd->curl, &slot->transfer);
}

/** Whether the answer is that of an agent which does not know the document: then it is asked for its report. */
static bool is_older(const struct crowd *crowd, const struct slot *slot, CURLcode code)
{
	long http_status = 0;

	if (code || slot->what == CPC_FETCH_REPORT || slot->address.has_path)
		return false;
	crowd->curl.easy_getinfo(slot->transfer.easy, CURLINFO_RESPONSE_CODE, &http_status);
	return http_status == 404;
}

static void finish(struct crowd *crowd, struct slot *slot, CURLcode code)
{
	struct outcome *outcome = outcome_of(crowd, slot->target);
	struct cpc_error error = { .status = CPC_INTERNAL };

	if (is_older(crowd, slot, code)) {
		end_transfer(crowd, slot);
		slot->what = CPC_FETCH_REPORT;
		if (!start(crowd, slot, slot->target, &error))
			return;
		fail(crowd, slot->target, &error);
	} else if (cpc_explain(&crowd->curl, &slot->transfer, code, slot->address.name, &error)) {
		fail(crowd, slot->target, &error);
	} else {
		outcome->body = slot->transfer.body;
		slot->transfer.body = (struct cpc_buffer){ .length = 0 };
		outcome->done = true;
		crowd->waiting += outcome->body.length;
		crowd->answers++;
	}
	end_transfer(crowd, slot);
	slot->taken = false;
	crowd->under_way--;
}

static void finish_all(struct crowd *crowd)
{
	int left = 0;

	for (CURLMsg *message; (message = crowd->curl.multi_info_read(crowd->multi, &left));) {
		struct slot *slot = NULL;
		const CURLcode code = message->data.result;

		if (message->msg != CURLMSG_DONE)
			continue;
		crowd->curl.easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&slot);
		finish(crowd, slot, code);
	}
}

/** Give away what is there, up to the first that is not. */
static enum cpc_status give(struct crowd *crowd, struct cpc_error *reterr)
{
	const struct cpc_fetching *fetching = crowd->fetching;

	for (; crowd->given < crowd->begun; crowd->given++) {
		struct outcome *outcome = outcome_of(crowd, crowd->given);
		bool more;

		if (!outcome->done)
			break;
		if (outcome->error.status == CPC_INTERNAL)
			return cpc_out_of_memory(reterr);
		more = fetching->answered(fetching->context, crowd->given,
					  outcome->error.status ? NULL : &outcome->body, &outcome->error);
		crowd->waiting -= outcome->body.length;
		cpc_buffer_free(&outcome->body);
		if (!more)
			return cpc_out_of_memory(reterr);
	}
	return CPC_OK;
}

static enum cpc_status ask_all(struct crowd *crowd, struct cpc_error *reterr)
{
	const struct cpc_fetching *fetching = crowd->fetching;
	enum cpc_status status = CPC_OK;
	int running;

	while (!status && crowd->given < fetching->count) {
		start_more(crowd);
		crowd->curl.multi_perform(crowd->multi, &running);
		finish_all(crowd);
		status = give(crowd, reterr);
		if (fetching->tick)
			fetching->tick(fetching->context, crowd->answers);
		if (!status && crowd->under_way)
			crowd->curl.multi_poll(crowd->multi, NULL, 0, TICK_MS, NULL);
	}
	return status;
}

static enum cpc_status prepare(struct crowd *crowd, struct cpc_error *reterr)
{
	const enum cpc_status status = cpc_curl_load(&crowd->curl, reterr);

	if (status)
		return status;
	if (crowd->curl.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return cpc_fail(reterr, CPC_UNAVAILABLE, 0, "libcurl would not start");
	crowd->multi = crowd->curl.multi_init();
	crowd->slots = calloc(CPC_FETCHES_MAX, sizeof(*crowd->slots));
	crowd->outcomes = calloc(WINDOW, sizeof(*crowd->outcomes));
	return crowd->multi && crowd->slots && crowd->outcomes ? CPC_OK : cpc_out_of_memory(reterr);
}

static void release(struct crowd *crowd)
{
	for (size_t i = 0; crowd->slots && i < CPC_FETCHES_MAX; i++) {
		struct slot *slot = &crowd->slots[i];

		if (!slot->taken)
			continue;
		end_transfer(crowd, slot);
	}
	for (size_t target = crowd->given; target < crowd->begun; target++)
		cpc_buffer_free(&outcome_of(crowd, target)->body);
	if (crowd->multi)
		crowd->curl.multi_cleanup(crowd->multi);
	free(crowd->slots);
	free(crowd->outcomes);
}

enum cpc_status cpc_fetch_reports(const struct cpc_fetching *fetching, struct cpc_error *reterr)
{
	struct crowd crowd = { .fetching = fetching };
	enum cpc_status status = prepare(&crowd, reterr);

	if (!status)
		status = ask_all(&crowd, reterr);
	release(&crowd);
	return status;
}

/** The one answer. */
struct single {
	struct cpc_buffer body;
	struct cpc_error error;
};

static bool keep(void *context, size_t target, const struct cpc_buffer *body, const struct cpc_error *error)
{
	struct single *single = context;

	(void)target;
	if (body)
		cpc_buffer_add(&single->body, body->bytes ? body->bytes : "", body->length);
	else
		single->error = *error;
	return !single->body.failed;
}

enum cpc_status cpc_fetch_report(const struct cpc_client *client, const char *address, struct cpc_buffer *ret_body,
				 struct cpc_error *reterr)
{
	const struct cpc_fetch_target target = { .address = address };
	struct single single = { .error = { .status = CPC_OK } };
	const struct cpc_fetching fetching = {
		.client = client, .targets = &target, .count = 1, .answered = keep, .context = &single
	};
	struct cpc_address parsed;
	/* What is no address needs no libcurl to be refused. */
	enum cpc_status status = cpc_address_parse(address, &parsed, reterr);

	if (!status)
		status = cpc_fetch_reports(&fetching, reterr);
	if (!status && single.error.status)
		status = cpc_fail(reterr, single.error.status, 0, "%s", single.error.what);
	if (status)
		cpc_buffer_free(&single.body);
	else
		*ret_body = single.body;
	return status;
}
