/* SPDX-License-Identifier: MIT */
/* How the rows of the requirement table are judged: a file each or a few, and what they write down. */
#ifndef CPC_READY_INSIDE_H
#define CPC_READY_INSIDE_H

#include <cpucompat/placement.h>
#include <cpucompat/ready.h>

/** A row that is being judged. */
struct cpc_judge {
	const struct cpc_policy *policy;
	const struct cpc_demands *demands;
	const struct cpc_ready_host *hosts;
	size_t count;
	const struct cpc_ready_load *load; /**< NULL: nobody named VMs */
	/** The first pair of hosts of which it is not certain that VMs move both ways as they are, or "": known once
	 * the row of processors is judged, which comes before that of capacity. */
	char apart[CPC_READY_WHERE_SIZE];
	enum cpc_ready_row_id id;
	struct cpc_ready_row *row;
	size_t host;		     /**< the one that is looked at, or CPC_READY_CLUSTER */
	bool starved;		     /**< of memory */
	struct cpc_ready_fact spare; /**< written to where memory ran out, and never read */
};

/** What judges a row. Either may be missing. */
struct cpc_ready_check {
	void (*host)(struct cpc_judge *judge, const struct cpc_ready_host *host); /**< each host, in order */
	void (*cluster)(struct cpc_judge *judge);				  /**< then all of them */
};

/* Rows, by their files: ready_cluster.c, ready_processor.c, ready_ports.c, ... */
void cpc_judge_servers(struct cpc_judge *judge);
void cpc_judge_processor(struct cpc_judge *judge, const struct cpc_ready_host *host);
void cpc_judge_pairs(struct cpc_judge *judge);
void cpc_judge_network_ports(struct cpc_judge *judge, const struct cpc_ready_host *host);
void cpc_judge_storage_ports(struct cpc_judge *judge, const struct cpc_ready_host *host);
void cpc_judge_network_alike(struct cpc_judge *judge);
void cpc_judge_storage_alike(struct cpc_judge *judge);
void cpc_judge_iscsi(struct cpc_judge *judge, const struct cpc_ready_host *host);
void cpc_judge_volumes(struct cpc_judge *judge, const struct cpc_ready_host *host);
void cpc_judge_shared_storage(struct cpc_judge *judge);
void cpc_judge_virtual_disks(struct cpc_judge *judge, const struct cpc_ready_host *host);
void cpc_judge_disks_shown(struct cpc_judge *judge);
void cpc_judge_host_system(struct cpc_judge *judge, const struct cpc_ready_host *host);
void cpc_judge_guest_system(struct cpc_judge *judge, const struct cpc_ready_host *host);
void cpc_judge_directory(struct cpc_judge *judge, const struct cpc_ready_host *host);
void cpc_judge_domains(struct cpc_judge *judge);
void cpc_judge_dns(struct cpc_judge *judge, const struct cpc_ready_host *host);
void cpc_judge_host_capacity(struct cpc_judge *judge, const struct cpc_ready_host *host);
void cpc_judge_capacity(struct cpc_judge *judge);
/** The latter, with VMs (ready_load.c). */
void cpc_judge_load(struct cpc_judge *judge);
/** What a host has for them; false where it is not known, or the host is a guest. */
bool cpc_load_room(const struct cpc_judge *judge, const struct cpc_ready_host *host, struct cpc_room *ret_room);

/**
 * Give a verdict in a column, of the host that is looked at; the worst of all holds. `subject` may be NULL. What is
 * said of the minimum holds for the realistic column too, but for CPC_MET where that asks for more. Where the column is
 * not asked nothing happens, and NULL comes back; so it does for CPC_MET. Else the reason, for more to be written into
 * it, until the next is given.
 */
struct cpc_ready_reason *cpc_say(struct cpc_judge *judge, enum cpc_ready_column column, enum cpc_ready_verdict verdict,
				 enum cpc_ready_remedy remedy, const char *subject);

/** The same in every column that is asked, with one reason. */
void cpc_say_all(struct cpc_judge *judge, enum cpc_ready_verdict verdict, enum cpc_ready_remedy remedy,
		 const char *subject);

/**
 * The same of something of which there are `have` for certain, `most` at most (UINT64_MAX: nobody knows), and the
 * column wants `want`. `short_of` is the remedy where there are too few, `look` where that cannot be seen. What
 * cpc_say() returns.
 */
struct cpc_ready_reason *cpc_say_count(struct cpc_judge *judge, enum cpc_ready_column column, uint64_t have,
				       uint64_t most, uint64_t want, enum cpc_ready_remedy short_of,
				       enum cpc_ready_remedy look);

/** One name more in a reason's subject, behind a comma, while there is room; NULL is fine. */
void cpc_name(struct cpc_ready_reason *reason, const char *name);

/**
 * Beware of something: `source` says who says so; where it is NULL nobody does, and nothing happens. Of the row,
 * whether it is asked or not. The caution, for more to be written into it, until the next is given, or NULL.
 */
struct cpc_ready_caution *cpc_beware(struct cpc_judge *judge, enum cpc_ready_remedy remedy, const char *subject,
				     const char *source);

/** Write a fact down; `subject` and `where` may be NULL. The texts are copied, and cut to fit. */
void cpc_note_number(struct cpc_judge *judge, enum cpc_ready_fact_id id, uint64_t number, const char *subject,
		     const char *where);
void cpc_note_tristate(struct cpc_judge *judge, enum cpc_ready_fact_id id, enum cpc_tristate value, const char *subject,
		       const char *where);
void cpc_note_text(struct cpc_judge *judge, enum cpc_ready_fact_id id, const char *text, const char *subject,
		   const char *where);
/** Where it is known. */
void cpc_note_measurement(struct cpc_judge *judge, enum cpc_ready_fact_id id, struct cpc_measurement value,
			  const char *subject, const char *where);
/** The last fact sums up what was found. */
void cpc_found(struct cpc_judge *judge);

/** What would let a probe of the host see all there is; CPC_REMEDY_NONE: it saw it. */
enum cpc_ready_remedy cpc_would_see(const struct cpc_ready_host *host, enum cpc_site_probe_id probe);

/**
 * Whether a probe of the host saw all there is. If not, both columns cannot be seen, which is said, with what would
 * let it be seen.
 */
bool cpc_saw(struct cpc_judge *judge, const struct cpc_ready_host *host, enum cpc_site_probe_id probe);

/** Whether the host is a guest: then what it sees is not what the machine below it has. */
bool cpc_is_guest(const struct cpc_ready_host *host);

/** Whether its files are a container's. */
bool cpc_is_contained(const struct cpc_ready_host *host);

/* What is counted of ports (ready_ports.c). Where `sure` for certain, else perhaps. */

/** Whether a guest or container sees them, which sees none of the machine's, or some. */
bool cpc_ports_hidden(const struct cpc_ready_host *host);
/** Likewise of ways to storage; only of a host whose storage ports were looked at. */
bool cpc_ways_hidden(const struct cpc_ready_host *host);
/** Working members of a bond or team. */
size_t cpc_group_members(const struct cpc_site *site, const char *group, bool sure);
/** Whether a port stands for several of which one may fail. */
bool cpc_is_redundant_group(const struct cpc_site *site, const struct cpc_port *port, bool sure);
/** Whether a switch in software may join ports in a way that is not seen from outside it. */
bool cpc_has_switch(const struct cpc_site *site);
/** Ways to storage over a transport that can fail apart from each other. */
uint64_t cpc_count_ways(const struct cpc_site *site, enum cpc_transport transport, bool sure);

#endif
