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
#include "serving.h"

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

/** Probe again and swap the replies; on failure the old ones are served on. */
static void reprobe(struct cpc_agent *agent)
{
	struct cpc_error error = { .status = CPC_INTERNAL };
	struct cpc_subject *subject = probe(&agent->settings, &error);

	if (!subject || cpc_server_update(agent->server, &subject->report, &error)) {
		cpc_log_warning("still serving the last report: %s", error.what);
		free_subject(subject);
		return;
	}
	log_change(agent->subject, subject);
	free_subject(agent->subject);
	agent->subject = subject;
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
	cpc_settings_reload(&agent->settings);
	reload_server(agent);
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
	struct cpc_serving serving;

	cpc_serving_of(&agent->settings, &serving);
	return cpc_server_start(&serving, &agent->subject->report, &agent->server, reterr);
}

enum cpc_status cpc_agent_check(const struct cpc_settings *settings, struct cpc_error *reterr)
{
	struct cpc_subject *subject = settings->replay ? probe(settings, reterr) : NULL;
	const bool replays = subject != NULL;
	struct cpc_serving serving;

	free_subject(subject);
	if (settings->replay && !replays)
		return reterr->status;
	cpc_serving_of(settings, &serving);
	return cpc_serving_check(&serving, reterr);
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
	free_subject(agent->subject);
	if (agent->signals > 0)
		close(agent->signals);
	cpc_settings_free(&agent->settings);
}
