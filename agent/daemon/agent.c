/* SPDX-License-Identifier: MIT */
#include "agent.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "log.h"
#include "privileges.h"
#include "probes.h"
#include "serving.h"

/** Its parts as the server takes them. */
static struct cpc_published published_of(const struct cpc_subject *subject)
{
	return (struct cpc_published){
		.report = &subject->report,
		.site = subject->has_site ? &subject->site : NULL,
		.ready = &subject->ready,
	};
}

enum cpc_status cpc_agent_publish(struct cpc_agent *agent, const struct cpc_subject *subject, struct cpc_error *reterr)
{
	struct cpc_published published = published_of(subject);

	cpc_peering_judge(agent->peering, &subject->report);
	published.peers = cpc_peering_list(agent->peering);
	return cpc_server_update(agent->server, &published, reterr);
}

static void on_peers(void *context)
{
	struct cpc_agent *agent = context;
	struct cpc_error error = { .status = CPC_INTERNAL };

	if (cpc_agent_publish(agent, agent->subject, &error))
		cpc_log_warning("still serving the peers as they were: %s", error.what);
}

/** Read certificates and tokens again; what cannot be had stays as it was. */
static void reload_server(struct cpc_agent *agent)
{
	struct cpc_error error = { .status = CPC_INTERNAL };
	struct cpc_serving serving;

	cpc_serving_of(&agent->settings, &serving);
	if (cpc_server_reload(agent->server, &serving, &error))
		cpc_log_warning("still serving as before: %s", error.what);
}

void cpc_agent_reload(struct cpc_agent *agent)
{
	struct cpc_error error = { .status = CPC_INTERNAL };

	cpc_manager_reloading(agent);
	cpc_settings_reload(&agent->settings);
	reload_server(agent);
	if (agent->settings.peer.count && agent->filtered && !agent->asks)
		cpc_log_warning("peers were added, and this agent gave up connecting when it started without any; "
				"restart it to ask them");
	else if (cpc_peering_reload(agent->peering, &agent->settings, &error))
		cpc_log_warning("the peers are not asked as the settings say: %s; SIGHUP tries again", error.what);
	cpc_reprobe(agent, true);
	cpc_manager_ready(agent);
}

static void on_signal(void *context)
{
	struct cpc_agent *agent = context;
	struct signalfd_siginfo info;

	if (read(agent->signals, &info, sizeof(info)) != sizeof(info))
		return;
	if (info.ssi_signo == SIGHUP)
		cpc_agent_reload(agent);
	else
		cpc_loop_stop(&agent->loop);
}

/** Blocked before the first thread starts, so that every thread blocks them and the descriptor alone gets them. */
static enum cpc_status take_signals(struct cpc_agent *agent, struct cpc_error *reterr)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	agent->signals = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	if (agent->signals < 0)
		return cpc_fail(reterr, CPC_INTERNAL, 0, "no descriptor for signals: %s", strerror(errno));
	cpc_loop_watch(&agent->loop, agent->signals, on_signal, agent);
	return CPC_OK;
}

static enum cpc_status ask_peers(struct cpc_agent *agent, struct cpc_error *reterr)
{
	const struct cpc_peering_start start = {
		.settings = &agent->settings,
		.self = &agent->subject->report,
		.loop = &agent->loop,
		.changed = on_peers,
		.context = agent,
	};

	return cpc_peering_start(&start, &agent->peering, reterr);
}

/** What is served first, while it is put together. */
struct opening {
	struct cpc_agent *agent;
	struct cpc_published published;
};

/** The thread that asks peers is to start without privileges, too; and no answer is to be without them. */
static enum cpc_status on_opened(void *context, struct cpc_error *reterr)
{
	struct opening *opening = context;
	enum cpc_status status = cpc_privileges_drop(opening->agent, reterr);

	if (!status)
		status = ask_peers(opening->agent, reterr);
	if (!status)
		opening->published.peers = cpc_peering_list(opening->agent->peering);
	return status;
}

static enum cpc_status serve(struct cpc_agent *agent, struct cpc_error *reterr)
{
	struct opening opening = { .agent = agent, .published = published_of(agent->subject) };
	struct cpc_serving serving;

	cpc_serving_of(&agent->settings, &serving);
	serving.inherited = agent->manager.inherited.descriptors;
	serving.inherited_count = agent->manager.inherited.count;
	/* Who hands sockets over has said where to listen. */
	if (serving.inherited_count && !agent->settings.listen.count)
		serving.listen_count = 0;
	serving.opened = on_opened;
	serving.opened_context = &opening;
	enum cpc_status status = cpc_server_start(&serving, &opening.published, &agent->server, reterr);
	if (!status)
		agent->manager.inherited.count = 0;
	return status;
}

enum cpc_status cpc_agent_check(const struct cpc_settings *settings, struct cpc_error *reterr)
{
	struct cpc_serving serving;

	if (settings->replay) {
		struct cpc_subject *subject =
			cpc_subject_new(settings->replay, NULL, cpc_policy_named(settings->policy), reterr);

		if (!subject)
			return reterr->status;
		cpc_subject_free(subject);
	}
	cpc_serving_of(settings, &serving);
	const enum cpc_status status = cpc_serving_check(&serving, reterr);
	return status ? status : cpc_peering_check(settings, reterr);
}

enum cpc_status cpc_agent_start(struct cpc_agent *agent, struct cpc_error *reterr)
{
	enum cpc_status status;

	agent->signals = -1;
	status = cpc_manager_begin(agent, reterr);
	if (!status)
		status = take_signals(agent, reterr);
	if (!status)
		status = cpc_privileges_use(agent, reterr);
	if (status)
		return status;
	status = cpc_reprobe_begin(agent, reterr);
	if (status)
		return status;
	status = serve(agent, reterr);
	for (size_t i = 0; !status && cpc_server_url(agent->server, i); i++)
		cpc_log_info("listening on %s", cpc_server_url(agent->server, i));
	if (!status)
		cpc_reprobe_watch(agent);
	if (!status)
		cpc_manager_ready(agent);
	return status;
}

void cpc_agent_run(struct cpc_agent *agent)
{
	cpc_loop_run(&agent->loop);
	cpc_manager_stopping(agent);
}

void cpc_agent_free(struct cpc_agent *agent)
{
	cpc_server_stop(agent->server);
	cpc_peering_stop(agent->peering);
	cpc_reprobe_end(agent);
	cpc_subject_free(agent->subject);
	cpc_devices_free(agent->devices);
	cpc_manager_end(agent);
	if (agent->signals > 0)
		close(agent->signals);
	cpc_settings_free(&agent->settings);
}
