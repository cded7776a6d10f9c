/* SPDX-License-Identifier: MIT */
#include <cpucompat/site_fields.h>

#define FIELD(type, member, is)                                                                                        \
	{                                                                                                              \
		.name = #member, .kind = (is), .offset = offsetof(struct type, member),                                \
		.size = sizeof(((struct type *)0)->member)                                                             \
	}
#define TEXT(type, member) FIELD(type, member, CPC_SITE_TEXT)
#define NUMBER(type, member) FIELD(type, member, CPC_SITE_NUMBER)
#define TRISTATE(type, member) FIELD(type, member, CPC_SITE_TRISTATE)

static const struct cpc_site_field memory[] = {
	NUMBER(cpc_site_memory, total),
	NUMBER(cpc_site_memory, available),
	NUMBER(cpc_site_memory, huge_page),
	NUMBER(cpc_site_memory, huge_pages),
	NUMBER(cpc_site_memory, huge_pages_free),
	NUMBER(cpc_site_memory, huge_bytes),
	NUMBER(cpc_site_memory, huge_bytes_free),
	NUMBER(cpc_site_memory, cpus),
	NUMBER(cpc_site_memory, cores),
	NUMBER(cpc_site_memory, sockets),
	NUMBER(cpc_site_memory, load),
};

static const struct cpc_site_field port[] = {
	TEXT(cpc_port, name),
	TEXT(cpc_port, driver),
	TEXT(cpc_port, master),
	TEXT(cpc_port, mode),
	TEXT(cpc_port, slot),
	TEXT(cpc_port, plug),
	FIELD(cpc_port, kind, CPC_SITE_PORT_KIND),
	TRISTATE(cpc_port, carrier),
	TRISTATE(cpc_port, up),
	NUMBER(cpc_port, speed),
	NUMBER(cpc_port, virtual_functions),
	NUMBER(cpc_port, virtual_functions_max),
};

static const struct cpc_site_field storage_port[] = {
	TEXT(cpc_storage_port, name),
	TEXT(cpc_storage_port, identity),
	TEXT(cpc_storage_port, through),
	TEXT(cpc_storage_port, portal),
	TEXT(cpc_storage_port, state),
	TEXT(cpc_storage_port, speed),
	FIELD(cpc_storage_port, transport, CPC_SITE_TRANSPORT),
	TRISTATE(cpc_storage_port, usable),
	FIELD(cpc_storage_port, shares_plug, CPC_SITE_BOOLEAN),
};

static const struct cpc_site_field volume[] = {
	TEXT(cpc_volume, name),
	TEXT(cpc_volume, identity),
	FIELD(cpc_volume, transport, CPC_SITE_TRANSPORT),
	NUMBER(cpc_volume, bytes),
	NUMBER(cpc_volume, spc),
	NUMBER(cpc_volume, paths),
	NUMBER(cpc_volume, paths_usable),
	TRISTATE(cpc_volume, reservations),
};

static const struct cpc_site_field host[] = {
	TEXT(cpc_host_system, id),
	TEXT(cpc_host_system, version),
	TEXT(cpc_host_system, name),
	TEXT(cpc_host_system, kernel),
	TEXT(cpc_host_system, hypervisor),
	TEXT(cpc_host_system, hypervisor_version),
	TEXT(cpc_host_system, under),
	TEXT(cpc_host_system, under_version),
	NUMBER(cpc_host_system, under_edition),
	TRISTATE(cpc_host_system, container),
	TRISTATE(cpc_host_system, private_network),
};

static const struct cpc_site_field guest[] = {
	TRISTATE(cpc_guest_system, vmbus),	 TRISTATE(cpc_guest_system, hyperv_drivers),
	TRISTATE(cpc_guest_system, kvp_daemon),	 TRISTATE(cpc_guest_system, virtio),
	TRISTATE(cpc_guest_system, guest_agent), TEXT(cpc_guest_system, agent),
	TEXT(cpc_guest_system, missing),
};

static const struct cpc_site_field directory[] = {
	TRISTATE(cpc_directory, sssd),	 TRISTATE(cpc_directory, winbind), TRISTATE(cpc_directory, realm),
	TRISTATE(cpc_directory, keytab), TRISTATE(cpc_directory, secrets), TEXT(cpc_directory, domain),
};

static const struct cpc_site_field dns[] = {
	NUMBER(cpc_dns, resolvers),	    TEXT(cpc_dns, domain),	  TRISTATE(cpc_dns, answers),
	TRISTATE(cpc_dns, directory_found), TRISTATE(cpc_dns, authority), TRISTATE(cpc_dns, updates),
};

static void *add_port(struct cpc_site *site)
{
	return cpc_site_add_port(site);
}

static void *add_storage_port(struct cpc_site *site)
{
	return cpc_site_add_storage_port(site);
}

static void *add_volume(struct cpc_site *site)
{
	return cpc_site_add_volume(site);
}

#define PART(member, table)                                                                                            \
	.name = #member, .offset = offsetof(struct cpc_site, member), .fields = (table),                               \
	.field_count = sizeof(table) / sizeof(*(table))
#define LIST(member, table, type, one)                                                                                 \
	PART(member##s, table), .item_size = sizeof(struct type),                                                      \
				.count_offset = offsetof(struct cpc_site, one##_count),                                \
				.left_out_offset = offsetof(struct cpc_site, member##s_left_out), .add = add_##one

const struct cpc_site_part cpc_site_parts[] = {
	{ PART(memory, memory) },
	{ LIST(port, port, cpc_port, port) },
	{ LIST(storage_port, storage_port, cpc_storage_port, storage_port) },
	{ LIST(volume, volume, cpc_volume, volume) },
	{ PART(host, host) },
	{ PART(guest, guest) },
	{ PART(directory, directory) },
	{ PART(dns, dns) },
};

const size_t cpc_site_part_count = sizeof(cpc_site_parts) / sizeof(*cpc_site_parts);
