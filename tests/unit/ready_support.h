/* SPDX-License-Identifier: MIT */
/* A cluster that has all that a requirement table asks, for tests to take something from. */
#ifndef CPC_TEST_READY_SUPPORT_H
#define CPC_TEST_READY_SUPPORT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cpucompat/ready.h>

#include "support.h"

#define CLUSTER_MAX 5

struct cluster {
	struct cpc_capture captures[CLUSTER_MAX];
	struct cpc_report reports[CLUSTER_MAX];
	struct cpc_site sites[CLUSTER_MAX];
	struct cpc_disk disk;
	struct cpc_ready_disk shown;
	char names[CLUSTER_MAX][32];
	struct cpc_ready_host hosts[CLUSTER_MAX];
	size_t count;
};

#define KNOWN(number) ((struct cpc_measurement){ .known = true, .value = (number) })
#define NOT_KNOWN ((struct cpc_measurement){ .known = false })

static inline struct cpc_port *give_port(struct cpc_site *site, const char *name, enum cpc_port_kind kind,
					 const char *master)
{
	struct cpc_port *port = cpc_site_add_port(site);

	assert_non_null(port);
	snprintf(port->name, sizeof(port->name), "%s", name);
	snprintf(port->master, sizeof(port->master), "%s", master);
	port->kind = kind;
	port->carrier = port->up = CPC_SET;
	if (kind == CPC_PORT_PHYSICAL)
		port->speed = KNOWN(10000);
	return port;
}

static inline struct cpc_storage_port *give_way(struct cpc_site *site, const char *name, enum cpc_transport transport)
{
	struct cpc_storage_port *port = cpc_site_add_storage_port(site);

	assert_non_null(port);
	snprintf(port->name, sizeof(port->name), "%s", name);
	port->transport = transport;
	port->usable = CPC_SET;
	return port;
}

static inline struct cpc_volume *give_volume(struct cpc_site *site, const char *name, const char *identity)
{
	struct cpc_volume *volume = cpc_site_add_volume(site);

	assert_non_null(volume);
	snprintf(volume->name, sizeof(volume->name), "%s", name);
	snprintf(volume->identity, sizeof(volume->identity), "%s", identity);
	volume->transport = CPC_TRANSPORT_FIBRE_CHANNEL;
	volume->spc = KNOWN(5);
	volume->reservations = CPC_SET;
	volume->paths = volume->paths_usable = KNOWN(2);
	return volume;
}

/** Six ports, two of them bonded; two ways to a volume; a directory, DNS, and room for another host's VMs. */
static inline void furnish(struct cpc_site *site)
{
	strcpy(give_port(site, "bond0", CPC_PORT_BOND, "")->mode, "802.3ad");
	for (int i = 0; i < 6; i++) {
		char name[8];

		snprintf(name, sizeof(name), "eth%d", i);
		give_port(site, name, CPC_PORT_PHYSICAL, i < 2 ? "bond0" : "");
	}
	give_way(site, "host0", CPC_TRANSPORT_FIBRE_CHANNEL);
	give_way(site, "host1", CPC_TRANSPORT_FIBRE_CHANNEL);
	give_volume(site, "dm-0", "naa.6001405");
	site->memory = (struct cpc_site_memory){ .total = KNOWN(UINT64_C(64) << 30),
						 .available = KNOWN(UINT64_C(40) << 30),
						 .cpus = KNOWN(32),
						 .sockets = KNOWN(2),
						 .load = KNOWN(4000) };
	site->host.under_edition = KNOWN(8);
	site->directory = (struct cpc_directory){
		.sssd = CPC_SET, .winbind = CPC_CLEAR, .realm = CPC_CLEAR, .keytab = CPC_SET, .domain = "example.com"
	};
	site->dns = (struct cpc_dns){ .resolvers = KNOWN(1), .answers = CPC_SET, .updates = CPC_SET };
}

/** A parent partition of Hyper-V 2.0. */
static inline void give_processor(struct cluster *cluster, size_t n)
{
	static const struct cpc_leaf leaves[] = {
		{ 0, 0, { 1, 0x756e6547, 0x6c65746e, 0x49656e69 } },
		{ 1, 0, { 0x206c2, 0x800, UINT32_C(1) << 5 | 0x201, 0x1fc9fbff } },
		{ 0x80000000, 0, { 0x80000008, 0, 0, 0 } },
		{ 0x80000001, 0, { 0, 0, 1, UINT32_C(1) << 29 | UINT32_C(1) << 20 | UINT32_C(1) << 11 } },
		{ 0x80000008, 0, { 0x3028, 0, 0, 0 } },
	};
	struct cpc_snapshot snapshot = sealed_snapshot(leaves, COUNT(leaves));
	struct cpc_report *report = &cluster->reports[n];

	cluster->captures[n] = (struct cpc_capture){ .origin = CPC_ORIGIN_LIVE };
	snprintf(cluster->captures[n].machine_id, CPC_MACHINE_ID_SIZE, "%032zu", n + 1);
	assert_int_equal(cpc_capture_add(&cluster->captures[n], 0, &snapshot, NULL), CPC_OK);
	cpc_report_of(&cluster->captures[n], report);
	for (unsigned int id = 0; id < CPC_REQUIREMENT_COUNT; id++)
		report->requirements[id].status = CPC_PRESENT;
	report->vantage = CPC_ROOT_PARTITION;
	report->hypervisor = (struct cpc_hypervisor){ .present = true, .id = "microsoft", .name = "Hyper-V" };
	report->hypervisor.version = (struct cpc_hypervisor_version){ .major = 6, .minor = 1, .build = 7600 };
}

