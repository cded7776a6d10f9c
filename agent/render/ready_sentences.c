/* SPDX-License-Identifier: MIT */
/* The requirement table's facts and remedies in words. */
#include "ready_sentences.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "amounts.h"
#include "describe.h"

static const char *const remedies[CPC_REMEDY_COUNT] = {
	[CPC_REMEDY_NONE] = "",
	[CPC_REMEDY_GIVE_HOSTS] = "give the cluster's other hosts as SOURCEs too; one host does not tell",
	[CPC_REMEDY_LOOK_THERE] = "run `cpucompat ready` on that host; this source does not tell",
	[CPC_REMEDY_LOOK_OUTSIDE] =
		"run it on the machine below; a guest, container or private network does not see it",
	[CPC_REMEDY_LOOK_INSIDE] = "run it inside the guests; a host does not see into them",
	[CPC_REMEDY_ASK_ACTIVELY] = "run it on the host itself with --active, which asks the disk; files do not tell",
	[CPC_REMEDY_TRY_UPDATE] = "only an update tried on the host itself tells: --active --update-name NAME",
	[CPC_REMEDY_SHOW_DISKS] = "show the VMs' disks with --disk FILE",
	[CPC_REMEDY_PERMIT] = "let it be read, or run this as root",
	[CPC_REMEDY_RAISE_PORTS] = "bring its ports up; while one is down nobody sees whether it has a link",
	[CPC_REMEDY_LOOK_AGAIN] = "it did not tell; look at the machine itself",
	[CPC_REMEDY_READ_PROCESSOR] = "run this as root, where more of the processor can be read",
	[CPC_REMEDY_ASK_PLATFORM] = "ask the platform's own management; nothing here tells",
	[CPC_REMEDY_SWITCH_NAMES] = "compare the names of the virtual switches; a VM looks for its own by name",
	[CPC_REMEDY_FIND_PORT] = "find out which port iSCSI goes through and how fast that is; it does not show",
	[CPC_REMEDY_JUDGE_POOLS] =
		"the VMs fit, but not all hosts take each other's; judge those that do by themselves",
	[CPC_REMEDY_ADD_HOST] = "add a host",
	[CPC_REMEDY_SPLIT] = "split the cluster; it has more hosts than the platform allows",
	[CPC_REMEDY_SET_FIRMWARE] = "switch it on in the firmware's setup",
	[CPC_REMEDY_REPLACE_PROCESSOR] = "another processor is needed (`cpucompat compare` tells why)",
	[CPC_REMEDY_LEVEL] = "VMs move only one way or levelled (`cpucompat compare` tells); give both one model",
	[CPC_REMEDY_ADD_PORTS] = "add network ports",
	[CPC_REMEDY_CONNECT_PORTS] = "connect more of its network ports; there are enough, without a link",
	[CPC_REMEDY_CONNECT_BOND] = "connect the bonded ports; of those that stand in for each other one has no link",
	[CPC_REMEDY_BOND] = "bond or team two ports, so that one stands in for the other",
	[CPC_REMEDY_MATCH] = "make the hosts alike; a VM that moves finds less on one than on another",
	[CPC_REMEDY_DEDICATE] = "give iSCSI a port of its own; the VMs' disks share this one with all else",
	[CPC_REMEDY_FASTER] = "use a faster port; the VMs' disks go through it",
	[CPC_REMEDY_ADD_PATH] = "add a port to the storage, or a session through another interface",
	[CPC_REMEDY_MEND_PATH] = "mend the path that is lost",
	[CPC_REMEDY_MULTIPATH] = "make one multipath of its paths; as several disks none stands in for another",
	[CPC_REMEDY_SHARE] = "give all hosts one volume over Fibre Channel, shared SAS or iSCSI",
	[CPC_REMEDY_REPLACE_STORAGE] = "the storage does not do SPC-3 with persistent reservations; replace it",
	[CPC_REMEDY_CONVERT] = "convert the disk to a format and kind that is asked",
	[CPC_REMEDY_MERGE] = "merge the disk with its parent",
	[CPC_REMEDY_IMAGE] = "put the disk into an image; a device used directly does not move",
	[CPC_REMEDY_MEND_DISK] = "mend the image or take a copy; it is damaged",
	[CPC_REMEDY_CLOSE_DISK] =
		"it is in use, or was not closed; once its VM is off, open and close it, and look again",
	[CPC_REMEDY_TAKE_ALONG] = "the destination needs the other file too: its parent, or where its data lie",
	[CPC_REMEDY_INSTALL_HOST] = "the platform's own system is to run this host, of its release and edition",
	[CPC_REMEDY_LOAD_KVM] = "load kvm_intel or kvm_amd; without either there is no /dev/kvm to run VMs by",
	[CPC_REMEDY_INSTALL_GUEST] = "install the integration components in the guest",
	[CPC_REMEDY_JOIN] = "join the host to the directory",
	[CPC_REMEDY_ONE_DOMAIN] = "have all hosts in one domain",
	[CPC_REMEDY_MEND_DNS] = "give the host a name server that answers",
	[CPC_REMEDY_ALLOW_UPDATES] = "let the name server take dynamic updates",
	[CPC_REMEDY_ADD_CAPACITY] = "add memory, processors or a host; the others do not take its VMs",
	[CPC_REMEDY_KEEP_LIMITS] =
		"the platform runs no VM as large as one of these, or not so many on a host or in a cluster",
	[CPC_REMEDY_ENLARGE_HOSTS] = "the largest VM fits on no host that is left; give hosts more, or the VM less",
};

const char *cpc_remedy_words(enum cpc_ready_remedy remedy)
{
	return remedies[remedy];
}

