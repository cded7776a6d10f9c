/* SPDX-License-Identifier: MIT */
/* This machine, its name servers and its disks. */
#include "site.h"

#include <time.h>

#include "dns_client.h"
#include "scsi_reservations.h"

/** Those of /etc/resolv.conf. */
static const struct cpc_dns_servers own_servers = { .count = 0 };

static int resolve(void *context, const char *name, enum cpc_dns_record record, unsigned int seconds)
{
	unsigned char answer[CPC_DNS_ANSWER_SIZE];
	const int length = cpc_dns_ask(&own_servers, name, (int)record, seconds, answer);

	(void)context;
	return length < 0 ? length : cpc_dns_count(answer, (size_t)length, (int)record);
}

static int update(void *context, const char *name)
{
	(void)context;
	return cpc_dns_update(&own_servers, name);
}

static int reservations(void *context, const char *disk)
{
	(void)context;
	return cpc_scsi_reservations(disk);
}

static uint64_t now(void *context)
{
	struct timespec time = { 0 };

	(void)context;
	(void)clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * UINT64_C(1000000000) + (uint64_t)time.tv_nsec;
}

void cpc_site_env_live(struct cpc_site_env *ret_env, bool active, const char *update_name)
{
	*ret_env = (struct cpc_site_env){
		.sysroot = "",
		.active = active,
		.update_name = update_name,
		.resolve = resolve,
		.update = update,
		.reservations = reservations,
		.now = now,
	};
}

void cpc_site_env_quiet(struct cpc_site_env *ret_env)
{
	cpc_site_env_replay(ret_env, "");
	ret_env->now = now;
}
