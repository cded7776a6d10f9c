/* SPDX-License-Identifier: MIT */
#include "subject.h"

#include <stdio.h>
#include <stdlib.h>

#include <cpucompat/buffer.h>

#include "file.h"
#include "formats.h"
#include "probes.h"
#include "ready_document.h"
#include "site.h"

static enum cpc_status read_bytes(const struct cpc_buffer *body, struct cpc_captures *ret_captures,
				  struct cpc_error *reterr)
{
	return cpc_read(body->bytes ? body->bytes : "", body->length, ret_captures, reterr);
}

/** A dump of one host. As it was read, and not probed through a processor that answers like it: what the dump knows
 * beside CPUID stays. */
static enum cpc_status take_dump(const struct cpc_buffer *body, struct cpc_subject *subject, struct cpc_error *reterr)
{
	struct cpc_captures captures = { .count = 0 };
	enum cpc_status status = read_bytes(body, &captures, reterr);

	if (status)
		return status;
	if (captures.count == 1) {
		subject->capture = captures.items[0];
		captures.items[0] = (struct cpc_capture){ .kinds = NULL };
	} else {
		status = cpc_fail(reterr, CPC_BAD_DATA, 0, "holds %zu hosts; give a dump of one", captures.count);
	}
	cpc_captures_free(&captures);
	return status;
}

/** A requirement table has its host's report in it, and what else was found there. */
static enum cpc_status take_table(const struct cpc_buffer *body, struct cpc_subject *subject, struct cpc_error *reterr)
{
	struct cpc_ready_document table;
	enum cpc_status status = cpc_ready_document_read(body->bytes, body->length, &table, reterr);

	if (!status && table.count != 1)
		status = cpc_fail(reterr, CPC_BAD_DATA, 0, "holds %zu hosts; give the table of one", table.count);
	if (!status)
		status = take_dump(&table.hosts[0].report, subject, reterr);
	if (!status) {
		/* A dump without a name has the one that it was given there. */
		if (!*subject->capture.host_name)
			snprintf(subject->capture.host_name, sizeof(subject->capture.host_name), "%.*s",
				 (int)sizeof(subject->capture.host_name) - 1, table.hosts[0].name);
		subject->has_site = table.hosts[0].has_site;
		subject->site = table.hosts[0].site;
		table.hosts[0].site = (struct cpc_site){ .port_count = 0 };
	}
	cpc_ready_document_free(&table);
	return status;
}

/** A regular file: what cannot be read twice cannot be probed twice, and a pipe would have the agent wait. */
static enum cpc_status replay_file(const char *path, struct cpc_subject *subject, struct cpc_error *reterr)
{
	struct cpc_buffer body = { .length = 0 };
	struct cpc_error error = { .status = CPC_INTERNAL };
	enum cpc_status status = cpc_file_read(path, CPC_INPUT_MAX, &body, reterr);

	if (!status &&
	    (body.length && cpc_ready_document_recognise(body.bytes, body.length) ? take_table(&body, subject, &error)
										  : take_dump(&body, subject, &error)))
		status = cpc_file_fail(reterr, path, &error);
	cpc_buffer_free(&body);
	return status;
}

static enum cpc_status probe_live(const struct cpc_devices *devices, struct cpc_subject *subject,
				  struct cpc_error *reterr)
{
	struct cpc_site_env site_env;
	struct cpc_env env;
	enum cpc_status status;

	cpc_env_live(&env, devices);
	status = cpc_probe_all(&env, &subject->capture, reterr);
	if (status)
		return status;
	/* Name servers are not asked: they would be waited for, and the agent makes no connections of its own. */
	cpc_site_env_quiet(&site_env);
	cpc_probe_site(&site_env, &subject->site);
	subject->has_site = true;
	return CPC_OK;
}

static enum cpc_status judge(struct cpc_subject *subject, const struct cpc_policy *policy, struct cpc_error *reterr)
{
	const struct cpc_ready_host host = { .name = subject->capture.host_name,
					     .report = &subject->report,
					     .site = subject->has_site ? &subject->site : NULL };

	return cpc_ready_judge(policy, &host, 1, 0, &subject->ready, reterr);
}

struct cpc_subject *cpc_subject_new(const char *replay, const struct cpc_devices *devices,
				    const struct cpc_policy *policy, struct cpc_error *reterr)
{
	struct cpc_subject *subject = calloc(1, sizeof(*subject));
	enum cpc_status status;

	if (!subject) {
		cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
		return NULL;
	}
	status = replay ? replay_file(replay, subject, reterr) : probe_live(devices, subject, reterr);
	if (!status) {
		/* What another agent remembered of its host is not ours to go on from. */
		subject->capture.history = (struct cpc_history){ .failures = 0 };
		cpc_report_of(&subject->capture, &subject->report);
		status = judge(subject, policy, reterr);
	}
	if (!status)
		return subject;
	cpc_subject_free(subject);
	return NULL;
}

void cpc_subject_free(struct cpc_subject *subject)
{
	if (!subject)
		return;
	cpc_ready_free(&subject->ready);
	cpc_site_free(&subject->site);
	cpc_capture_free(&subject->capture);
	free(subject);
}