/** Whether numbers of a fact are bytes: its name says so. */
static bool is_bytes(enum cpc_ready_fact_id id)
{
	const char *name = cpc_ready_fact_name(id);
	const char *end = strstr(name, "bytes");

	return end && !end[5];
}

void cpc_fact_value_words(const struct cpc_ready_fact *fact, char ret_words[static CPC_READY_WORDS_SIZE])
{
	if (fact->kind == CPC_READY_NUMBER && is_bytes(fact->id))
		cpc_bytes_words(fact->number, false, ret_words);
	else if (fact->kind == CPC_READY_NUMBER)
		snprintf(ret_words, CPC_READY_WORDS_SIZE, "%" PRIu64, fact->number);
	else
		snprintf(ret_words, CPC_READY_WORDS_SIZE, "%s",
			 fact->kind == CPC_READY_TEXT ? fact->text : cpc_tristate_name(fact->tristate));
}

/** A fact's name with blanks, without the unit that its value shows. */
static void print_name(enum cpc_ready_fact_id id, char ret_name[static CPC_SHORT_SIZE])
{
	snprintf(ret_name, CPC_SHORT_SIZE, "%s", cpc_ready_fact_name(id));
	if (is_bytes(id) && strlen(ret_name) > 6)
		ret_name[strlen(ret_name) - 6] = '\0';
	for (char *c = ret_name; *c; c++) {
		if (*c == '_')
			*c = ' ';
	}
}

static const char *status_words(const char *name)
{
	for (unsigned int status = 0; status < CPC_REQUIREMENT_STATUS_COUNT; status++) {
		if (!strcmp(name, cpc_requirement_status_name(status)))
			return cpc_status_words(status);
	}
	return name;
}

void cpc_fact_words(const struct cpc_ready_fact *fact, char ret_words[static CPC_READY_WORDS_SIZE])
{
	char value[CPC_READY_WORDS_SIZE];
	char name[CPC_SHORT_SIZE];

	cpc_fact_value_words(fact, value);
	print_name(fact->id, name);
	/* A requirement's subject is its name in the vendor's words. */
	if ((size_t)fact->id < CPC_REQUIREMENT_COUNT)
		snprintf(ret_words, CPC_READY_WORDS_SIZE, "%s %s", fact->subject, status_words(fact->text));
	else if (*fact->subject)
		snprintf(ret_words, CPC_READY_WORDS_SIZE, "%s: %.300s", fact->subject, value);
	else
		snprintf(ret_words, CPC_READY_WORDS_SIZE, "%s: %.300s", name, *value ? value : "none");
}

const char *cpc_ready_verdict_words(enum cpc_ready_verdict verdict)
{
	switch (verdict) {
	case CPC_MET:
		return "met";
	case CPC_NOT_MET:
		return "not met";
	case CPC_CANNOT_SEE:
		break;
	}
	return "cannot see";
}

const char *cpc_ready_end_words(enum cpc_ready_end end)
{
	switch (end) {
	case CPC_READY:
		return "ready for production";
	case CPC_READY_MINIMUM:
		return "meets the minimum; of what production needs, not all is met or seen";
	case CPC_READY_NOT:
		return "not ready: the minimum is not met";
	case CPC_READY_UNKNOWN:
		break;
	}
	return "cannot be told: not all of the minimum can be seen from here";
}

/** What production wants of the same, where that is more and was not said by itself. */
static uint64_t wanted_in_production(const struct cpc_ready_row *row, const struct cpc_ready_reason *reason)
{
	for (size_t i = 0; i < row->reason_count; i++) {
		const struct cpc_ready_reason *other = &row->reasons[i];

		if (other->column > reason->column && other->host == reason->host && other->remedy == reason->remedy &&
		    other->verdict == reason->verdict && !strcmp(other->subject, reason->subject) &&
		    other->want.known && other->want.value > reason->want.value)
			return other->want.value;
	}
	return 0;
}

void cpc_count_words(enum cpc_ready_row_id id, const struct cpc_ready_row *row, const struct cpc_ready_reason *reason,
		     char ret_words[static CPC_READY_WORDS_SIZE])
{
	char has[CPC_AMOUNT_SIZE], wants[CPC_AMOUNT_SIZE], production[48] = "";
	uint64_t more;

	ret_words[0] = '\0';
	if (!reason->have.known || !reason->want.known)
		return;
	if (id == CPC_ROW_CAPACITY) {
		cpc_bytes_words(reason->have.value, false, has);
		cpc_bytes_words(reason->want.value, true, wants);
	} else {
		snprintf(has, sizeof(has), "%" PRIu64, reason->have.value);
		snprintf(wants, sizeof(wants), "%" PRIu64, reason->want.value);
	}
	more = wanted_in_production(row, reason);
	if (more)
		snprintf(production, sizeof(production), " (%" PRIu64 " in production)", more);
	snprintf(ret_words, CPC_READY_WORDS_SIZE,
		 reason->remedy == CPC_REMEDY_SPLIT ? "%s, at most %s%s" : "%s of %s%s", has, wants, production);
}

bool cpc_ready_is_implied(const struct cpc_ready_row *row, const struct cpc_ready_reason *reason)
{
	for (size_t i = 0; i < row->reason_count; i++) {
		const struct cpc_ready_reason *other = &row->reasons[i];

		if (other->column < reason->column && other->host == reason->host && other->remedy == reason->remedy &&
		    other->verdict == reason->verdict && !strcmp(other->subject, reason->subject))
			return true;
	}
	return false;
}

void cpc_subject_words(const struct cpc_ready_reason *reason, char ret_words[static CPC_READY_WORDS_SIZE])
{
	snprintf(ret_words, CPC_READY_WORDS_SIZE, "%s", reason->subject);
	for (char *c = ret_words; *c && *reason->others; c++) {
		if (*c == '_')
			*c = ' ';
	}
}
