/* SPDX-License-Identifier: MIT */
/*
 * Ways from the host to its storage: the kernel's transport classes of SCSI (Documentation/scsi/scsi_fc_transport.rst,
 * drivers/scsi/scsi_transport_*.c) and NVMe over fabrics. A class that is not there has no ports.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probe_inside.h"
#include "site_entry.h"
#include "site_route.h"
#include "site_transport.h"

#define CLASS "/sys/class"

struct search {
	const char *sysroot;
	struct cpc_site *site;
	bool out_of_memory;
	struct cpc_storage_port *port; /* that is read now, where several folders make it up */
	size_t found;
};

static struct cpc_storage_port *add_port(struct search *search, const char *name, enum cpc_transport transport)
{
	const size_t left_out = search->site->storage_ports_left_out;
	struct cpc_storage_port *port = cpc_site_add_storage_port(search->site);

	if (!port) {
		search->out_of_memory |= search->site->storage_ports_left_out == left_out;
		return NULL;
	}
	cpc_text_clean(port->name, sizeof(port->name), name, strlen(name));
	port->transport = transport;
	return port;
}

/* Look at what a device's folder holds. Negative errno where that cannot be; without memory the whole probe fails. */
static int look_into(struct search *search, const struct cpc_entry *entry,
		     void (*each)(void *context, const char *name))
{
	const int count = cpc_entry_each(entry, "device", each, search);

	search->out_of_memory |= count == -ENOMEM;
	return count;
}

/* A state that is one of these is up, of which nothing is said is unknown; any other is down. */
static enum cpc_tristate usable_when(const char *state, const char *up)
{
	if (!state[0] || strcasecmp(state, "unknown") == 0)
		return CPC_UNKNOWN;
	return strcmp(state, up) == 0 ? CPC_SET : CPC_CLEAR;
}

/* Of "fcoe v0.1 over eth2" the interface. */
static void read_interface_of_fcoe(const struct cpc_entry *entry, struct cpc_storage_port *port)
{
	static const char over[] = " over ";
	char name[CPC_IDENTITY_SIZE];
	const char *at;

	if (cpc_entry_word(entry, "symbolic_name", name, sizeof(name)) <= 0)
		return;
	at = strstr(name, over);
	if (at)
		(void)snprintf(port->through, sizeof(port->through), "%.*s", CPC_SHORT_SIZE - 1, at + sizeof(over) - 1);
}

static void add_fibre_channel(void *context, const char *name)
{
	struct search *search = context;
	struct cpc_storage_port *port;
	char type[CPC_SHORT_SIZE];
	struct cpc_entry entry;

	if (!cpc_entry_of(&entry, search->sysroot, CLASS "/fc_host", name))
		return;
	port = add_port(search, name, CPC_TRANSPORT_FIBRE_CHANNEL);
	if (!port)
		return;
	(void)cpc_entry_word(&entry, "port_name", port->identity, sizeof(port->identity));
	(void)cpc_entry_word(&entry, "port_state", port->state, sizeof(port->state));
	(void)cpc_entry_word(&entry, "speed", port->speed, sizeof(port->speed));
	if (strcasecmp(port->speed, "unknown") == 0)
		port->speed[0] = '\0';
	(void)cpc_entry_word(&entry, "port_type", type, sizeof(type));
	port->shares_plug = strncmp(type, "NPIV", 4) == 0;
	port->usable = usable_when(port->state, "Online");
	read_interface_of_fcoe(&entry, port);
}