/** The whole of it lies where it is: `cluster` must not be copied. */
static inline void cluster_start(struct cluster *cluster, size_t count)
{
	*cluster = (struct cluster){ .count = count };
	cluster->disk.format = CPC_DISK_FORMAT_VHD;
	cluster->disk.kind = CPC_DISK_KIND_FIXED;
	cluster->shown = (struct cpc_ready_disk){ .name = "a.vhd", .disk = &cluster->disk };
	for (size_t i = 0; i < count; i++) {
		give_processor(cluster, i);
		furnish(&cluster->sites[i]);
		snprintf(cluster->names[i], sizeof(cluster->names[i]), "h%zu", i + 1);
		cluster->hosts[i] = (struct cpc_ready_host){ .name = cluster->names[i],
							     .report = &cluster->reports[i],
							     .site = &cluster->sites[i] };
	}
	cluster->hosts[0].disks = &cluster->shown;
	cluster->hosts[0].disk_count = 1;
}

static inline void cluster_end(struct cluster *cluster)
{
	for (size_t i = 0; i < cluster->count; i++) {
		cpc_capture_free(&cluster->captures[i]);
		cpc_site_free(&cluster->sites[i]);
	}
}

static inline struct cpc_ready judge_cluster(const struct cluster *cluster, const char *policy, uint32_t assumed)
{
	struct cpc_ready ready;
	struct cpc_error error = { .status = CPC_OK };

	if (cpc_ready_judge(cpc_policy_named(policy), cluster->hosts, cluster->count, assumed, &ready, &error))
		fail_msg("not judged: %s", error.what);
	return ready;
}

/** A change to a good cluster, and what becomes of the row that it is about. */
struct ready_case {
	const char *what;
	void (*change)(struct cluster *cluster);
	enum cpc_ready_verdict minimum;
	enum cpc_ready_verdict realistic;
	enum cpc_ready_remedy remedy; /**< of the reason that weighs most */
	size_t hosts;		      /**< 0: two */
	const char *policy;	      /**< NULL: hyperv-2008r2 */
};

static inline void try_case(const struct ready_case *one, enum cpc_ready_row_id id)
{
	struct cluster *cluster = calloc(1, sizeof(*cluster));
	const struct cpc_ready_reason *reason;
	const struct cpc_ready_row *row;
	struct cpc_ready ready;

	assert_non_null(cluster);
	cluster_start(cluster, one->hosts ? one->hosts : 2);
	if (one->change)
		one->change(cluster);
	ready = judge_cluster(cluster, one->policy ? one->policy : "hyperv-2008r2", 0);
	row = &ready.rows[id];
	reason = cpc_ready_main_reason(row);
	if (row->verdicts[CPC_MINIMUM] != one->minimum || row->verdicts[CPC_REALISTIC] != one->realistic ||
	    (reason ? reason->remedy : CPC_REMEDY_NONE) != one->remedy)
		fail_msg("%s: %s, %s, %s", one->what, cpc_ready_verdict_name(row->verdicts[CPC_MINIMUM]),
			 cpc_ready_verdict_name(row->verdicts[CPC_REALISTIC]),
			 cpc_ready_remedy_name(reason ? reason->remedy : CPC_REMEDY_NONE));
	/* A verdict has its reason, and what is met has none. */
	assert_int_equal(row->reason_count != 0, row->verdicts[CPC_REALISTIC] != CPC_MET);
	cpc_ready_free(&ready);
	cluster_end(cluster);
	free(cluster);
}

#define TRY_CASES(cases, row)                                                                                          \
	do {                                                                                                           \
		for (size_t n_ = 0; n_ < COUNT(cases); n_++)                                                           \
			try_case(&(cases)[n_], (row));                                                                 \
	} while (0)

/** What a case changes is said of the first host. */
#define CHANGE(name, ...)                                                                                              \
	static void name(struct cluster *cluster)                                                                      \
	{                                                                                                              \
		struct cpc_site *site = &cluster->sites[0];                                                            \
		struct cpc_report *report = &cluster->reports[0];                                                      \
                                                                                                                       \
		(void)site;                                                                                            \
		(void)report;                                                                                          \
		__VA_ARGS__                                                                                            \
	}

static inline void make_guest(struct cluster *cluster)
{
	cluster->reports[0].vantage = CPC_GUEST;
}

static inline void make_dump(struct cluster *cluster)
{
	cluster->hosts[0].site = NULL;
}

#endif
