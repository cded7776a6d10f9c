/* SPDX-License-Identifier: MIT */
#include "subject.h"

#include <stdlib.h>

#include <cpucompat/buffer.h>

#include "file.h"
#include "formats.h"
#include "probes.h"

/** A regular file: what cannot be read twice cannot be probed twice, and a pipe would have the agent wait. */
static enum cpc_status read_file(const char *path, struct cpc_captures *ret_captures, struct cpc_error *reterr)
{
	struct cpc_buffer body = { .length = 0 };
	struct cpc_error error = { .status = CPC_INTERNAL };
	enum cpc_status status = cpc_file_read(path, CPC_INPUT_MAX, &body, reterr);

	if (!status && cpc_read(body.bytes ? body.bytes : "", body.length, ret_captures, &error))
		status = cpc_file_fail(reterr, path, &error);
	cpc_buffer_free(&body);
	return status;
}

/** As it was read, and not probed through a processor that answers like it: what the dump knows beside CPUID stays. */
static enum cpc_status replay_dump(const char *path, struct cpc_capture *ret_capture, struct cpc_error *reterr)
{
	struct cpc_captures captures = { .count = 0 };
	enum cpc_status status = read_file(path, &captures, reterr);

	if (status)
		return status;
	if (captures.count == 1) {
		*ret_capture = captures.items[0];
		captures.items[0] = (struct cpc_capture){ .kinds = NULL };
	} else {
		status = cpc_fail(reterr, CPC_BAD_DATA, 0, "%.80s: holds %zu hosts; give a dump of one", path,
				  captures.count);
	}
	cpc_captures_free(&captures);
	return status;
}

static enum cpc_status probe_live(const struct cpc_devices *devices, struct cpc_capture *ret_capture,
				  struct cpc_error *reterr)
{
	struct cpc_env env;

	cpc_env_live(&env, devices);
	return cpc_probe_all(&env, ret_capture, reterr);
}

struct cpc_subject *cpc_subject_new(const char *replay, const struct cpc_devices *devices, struct cpc_error *reterr)
{
	struct cpc_subject *subject = calloc(1, sizeof(*subject));

	if (!subject) {
		cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
		return NULL;
	}
	if (replay ? replay_dump(replay, &subject->capture, reterr) : probe_live(devices, &subject->capture, reterr)) {
		free(subject);
		return NULL;
	}
	/* What another agent remembered of its host is not ours to go on from. */
	subject->capture.history = (struct cpc_history){ .failures = 0 };
	cpc_report_of(&subject->capture, &subject->report);
	return subject;
}

void cpc_subject_free(struct cpc_subject *subject)
{
	if (!subject)
		return;
	cpc_capture_free(&subject->capture);
	free(subject);
}
