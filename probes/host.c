/* SPDX-License-Identifier: MIT */
/* Which host this is, and when it was asked. */
#include "probe_inside.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#define SMALL_SIZE 512

/* hostname(5): the first line that is neither empty nor a comment. */
static int name_of_sysroot(const char *sysroot, char *ret_name, size_t size)
{
	char text[SMALL_SIZE];
	const char *line = text;
	const int length = cpc_sysroot_read(sysroot, "/etc/hostname", text, sizeof(text));

	if (length < 0)
		return length;
	while (*line == '#' || *line == '\n') {
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	cpc_text_clean(ret_name, size, line, strcspn(line, "\n"));
	return *ret_name ? 0 : -EBADMSG;
}

static int name_of_kernel(char *ret_name, size_t size)
{
	struct utsname names;

	if (uname(&names))
		return -errno;
	cpc_text_clean(ret_name, size, names.nodename, strnlen(names.nodename, sizeof(names.nodename)));
	return 0;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

/* machine-id(5): 32 lower-case hex digits and a newline; during first boot "uninitialized". Zeros mean none. */
static bool parse_machine_id(const char *text, unsigned char ret_raw[static CPC_MACHINE_ID_BYTES])
{
	unsigned int any = 0;

	for (size_t i = 0; i < CPC_MACHINE_ID_BYTES; i++) {
		const int high = hex_digit(text[2 * i]);
		const int low = high < 0 ? -1 : hex_digit(text[2 * i + 1]);

		if (low < 0)
			return false;
		ret_raw[i] = (unsigned char)(high << 4 | low);
		any |= ret_raw[i];
	}
	text += 2 * CPC_MACHINE_ID_BYTES;
	return any && (!*text || strcmp(text, "\n") == 0);
}

static int take_machine_id(const struct cpc_env *env, struct cpc_capture *capture)
{
	char text[SMALL_SIZE];
	unsigned char raw[CPC_MACHINE_ID_BYTES];
	int error = cpc_sysroot_read(env->sysroot, "/etc/machine-id", text, sizeof(text));

	if (error >= 0) {
		error = 0;
		if (parse_machine_id(text, raw))
			cpc_machine_id_publish(raw, capture->machine_id);
		else
			error = -ENOENT;
	}
	explicit_bzero(text, sizeof(text));
	explicit_bzero(raw, sizeof(raw));
	return error;
}

/*
 * RFC 3339, in UTC. Years that need a fifth digit are no RFC 3339, and no clock that was
 * set. Not by strftime(), which reads the time zone's file first.
 */
static void take_time(const struct cpc_env *env, struct cpc_capture *capture)
{
	const time_t seconds = (time_t)env->time(env->context);
	char text[64] = "";
	struct tm utc;

	if (seconds > 0 && gmtime_r(&seconds, &utc) && utc.tm_year <= 9999 - 1900)
		(void)snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02dZ", utc.tm_year + 1900, utc.tm_mon + 1,
			       utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec);
	(void)snprintf(capture->collected_at, sizeof(capture->collected_at), "%.20s", text);
}

enum cpc_probe_status cpc_probe_host(const struct cpc_env *env, struct cpc_capture *capture)
{
	const int name = env->live ? name_of_kernel(capture->host_name, sizeof(capture->host_name))
				   : name_of_sysroot(env->sysroot, capture->host_name, sizeof(capture->host_name));
	const int id = take_machine_id(env, capture);

	take_time(env, capture);
	/* Containers and images in the making have no machine id: a name alone is a host. */
	return name == 0 || id == 0 ? CPC_PROBE_OK : cpc_probe_status_of(name);
}
