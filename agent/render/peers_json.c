/* SPDX-License-Identifier: MIT */
/* cpucompat/peers/1, and the same peers as targets for Prometheus to find. */
#include "render.h"

#include <string.h>

#include "describe.h"
#include "json.h"

static json_t *time_of(int64_t seconds)
{
	char text[CPC_TIME_SIZE];

	return seconds ? json_string(cpc_time_text(seconds, text)) : json_null();
}

static json_t *view_of(struct cpc_json *json, const struct cpc_peer_view *view)
{
	json_t *object;

	if (!view->text)
		return json_null();
	object = json_object();
	cpc_json_put(json, object, "id", json_string(view->id));
	cpc_json_put(json, object, "silicon", json_string(view->silicon));
	cpc_json_put(json, object, "text", json_string(view->text));
	cpc_json_put(json, object, "complete", json_boolean(view->complete));
	return object;
}

static void put_relation(struct cpc_json *json, json_t *object, const struct cpc_peer_relation *relation)
{
	cpc_json_put(json, object, "relation",
		     relation ? json_string(cpc_relation_name(relation->relation)) : json_null());
	cpc_json_put(json, object, "to_peer",
		     relation ? json_string(cpc_verdict_name(relation->to_peer)) : json_null());
	cpc_json_put(json, object, "from_peer",
		     relation ? json_string(cpc_verdict_name(relation->from_peer)) : json_null());
}

/** What it last told, however long ago. */
static json_t *last_of(struct cpc_json *json, const struct cpc_peer *peer)
{
	const struct cpc_peer_host *host = peer->host;
	char cpu[CPC_LINE_SIZE];
	json_t *object;
	json_t *views;

	if (!host)
		return json_null();
	object = json_object();
	cpc_describe_signature(&host->signature, cpu);
	cpc_json_put(json, object, "host", cpc_json_text(host->name));
	cpc_json_put(json, object, "id", json_string(host->cpuid.id));
	cpc_json_put(json, object, "cpu", json_string(cpu));
	cpc_json_put(json, object, "brand", cpc_json_text(host->brand));
	cpc_json_put(json, object, "microcode", cpc_json_text(host->microcode));
	cpc_json_put(json, object, "logical_cpus", json_integer((json_int_t)host->logical_cpus));
	cpc_json_put(json, object, "kinds", json_integer((json_int_t)host->kind_count));
	views = cpc_json_object(json, object, "fingerprints");
	cpc_json_put(json, views, cpc_view_name(CPC_VIEW_CPUID), view_of(json, &host->cpuid));
	cpc_json_put(json, views, cpc_view_name(CPC_VIEW_KVM), view_of(json, &host->kvm));
	put_relation(json, object, &peer->relation);
	return object;
}

static json_t *row_of(struct cpc_json *json, const struct cpc_peer *peer)
{
	const bool up = peer->state == CPC_PEER_UP;
	json_t *object = json_object();

	cpc_json_put(json, object, "name", json_string(peer->name));
	cpc_json_put(json, object, "address", json_string(peer->address));
	cpc_json_put(json, object, "up", json_boolean(up));
	cpc_json_put(json, object, "state", json_string(cpc_peer_state_name(peer->state)));
	cpc_json_put(json, object, "since", time_of(peer->since));
	cpc_json_put(json, object, "checked_at", time_of(peer->checked_at));
	cpc_json_put(json, object, "answered_at", time_of(peer->answered_at));
	cpc_json_put(json, object, "error", peer->error ? cpc_json_text(peer->error) : json_null());
	put_relation(json, object, up ? &peer->relation : NULL);
	cpc_json_put(json, object, "last", last_of(json, peer));
	return object;
}

enum cpc_status cpc_render_peers(const struct cpc_published *published, struct cpc_buffer *out,
				 struct cpc_error *reterr)
{
	const struct cpc_report *self = published->report;
	const struct cpc_peers *peers = published->peers;
	struct cpc_json json = cpc_json_start("cpucompat/peers/1");
	char id[CPC_ID_SIZE];
	json_t *object;

	cpc_json_put(&json, json.root, "policy",
		     json_string(peers && peers->policy ? peers->policy->name : CPC_POLICY_DEFAULT));
	object = cpc_json_object(&json, json.root, "self");
	cpc_fingerprint_id(&self->fingerprint, id);
	cpc_json_put(&json, object, "name", cpc_json_text(self->capture->host_name));
	cpc_json_put(&json, object, "id", json_string(id));
	object = cpc_json_array(&json, json.root, "peers");
	for (size_t i = 0; peers && i < peers->count; i++)
		cpc_json_append(&json, object, row_of(&json, &peers->items[i]));
	return cpc_json_finish(&json, out, reterr);
}

/** A target is HOST:PORT; a unix socket has none that Prometheus could ask. */
static json_t *target_of(struct cpc_json *json, const struct cpc_peer *peer)
{
	const char *host = strstr(peer->address, "://");
	const bool tls = strncmp(peer->address, "https:", strlen("https:")) == 0;
	json_t *object;

	if (!host)
		return NULL;
	object = json_object();
	cpc_json_append(json, cpc_json_array(json, object, "targets"), json_string(host + strlen("://")));
	json_t *labels = cpc_json_object(json, object, "labels");
	cpc_json_put(json, labels, "__scheme__", json_string(tls ? "https" : "http"));
	cpc_json_put(json, labels, "__meta_cpucompat_peer", json_string(peer->name));
	return object;
}

enum cpc_status cpc_render_targets(const struct cpc_published *published, struct cpc_buffer *out,
				   struct cpc_error *reterr)
{
	const struct cpc_peers *peers = published->peers;
	struct cpc_json json = { .root = json_array() };

	for (size_t i = 0; peers && i < peers->count; i++) {
		json_t *target = target_of(&json, &peers->items[i]);

		if (target)
			cpc_json_append(&json, json.root, target);
	}
	return cpc_json_finish(&json, out, reterr);
}
