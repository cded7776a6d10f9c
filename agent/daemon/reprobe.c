/* SPDX-License-Identifier: MIT */
#include "reprobe.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "agent.h"
#include "hotplug.h"
#include "log.h"

static void arm(struct cpc_agent *agent)
{
	cpc_loop_arm(&agent->loop, agent->reprobe.interval, (uint64_t)agent->settings.interval * 1000);
}

/** A new subject that carries what `memory`, a copy, has learnt from it. NULL with the reason in `reterr`. */
static struct cpc_subject *probe(const struct cpc_agent *agent, struct cpc_memory *memory, struct cpc_error *reterr)
{
	const struct cpc_policy *policy = cpc_policy_named(agent->settings.policy);
	struct cpc_subject *subject = cpc_subject_new(agent->settings.replay, agent->devices, policy, reterr);

	if (subject) {
		cpc_memory_learn(memory, &subject->report, time(NULL));
		subject->capture.history = memory->history;
	}
	return subject;
}

enum cpc_status cpc_reprobe_begin(struct cpc_agent *agent, struct cpc_error *reterr)
{
	/* Before the probe: a CPU that comes during it is then one that has to be looked at. */
	agent->reprobe.hotplug = cpc_hotplug_open();
	if (agent->reprobe.hotplug < 0)
		cpc_log_info("the kernel does not tell of CPUs here: %s; they are noticed at the next interval",
			     strerror(-agent->reprobe.hotplug));
	agent->subject = probe(agent, &agent->reprobe.memory, reterr);
	return agent->subject ? CPC_OK : reterr->status;
}

/** The old report goes on, and says that it is old. Without memory for new replies it cannot; the log can. */
static void serve_on(struct cpc_agent *agent, const struct cpc_error *error, bool asked)
{
	struct cpc_reprobe *reprobe = &agent->reprobe;
	struct cpc_error ignored;

	cpc_memory_fail(&reprobe->memory, time(NULL));
	agent->subject->capture.history = reprobe->memory.history;
	(void)cpc_agent_publish(agent, agent->subject, &ignored);
	/* Now: whoever reads the line and asks gets what it speaks of. */
	if (asked || strcmp(reprobe->complaint, error->what) != 0)
		cpc_log_warning("still serving the last report: %s", error->what);
	snprintf(reprobe->complaint, sizeof(reprobe->complaint), "%s", error->what);
}

static void log_recovery(struct cpc_reprobe *reprobe)
{
	if (reprobe->complaint[0])
		cpc_log_notice("probing works again; it had failed since %s", reprobe->memory.history.failing_since);
	reprobe->complaint[0] = '\0';
}

void cpc_reprobe(struct cpc_agent *agent, bool asked)
{
	struct cpc_memory memory = agent->reprobe.memory;
	struct cpc_error error = { .status = CPC_INTERNAL };
	struct cpc_subject *subject = probe(agent, &memory, &error);

	arm(agent);
	if (!subject || cpc_agent_publish(agent, subject, &error)) {
		/* First: what the peers are compared with is then the old report again. */
		serve_on(agent, &error, asked);
		cpc_subject_free(subject);
		return;
	}
	log_recovery(&agent->reprobe);
	cpc_memory_log(&agent->reprobe.memory, &agent->subject->report, &subject->report);
	cpc_subject_free(agent->subject);
	agent->subject = subject;
	agent->reprobe.memory = memory;
	cpc_manager_status(agent);
}

static void on_interval(void *context)
{
	cpc_reprobe(context, false);
}

static void on_settled(void *context)
{
	struct cpc_agent *agent = context;

	agent->reprobe.settle_by = 0;
	cpc_reprobe(agent, false);
}

static void stop_listening(struct cpc_agent *agent)
{
	if (agent->reprobe.hotplug <= 0)
		return;
	cpc_loop_unwatch(&agent->loop, agent->reprobe.hotplug);
	close(agent->reprobe.hotplug);
	agent->reprobe.hotplug = 0;
}

static void on_hotplug(void *context)
{
	struct cpc_agent *agent = context;
	struct cpc_reprobe *reprobe = &agent->reprobe;
	const uint64_t now = cpc_loop_now();

	switch (cpc_hotplug_read(reprobe->hotplug)) {
	case CPC_HOTPLUG_NOTHING:
		return;
	case CPC_HOTPLUG_BROKEN:
		cpc_log_warning("the kernel tells of CPUs no more; they are noticed at the next interval");
		stop_listening(agent);
		return;
	case CPC_HOTPLUG_CPU:
		break;
	}
	if (!reprobe->settle_by)
		reprobe->settle_by = now + CPC_SETTLE_MOST_MS;
	const uint64_t left = reprobe->settle_by > now ? reprobe->settle_by - now : 0;
	cpc_loop_arm(&agent->loop, reprobe->settle, left < CPC_SETTLE_MS ? left : CPC_SETTLE_MS);
}

void cpc_reprobe_watch(struct cpc_agent *agent)
{
	struct cpc_reprobe *reprobe = &agent->reprobe;

	reprobe->interval = cpc_loop_timer(&agent->loop, on_interval, agent);
	reprobe->settle = cpc_loop_timer(&agent->loop, on_settled, agent);
	arm(agent);
	if (reprobe->hotplug > 0)
		cpc_loop_watch(&agent->loop, reprobe->hotplug, on_hotplug, agent);
}

void cpc_reprobe_end(struct cpc_agent *agent)
{
	stop_listening(agent);
}
