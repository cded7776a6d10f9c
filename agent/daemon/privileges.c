/* SPDX-License-Identifier: MIT */
#include "privileges.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "agent.h"
#include "lockdown.h"
#include "log.h"
#include "peer_line.h"
#include "probes.h"

enum cpc_status cpc_privileges_use(struct cpc_agent *agent, struct cpc_error *reterr)
{
	struct cpc_devices *devices = cpc_devices_open("");

	if (!devices)
		return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	if (devices->msrs_open && devices->msrs_open < devices->cpus_online)
		cpc_log_warning("the MSRs of %zu of %zu CPUs are open, those of the others stay unread; "
				"raise LimitNOFILE= if descriptors are short",
				devices->msrs_open, devices->cpus_online);
	agent->devices = devices;
	return CPC_OK;
}

static bool listens_at_files(const struct cpc_texts *listen)
{
	for (size_t i = 0; i < listen->count; i++)
		if (strncmp(listen->items[i], "unix:", strlen("unix:")) == 0)
			return true;
	return false;
}

static void warn_of_file(const char *name, const char *path)
{
	if (path && access(path, R_OK) != 0 && errno == EACCES)
		cpc_log_warning("%s %.200s: cannot be read without the capabilities that were just given up, so "
				"SIGHUP will not read it; let the agent's user own it",
				name, path);
}

static void warn_of_token_file(const char *peer)
{
	struct cpc_peer_line line = { .name = NULL };

	if (cpc_peer_line_parse(peer, &line, NULL) == CPC_OK)
		warn_of_file("token-file", line.token_file);
	cpc_peer_line_free(&line);
}

/** What root could read at the start and is to be read again: that it no longer can would be found out when a
 * certificate has expired. */
static void warn_of_files(const struct cpc_settings *settings)
{
	warn_of_file("config", cpc_settings_file(settings));
	warn_of_file("tls-certificate", settings->tls_certificate);
	warn_of_file("tls-key", settings->tls_key);
	warn_of_file("tls-client-ca", settings->tls_client_ca);
	warn_of_file("tokens", settings->tokens);
	warn_of_file("replay", settings->replay);
	warn_of_file("peer-ca", settings->peer_ca);
	warn_of_file("peer-token", settings->peer_token);
	for (size_t i = 0; i < settings->peer.count; i++)
		warn_of_token_file(settings->peer.items[i]);
}

enum cpc_status cpc_privileges_drop(struct cpc_agent *agent, struct cpc_error *reterr)
{
	const struct cpc_lockdown wanted = {
		.filter = !agent->settings.no_sandbox,
		.calls = { .unlink = listens_at_files(&agent->settings.listen),
			   .client = agent->settings.peer.count > 0 },
	};
	enum cpc_status status = cpc_lockdown(&wanted, reterr);

	if (status)
		return status;
	agent->filtered = wanted.filter;
	agent->asks = wanted.calls.client;
	if (geteuid() == 0)
		cpc_log_notice("running as root, without its capabilities; a user of its own, as in "
			       "cpucompatd.service, is better");
	if (agent->settings.no_sandbox)
		cpc_log_warning("system calls are not filtered (no-sandbox)");
	warn_of_files(&agent->settings);
	cpc_devices_settle(agent->devices);
	return CPC_OK;
}