/* A phy of a port: "phy-0:3"; the port is as fast as its phys are, and is up with one of them. */
static void read_phy(void *context, const char *name)
{
	struct search *search = context;
	struct cpc_storage_port *port = search->port;
	char rate[CPC_SHORT_SIZE];
	struct cpc_entry phy;

	if (strncmp(name, "phy-", 4) != 0 || !cpc_entry_of(&phy, search->sysroot, CLASS "/sas_phy", name))
		return;
	if (!port->identity[0])
		(void)cpc_entry_word(&phy, "sas_address", port->identity, sizeof(port->identity));
	if (cpc_entry_word(&phy, "negotiated_linkrate", rate, sizeof(rate)) <= 0)
		return;
	/* A rate is a number; what hinders it is a word. */
	if (rate[0] >= '0' && rate[0] <= '9') {
		(void)snprintf(port->speed, sizeof(port->speed), "%s", rate);
		port->usable = CPC_SET;
	} else if (port->usable == CPC_UNKNOWN && strcasecmp(rate, "unknown") != 0) {
		(void)snprintf(port->state, sizeof(port->state), "%s", rate);
		port->usable = CPC_CLEAR;
	}
}

/* An end device of SAS that is a server's own disk. */
static void look_for_sata(void *context, const char *name)
{
	struct search *search = context;

	search->found += strncmp(name, "end_device-", 11) == 0 && cpc_site_is_sata(search->sysroot, name);
}

/* "port-0:1" is of the host's adapter, "port-0:0:1" of an expander behind it. */
static void add_sas(void *context, const char *name)
{
	struct search *search = context;
	const char *colon = strchr(name, ':');
	struct cpc_entry entry;

	if (strncmp(name, "port-", 5) != 0 || !colon || strchr(colon + 1, ':'))
		return;
	if (!cpc_entry_of(&entry, search->sysroot, CLASS "/sas_port", name))
		return;
	search->found = 0;
	(void)look_into(search, &entry, look_for_sata);
	if (search->found)
		return;
	search->port = add_port(search, name, CPC_TRANSPORT_SAS);
	if (search->port) {
		(void)look_into(search, &entry, read_phy);
		if (search->port->usable == CPC_SET)
			(void)snprintf(search->port->state, sizeof(search->port->state), "connected");
	}
}

static void count_port_of_host(void *context, const char *name)
{
	struct search *search = context;

	search->found += strncmp(name, "port-", 5) == 0;
}

/* A port of SAS is there only while something is connected: an adapter without any is a way that leads nowhere. */
static void add_idle_sas(void *context, const char *name)
{
	struct search *search = context;
	struct cpc_storage_port *port;
	struct cpc_entry entry;

	search->found = 0;
	if (!cpc_entry_of(&entry, search->sysroot, CLASS "/sas_host", name))
		return;
	if (look_into(search, &entry, count_port_of_host) < 0 || search->found)
		return;
	port = add_port(search, name, CPC_TRANSPORT_SAS);
	if (!port)
		return;
	(void)snprintf(port->state, sizeof(port->state), "nothing connected");
	port->usable = CPC_CLEAR;
}

/* "10.0.0.1:3260", "[fd00::1]:3260". */
static void join_portal(const char *address, const char *number, char ret_portal[static CPC_SHORT_SIZE])
{
	const bool has_colons = strchr(address, ':') != NULL && address[0] != '[';

	(void)snprintf(ret_portal, CPC_SHORT_SIZE, "%s%.46s%s%s%.8s", has_colons ? "[" : "", address,
		       has_colons ? "]" : "", number[0] ? ":" : "", number);
}

/* "connection3:0" of the session that is read now. */
static void read_connection(void *context, const char *name)
{
	struct search *search = context;
	struct cpc_storage_port *port = search->port;
	char address[CPC_SHORT_SIZE];
	char number[CPC_SHORT_SIZE];
	struct cpc_entry connection;

	if (port->portal[0] || strncmp(name, "connection", 10) != 0)
		return;
	if (!cpc_entry_of(&connection, search->sysroot, CLASS "/iscsi_connection", name))
		return;
	if (cpc_entry_word(&connection, "persistent_address", address, sizeof(address)) <= 0 &&
	    cpc_entry_word(&connection, "address", address, sizeof(address)) <= 0)
		return;
	(void)cpc_entry_word(&connection, "persistent_port", number, sizeof(number));
	join_portal(address, number, port->portal);
}

