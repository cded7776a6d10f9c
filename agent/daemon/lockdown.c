/* SPDX-License-Identifier: MIT */
#include "lockdown.h"

#include <errno.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/** The sets of a thread, as capset(2) takes them: 64 capabilities in two words each. */
struct capabilities {
	struct __user_cap_header_struct header;
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
};

static bool has_none(void)
{
	struct capabilities now = { .header = { .version = _LINUX_CAPABILITY_VERSION_3 } };

	if (syscall(SYS_capget, &now.header, now.data))
		return false;
	for (size_t i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
		if (now.data[i].effective || now.data[i].permitted || now.data[i].inheritable)
			return false;
	return true;
}

/**
 * The bounding set first, while there is CAP_SETPCAP to do it with; a process without never gains from it
 * anyway, by no_new_privs. Numbers end where the kernel's do. A manager's own filter may
 * refuse capset(): what counts is that nothing is left.
 */
static enum cpc_status drop_capabilities(struct cpc_error *reterr)
{
	struct capabilities none = { .header = { .version = _LINUX_CAPABILITY_VERSION_3 } };

	for (unsigned long i = 0; prctl(PR_CAPBSET_READ, i, 0, 0, 0) >= 0; i++)
		if (prctl(PR_CAPBSET_DROP, i, 0, 0, 0))
			break;
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	if (!has_none() && syscall(SYS_capset, &none.header, none.data))
		return cpc_fail(reterr, CPC_INTERNAL, 0, "capabilities cannot be given up: %s", strerror(errno));
	return CPC_OK;
}

/** LeakSanitizer looks into its own process. */
static bool keep_to_itself(void)
{
#ifdef CPC_SANITIZED
	return true;
#else
	return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
#endif
}

enum cpc_status cpc_lockdown(const struct cpc_lockdown *wanted, struct cpc_error *reterr)
{
	enum cpc_status status = drop_capabilities(reterr);

	if (status)
		return status;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || !keep_to_itself())
		return cpc_fail(reterr, CPC_INTERNAL, 0, "prctl: %s", strerror(errno));
	return wanted->filter ? cpc_call_filter_install(&wanted->calls, reterr) : CPC_OK;
}
