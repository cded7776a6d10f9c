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

/** A new subject; NULL with the reason in `reterr`. */
static struct cpc_subject *probe(const struct cpc_settings *settings, struct cpc_error *reterr)
{
	struct cpc_subject *subject = calloc(1, sizeof(*subject));

	if (!subject)
		cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	else if (cpc_subject_probe(settings->replay, subject, reterr)) {
		free(subject);
		subject = NULL;
	}
	return subject;
}

static void free_subject(struct cpc_subject *subject)
{
	cpc_subject_free(subject);
	free(subject);
}

static void log_change(const struct cpc_subject *before, const struct cpc_subject *now)
{
	char old_text[CPC_FINGERPRINT_SIZE];
	char new_text[CPC_FINGERPRINT_SIZE];

	cpc_fingerprint_print(&before->report.fingerprint, old_text);
	cpc_fingerprint_print(&now->report.fingerprint, new_text);
	if (strcmp(old_text, new_text) != 0)
		cpc_log_long("the fingerprint changed from %s to %s", old_text, new_text);
}

/** Serve a report, and the peers as they relate to it. */
static enum cpc_status publish(struct cpc_agent *agent, const struct cpc_report *report, struct cpc_error *reterr)
{
	const struct cpc_published published = { .report = report, .peers = cpc_peering_list(agent->peering) };

	cpc_peering_judge(agent->peering, report);
	return cpc_server_update(agent->server, &published, reterr);
}

static void on_peers(void *context)
{
	struct cpc_agent *agent = context;
	struct cpc_error error = { .status = CPC_INTERNAL };

	if (publish(agent, &agent->subject->report, &error))
		cpc_log_warning("still serving the peers as they were: %s", error.what);
}

/** Probe again and swap the replies; on failure the old ones are served on. */
static void reprobe(struct cpc_agent *agent)
{
	struct cpc_error error = { .status = CPC_INTERNAL };
	struct cpc_subject *subject = probe(&agent->settings, &error);

	if (!subject || publish(agent, &subject->report, &error)) {
		cpc_log_warning("still serving the last report: %s", error.what);
		cpc_peering_judge(agent->peering, &agent->subject->report);
		free_subject(subject);
		return;
	}
	log_change(agent->subject, subject);
	free_subject(agent->subject);
	agent->subject = subject;
}

void cpc_agent_reload(struct cpc_agent *agent)
{
	struct cpc_error error = { .status = CPC_INTERNAL };

	cpc_settings_reload(&agent->settings);
	if (cpc_peering_reload(agent->peering, &agent->settings, &error))
		cpc_log_warning("the peers stay as they were: %s", error.what);
	reprobe(agent);
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

static enum cpc_status serve(struct cpc_agent *agent, struct cpc_error *reterr)
{
	static const char *const by_default[] = { CPC_LISTEN_DEFAULT };
	const struct cpc_texts *listen = &agent->settings.listen;
	const struct cpc_serving serving = {
		.listen = listen->count ? (const char *const *)listen->items : by_default,
		.listen_count = listen->count ? listen->count : 1,
	};

	const struct cpc_published published = {
		.report = &agent->subject->report,
		.peers = cpc_peering_list(agent->peering),
	};

	return cpc_server_start(&serving, &published, &agent->server, reterr);
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

enum cpc_status cpc_agent_check(const struct cpc_settings *settings, struct cpc_error *reterr)
{
	struct cpc_subject *subject = settings->replay ? probe(settings, reterr) : NULL;
	const bool replays = subject != NULL;

	free_subject(subject);
	return settings->replay && !replays ? reterr->status : cpc_peering_check(settings, reterr);
}

enum cpc_status cpc_agent_start(struct cpc_agent *agent, struct cpc_error *reterr)
{
	enum cpc_status status;

	agent->signals = -1;
	status = take_signals(agent, reterr);
	if (status)
		return status;
	agent->subject = probe(&agent->settings, reterr);
	if (!agent->subject)
		return reterr->status;
	status = ask_peers(agent, reterr);
	if (!status)
		status = serve(agent, reterr);
	for (size_t i = 0; !status && cpc_server_url(agent->server, i); i++)
		cpc_log_info("listening on %s", cpc_server_url(agent->server, i));
	return status;
}

void cpc_agent_run(struct cpc_agent *agent)
{
	cpc_loop_run(&agent->loop);
}

void cpc_agent_free(struct cpc_agent *agent)
{
	cpc_server_stop(agent->server);
	cpc_peering_stop(agent->peering);
	free_subject(agent->subject);
	if (agent->signals > 0)
		close(agent->signals);
	cpc_settings_free(&agent->settings);
}
