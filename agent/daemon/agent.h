/* SPDX-License-Identifier: MIT */
/* The agent as a whole: its settings, its server and what it knows, in the order in which they come and go. */
#ifndef CPC_AGENT_H
#define CPC_AGENT_H

#include <cpucompat/status.h>

#include "loop.h"
#include "manager.h"
#include "peers.h"
#include "reprobe.h"
#include "serve.h"
#include "settings.h"
#include "subject.h"

/** Everything that lives as long as the agent. The main thread's. Zero-initialise. */
struct cpc_agent {
	struct cpc_settings settings;
	struct cpc_loop loop;
	int signals; /**< a signalfd, from cpc_agent_start() on */
	struct cpc_manager manager;
	struct cpc_devices *devices; /**< opened while it was permitted; owned */
	struct cpc_subject *subject; /**< what is served; owned */
	struct cpc_reprobe reprobe;
	struct cpc_server *server;
	bool filtered;		     /**< system calls are */
	bool asks;		     /**< and connecting to peers is among those that are let through */
	struct cpc_peering *peering; /**< compares peers with what is served */
};

/** What can be found wrong with settings without serving, and without a trace: a dump that cannot be replayed, an
 * address that others could reach, a certificate, key or token file that will not do. */
enum cpc_status cpc_agent_check(const struct cpc_settings *settings, struct cpc_error *reterr);

/** Serve a subject, and the peers as they relate to it. On failure what was served before is served on. */
enum cpc_status cpc_agent_publish(struct cpc_agent *agent, const struct cpc_subject *subject, struct cpc_error *reterr);

/** Probe, listen, serve. On failure cpc_agent_free() releases what there is. */
enum cpc_status cpc_agent_start(struct cpc_agent *agent, struct cpc_error *reterr);

/** Read the settings again, apply what can be, and probe again; what cannot be done is logged, and all else goes on. */
void cpc_agent_reload(struct cpc_agent *agent);

/** Serve until SIGTERM or SIGINT; SIGHUP is cpc_agent_reload(). */
void cpc_agent_run(struct cpc_agent *agent);

/** Stop serving and release everything. */
void cpc_agent_free(struct cpc_agent *agent);

#endif