/* Of ".../host5/session3/..." the host, into which the session's own link leads. */
static bool host_of_session(const struct cpc_entry *session, struct cpc_entry *ret_host)
{
	char target[CPC_ENTRY_PATH_SIZE];
	char *host;

	if (cpc_entry_target(session, "", target, sizeof(target)) < 0)
		return false;
	host = strstr(target, "/host");
	if (!host)
		return false;
	host++;
	host[strcspn(host, "/")] = '\0';
	return cpc_entry_of(ret_host, session->sysroot, CLASS "/iscsi_host", host);
}

/* A word that is none: what the initiator writes where it leaves the choice to the routes. */
static bool names_interface(const char *word)
{
	return word[0] && strcmp(word, "default") != 0 && strcmp(word, "<NULL>") != 0 && strcmp(word, "(null)") != 0;
}

/* The network interface where the session is bound to one; else the address that it goes out from. */
static void read_way(const struct cpc_entry *session, struct cpc_storage_port *port)
{
	static const char *const files[] = { "netdev", "ipaddress" };
	struct cpc_entry host;

	if (host_of_session(session, &host))
		for (size_t i = 0; i < sizeof(files) / sizeof(files[0]) && !names_interface(port->through); i++)
			(void)cpc_entry_word(&host, files[i], port->through, sizeof(port->through));
	if (!names_interface(port->through))
		(void)cpc_entry_word(session, "ifacename", port->through, sizeof(port->through));
	if (!names_interface(port->through))
		port->through[0] = '\0';
}

static void add_iscsi(void *context, const char *name)
{
	struct search *search = context;
	struct cpc_storage_port *port;
	struct cpc_entry entry;

	if (!cpc_entry_of(&entry, search->sysroot, CLASS "/iscsi_session", name))
		return;
	port = add_port(search, name, CPC_TRANSPORT_ISCSI);
	if (!port)
		return;
	(void)cpc_entry_word(&entry, "targetname", port->identity, sizeof(port->identity));
	(void)cpc_entry_word(&entry, "state", port->state, sizeof(port->state));
	port->usable = usable_when(port->state, "LOGGED_IN");
	read_way(&entry, port);
	search->port = port;
	(void)look_into(search, &entry, read_connection);
}

/* Of "traddr=10.0.0.1,trsvcid=4420,host_iface=eth2" the value of a key. */
static bool read_option(const char *options, const char *key, char ret_text[static CPC_SHORT_SIZE])
{
	const size_t length = strlen(key);

	while (*options) {
		const size_t all = strcspn(options, ",");

		if (all > length && strncmp(options, key, length) == 0 && options[length] == '=') {
			cpc_text_clean(ret_text, CPC_SHORT_SIZE, options + length + 1, all - length - 1);
			return true;
		}
		options += all + (options[all] == ',');
	}
	return false;
}

static void read_nvme_way(const struct cpc_entry *entry, struct cpc_storage_port *port)
{
	char options[CPC_IDENTITY_SIZE];
	char address[CPC_SHORT_SIZE];
	char number[CPC_SHORT_SIZE] = "";

	if (cpc_entry_word(entry, "address", options, sizeof(options)) <= 0)
		return;
	(void)(read_option(options, "host_iface", port->through) || read_option(options, "src_addr", port->through) ||
	       read_option(options, "host_traddr", port->through));
	(void)read_option(options, "trsvcid", number);
	if (read_option(options, "traddr", address))
		join_portal(address, number, port->portal);
}

