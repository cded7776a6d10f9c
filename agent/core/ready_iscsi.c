/* SPDX-License-Identifier: MIT */
/*
 * With iSCSI beware of bandwidth: the disks of all VMs go through a network port, which is to be fast and for them
 * alone. Nothing of that keeps a VM from moving: it is a caution, and no verdict.
 */
#include "ready_inside.h"

#include <string.h>

static const struct cpc_port *port_named(const struct cpc_site *site, const char *name, size_t length)
{
	for (size_t i = 0; i < site->port_count; i++) {
		if (strlen(site->ports[i].name) == length && !memcmp(site->ports[i].name, name, length))
			return &site->ports[i];
	}
	return NULL;
}

/** The port that a VLAN, "eth0.20", is of by its name; or the port itself. */
static const struct cpc_port *port_below(const struct cpc_site *site, const struct cpc_port *port)
{
	const struct cpc_port *below = NULL;

	if (port->kind == CPC_PORT_OTHER && strchr(port->name, '.'))
		below = port_named(site, port->name, strcspn(port->name, "."));
	return below ? below : port;
}

/** The bond, team or bridge that a port belongs to in the end, or itself. */
static const struct cpc_port *top_of(const struct cpc_site *site, const struct cpc_port *port)
{
	/* No chain of masters is longer than there are ports: one that is a ring ends, too. */
	for (size_t i = 0; i < site->port_count && *port->master; i++) {
		const struct cpc_port *master = port_named(site, port->master, strlen(port->master));

		if (!master)
			break;
		port = master;
	}
	return port;
}

static bool has_vlans(const struct cpc_site *site, const struct cpc_port *port)
{
	for (size_t i = 0; i < site->port_count; i++) {
		if (&site->ports[i] != port && port_below(site, &site->ports[i]) == port)
			return true;
	}
	return false;
}

/** The only plug that may have a link, or NULL: there are several, or none. */
static const struct cpc_port *only_port(const struct cpc_site *site)
{
	const struct cpc_port *only = NULL;

	for (size_t i = 0; i < site->port_count; i++) {
		const struct cpc_port *port = &site->ports[i];

		if (port->kind != CPC_PORT_PHYSICAL || port->carrier == CPC_CLEAR)
			continue;
		if (only)
			return NULL;
		only = port;
	}
	return site->ports_left_out ? NULL : only;
}

/** Where a session goes through, which may be told by an address only; NULL: it does not show. */
static const struct cpc_port *port_of(const struct cpc_site *site, const struct cpc_storage_port *way)
{
	const struct cpc_port *port = port_named(site, way->through, strlen(way->through));

	return port ? port : only_port(site);
}

/** Whether a session that may be up goes through a port, or what that belongs to. */
static bool is_for_iscsi(const struct cpc_site *site, const struct cpc_port *port)
{
	for (size_t i = 0; i < site->storage_port_count; i++) {
		const struct cpc_storage_port *way = &site->storage_ports[i];
		const struct cpc_port *through = port_of(site, way);

		if (way->transport == CPC_TRANSPORT_ISCSI && way->usable != CPC_CLEAR && through &&
		    top_of(site, port_below(site, through)) == top_of(site, port))
			return true;
	}
	return false;
}

/** Whether there is a plug that may have a link, and through which no session goes. */
static bool others_are_left(const struct cpc_site *site)
{
	for (size_t i = 0; i < site->port_count; i++) {
		const struct cpc_port *port = &site->ports[i];

		if (port->kind == CPC_PORT_PHYSICAL && port->carrier != CPC_CLEAR && !is_for_iscsi(site, port))
			return true;
	}
	return site->ports_left_out;
}

/** Whether it certainly carries other things, too. That it carries none is not seen from here. */
static bool carries_else(const struct cpc_site *site, const struct cpc_port *port)
{
	const struct cpc_port *below = port_below(site, port);
	const struct cpc_port *top = top_of(site, below);

	return top->kind == CPC_PORT_BRIDGE || top->kind == CPC_PORT_OTHER || has_vlans(site, top) ||
	       has_vlans(site, below) || !others_are_left(site);
}

/** Of a group all that its members have, of which some may not tell. */
static struct cpc_measurement speed_of(const struct cpc_site *site, const struct cpc_port *through)
{
	const struct cpc_port *port = port_below(site, through);
	struct cpc_measurement sum = { .known = false };

	if (port->speed.known)
		return port->speed;
	for (size_t i = 0; i < site->port_count; i++) {
		const struct cpc_port *member = &site->ports[i];

		if (strcmp(member->master, port->name) != 0 || member->kind != CPC_PORT_PHYSICAL ||
		    member->carrier == CPC_CLEAR)
			continue;
		if (!member->speed.known)
			return (struct cpc_measurement){ .known = false };
		sum = (struct cpc_measurement){ true, sum.value + member->speed.value };
	}
	return sum;
}

/** Whether no session before it goes through the same port. */
static bool is_first(const struct cpc_site *site, size_t n)
{
	const struct cpc_storage_port *way = &site->storage_ports[n];

	for (size_t i = 0; i < n; i++) {
		const struct cpc_storage_port *before = &site->storage_ports[i];

		if (before->transport == CPC_TRANSPORT_ISCSI && before->usable != CPC_CLEAR &&
		    port_of(site, before) == port_of(site, way) &&
		    (port_of(site, way) || !strcmp(before->through, way->through)))
			return false;
	}
	return true;
}

static void look_at(struct cpc_judge *judge, const struct cpc_site *site, const struct cpc_storage_port *way)
{
	const struct cpc_demands *demands = judge->demands;
	const struct cpc_port *port = port_of(site, way);
	const char *name = port ? port->name : *way->through ? way->through : way->name;
	const struct cpc_measurement speed = port ? speed_of(site, port) : (struct cpc_measurement){ .known = false };

	if (site->results[CPC_SITE_NETWORK_PORTS].status || !speed.known)
		(void)cpc_beware(judge, CPC_REMEDY_FIND_PORT, name, demands->iscsi_fast);
	else if (speed.value < demands->iscsi_mbit) {
		struct cpc_ready_caution *caution = cpc_beware(judge, CPC_REMEDY_FASTER, name, demands->iscsi_fast);

		if (caution) {
			caution->have = speed;
			caution->want = (struct cpc_measurement){ true, demands->iscsi_mbit };
		}
	}
	if (port && carries_else(site, port))
		(void)cpc_beware(judge, CPC_REMEDY_DEDICATE, name, demands->iscsi_apart);
}

void cpc_judge_iscsi(struct cpc_judge *judge, const struct cpc_ready_host *host)
{
	const struct cpc_site *site = host->site;

	/* What a guest's ports are of is not seen in it. */
	if (!site || cpc_ports_hidden(host))
		return;
	for (size_t i = 0; i < site->storage_port_count; i++) {
		const struct cpc_storage_port *way = &site->storage_ports[i];

		if (way->transport == CPC_TRANSPORT_ISCSI && way->usable != CPC_CLEAR && is_first(site, i))
			look_at(judge, site, way);
	}
}