/* A controller on the bus is no port; a discovery controller leads to no storage. */
static void add_nvme(void *context, const char *name)
{
	struct search *search = context;
	char transport[CPC_SHORT_SIZE];
	char type[CPC_SHORT_SIZE];
	struct cpc_storage_port *port;
	struct cpc_entry entry;

	if (!cpc_entry_of(&entry, search->sysroot, CLASS "/nvme", name))
		return;
	if (cpc_entry_word(&entry, "transport", transport, sizeof(transport)) <= 0 || strcmp(transport, "pcie") == 0 ||
	    strcmp(transport, "loop") == 0)
		return;
	(void)cpc_entry_word(&entry, "cntrltype", type, sizeof(type));
	if (strcmp(type, "discovery") == 0)
		return;
	port = add_port(search, name, CPC_TRANSPORT_NVME_FABRICS);
	if (!port)
		return;
	(void)cpc_entry_word(&entry, "subsysnqn", port->identity, sizeof(port->identity));
	(void)cpc_entry_word(&entry, "state", port->state, sizeof(port->state));
	port->usable = usable_when(port->state, "live");
	read_nvme_way(&entry, port);
}

static const struct {
	const char *path;
	void (*add)(void *context, const char *name);
} classes[] = {
	{ CLASS "/fc_host", add_fibre_channel }, { CLASS "/sas_port", add_sas }, { CLASS "/sas_host", add_idle_sas },
	{ CLASS "/iscsi_session", add_iscsi },	 { CLASS "/nvme", add_nvme },
};

/* Whether an address is a portal's, too: such a way does not leave the host. */
static bool leads_to_itself(const struct cpc_storage_port *port)
{
	const size_t length = strlen(port->through);

	return strncmp(port->portal, port->through, length) == 0 &&
	       (port->portal[length] == ':' || port->portal[length] == '\0');
}

/* Most sessions are bound to no interface: which one an address is on, where that is certain, and the table is this
 * network's. */
static void name_interfaces(const char *sysroot, struct cpc_site *site)
{
	char text[CPC_ROUTES_SIZE];
	char name[CPC_SHORT_SIZE];
	int length;

	if (!site->storage_port_count || site->host.private_network == CPC_SET)
		return;
	length = cpc_sysroot_read(sysroot, "/proc/net/route", text, sizeof(text));
	if (length <= 0 || (size_t)length >= sizeof(text) - 1)
		return;
	for (size_t i = 0; i < site->storage_port_count; i++) {
		struct cpc_storage_port *port = &site->storage_ports[i];

		if (!leads_to_itself(port) && cpc_route_interface(text, port->through, name, sizeof(name)))
			(void)snprintf(port->through, sizeof(port->through), "%s", name);
	}
}

static int compare_ports(const void *a, const void *b)
{
	return strverscmp(((const struct cpc_storage_port *)a)->name, ((const struct cpc_storage_port *)b)->name);
}

/* 0 or negative errno: why one that is there could not be looked at. */
static int search_class(struct search *search, size_t i)
{
	const int count = cpc_sysroot_each(search->sysroot, classes[i].path, classes[i].add, search);

	if (count == CPC_FOLDER_ENTRIES_MAX)
		search->site->storage_ports_left_out++;
	return count < 0 && cpc_probe_status_of(count) != CPC_PROBE_ABSENT ? count : 0;
}

enum cpc_probe_status cpc_site_storage_ports(const struct cpc_site_env *env, struct cpc_site *site,
					     struct cpc_site_result *result)
{
	struct search search = { .sysroot = env->sysroot, .site = site };
	const int there = cpc_sysroot_has(env->sysroot, CLASS);
	int error = 0;

	if (there != 1) {
		(void)snprintf(result->needs, sizeof(result->needs), CLASS);
		return there ? cpc_probe_status_of(there) : CPC_PROBE_ABSENT;
	}
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		const int error_here = search_class(&search, i);

		if (error_here && !error) {
			error = error_here;
			(void)snprintf(result->needs, sizeof(result->needs), "%s", classes[i].path);
		}
	}
	name_interfaces(env->sysroot, site);
	if (site->storage_port_count)
		qsort(site->storage_ports, site->storage_port_count, sizeof(*site->storage_ports), compare_ports);
	if (error)
		return cpc_probe_status_of(error);
	return search.out_of_memory ? CPC_PROBE_FAILED : CPC_PROBE_OK;
}
