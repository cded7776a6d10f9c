/* SPDX-License-Identifier: MIT */
/*
 * The requirement table of a live migration cluster: for every row what was found, whether it meets the minimum and
 * what production needs, on what that rests, and what would mend it. What a platform asks is in ready.def.
 *
 * Facts, no prose: sentences belong to renderers. What cannot be seen is never met.
 */
#ifndef CPUCOMPAT_READY_H
#define CPUCOMPAT_READY_H

#include <cpucompat/compare.h>
#include <cpucompat/disk.h>
#include <cpucompat/overhead.h>
#include <cpucompat/policy.h>
#include <cpucompat/report.h>
#include <cpucompat/site.h>

#define CPC_READY_ROW(id, name, title) CPC_ROW_##id,
enum cpc_ready_row_id {
#include <cpucompat/ready.def>
	CPC_ROW_COUNT
};
#undef CPC_READY_ROW

#define CPC_READY_FACT(id, name) CPC_FACT_##id,
enum cpc_ready_fact_id {
#include <cpucompat/ready.def>
	CPC_FACT_COUNT
};
#undef CPC_READY_FACT

#define CPC_READY_REMEDY(id, name) CPC_REMEDY_##id,
enum cpc_ready_remedy {
#include <cpucompat/ready.def>
	CPC_REMEDY_COUNT
};
#undef CPC_READY_REMEDY

enum cpc_ready_column { CPC_MINIMUM, CPC_REALISTIC, CPC_COLUMN_COUNT };

/** In the order in which one outweighs another: the last one holds. */
enum cpc_ready_verdict { CPC_MET = 1, CPC_CANNOT_SEE, CPC_NOT_MET };

/* What platforms ask (ready.def) */

/** In which columns a row is judged. */
enum cpc_ready_columns {
	CPC_NO_COLUMN = 0,
	CPC_MINIMUM_ONLY = 1 << CPC_MINIMUM, /**< the realistic column then asks for the minimum */
	CPC_REALISTIC_ONLY = 1 << CPC_REALISTIC,
	CPC_BOTH_COLUMNS = CPC_MINIMUM_ONLY | CPC_REALISTIC_ONLY,
};

struct cpc_demand {
	enum cpc_ready_columns columns;
	enum cpc_sureness sure;
	const char *source; /**< NULL where nothing is asked */
};

#define CPC_EDITIONS_MAX 8

/** What a policy asks of each row, beside what it asks of processors itself. Numbers are per host, by column. */
struct cpc_demands {
	struct cpc_demand rows[CPC_ROW_COUNT];
	uint16_t hosts_min; /**< the most are the policy's own `hosts_max` */
	/** Who says that production wants nested paging and one processor everywhere; NULL: nobody. */
	const char *processor_realistic;
	uint16_t network_ports[CPC_COLUMN_COUNT];
	bool network_redundant; /**< in the realistic column: some of the ports stand in for each other */
	uint16_t storage_ports[CPC_COLUMN_COUNT];
	/** Who says that production wants ports, and ways to storage, alike on all hosts; NULL: nobody. */
	const char *ports_alike;
	/** Who says that virtual switches are called alike on all hosts, which nothing here sees; NULL: nobody. */
	const char *switches_alike;
	const char *iscsi_apart;		  /**< who says that iSCSI has ports of its own; NULL: nobody */
	const char *iscsi_fast;			  /**< likewise, that they are of a speed */
	uint32_t iscsi_mbit;			  /**< Mbit/s, which they have at least */
	uint32_t shared_over;			  /**< a bit per enum cpc_transport */
	uint16_t spc;				  /**< the least version that INQUIRY tells, 0: any */
	bool reservations;			  /**< persistent ones */
	const char *shared_elsewhere;		  /**< who says that no shared volume is needed; NULL: it is */
	uint32_t disk_formats[CPC_COLUMN_COUNT];  /**< a bit per enum cpc_disk_format */
	uint32_t disk_kinds[CPC_COLUMN_COUNT];	  /**< a bit per enum cpc_disk_kind */
	bool disk_devices;			  /**< block devices in place of images */
	const char *host_hypervisor;		  /**< an id of hypervisors.def */
	enum cpc_ready_remedy host_remedy;	  /**< what brings it to a host without any; NONE: another system */
	uint32_t host_from[3];			  /**< major, minor, build: the first that is good */
	uint32_t host_to[3];			  /**< the last; all zero: any */
	uint16_t host_editions[CPC_EDITIONS_MAX]; /**< as Windows numbers them (GetProductInfo) */
	uint16_t host_edition_count;		  /**< 0: any */
};

/** What a policy asks. */
const struct cpc_demands *cpc_demands_of(const struct cpc_policy *policy);

/** Whether a row is judged in a column. */
bool cpc_demanded(const struct cpc_demands *demands, enum cpc_ready_row_id row, enum cpc_ready_column column);

/** What a policy asks of a row and who says so: of processors the policy itself. */
struct cpc_demand cpc_demand_of(const struct cpc_policy *policy, enum cpc_ready_row_id row);

/* What is judged */

/** A virtual disk that was shown. Borrows. */
struct cpc_ready_disk {
	const char *name;
	const struct cpc_disk *disk; /**< NULL: it could not be opened */
	const char *error;	     /**< why, where it could not be opened */
	bool device;		     /**< a block device */
};

/** A host of the cluster. Borrows. */
struct cpc_ready_host {
	const char *name;
	const struct cpc_report *report;
	const struct cpc_site *site; /**< NULL: nobody looked at more than its processor */
	const struct cpc_ready_disk *disks;
	size_t disk_count;
};

/* What is found */

/** Among hosts: all of them. */
#define CPC_READY_CLUSTER SIZE_MAX

enum cpc_ready_kind { CPC_READY_NUMBER, CPC_READY_TRISTATE, CPC_READY_TEXT };

#define CPC_READY_WHERE_SIZE 160

/** One fact, and where it was seen. */
struct cpc_ready_fact {
	size_t host; /**< or CPC_READY_CLUSTER */
	enum cpc_ready_fact_id id;
	bool found; /**< sums up what was found; false: evidence of it */
	enum cpc_ready_kind kind;
	uint64_t number;
	enum cpc_tristate tristate;
	char text[CPC_IDENTITY_SIZE];
	char subject[CPC_READY_WHERE_SIZE]; /**< the port, volume, disk or pair of hosts that it is about, or "" */
	char where[CPC_READY_WHERE_SIZE];   /**< the file, bit or call that tells it, or "" */
};

/** Why a row is not met, or cannot be seen: every reason, not the first. */
struct cpc_ready_reason {
	size_t host;
	enum cpc_ready_column column; /**< of a reason for both columns the first */
	enum cpc_ready_verdict verdict;
	enum cpc_ready_remedy remedy;
	char subject[CPC_READY_WHERE_SIZE]; /**< what it is about: a port, a file that was not permitted; or "" */
	struct cpc_measurement have;	    /**< how many there are for certain, of what is counted */
	struct cpc_measurement want;	    /**< how many are asked */
	char has[CPC_READY_WHERE_SIZE];	    /**< of what the hosts are to have alike: what this one has, else "" */
	char others[CPC_READY_WHERE_SIZE];  /**< and what others have */
	size_t like;			    /**< one of those; of no meaning where `others` is "" */
};

/** Something to beware of, which decides nothing. */
struct cpc_ready_caution {
	size_t host;
	enum cpc_ready_remedy remedy;
	char subject[CPC_READY_WHERE_SIZE];
	struct cpc_measurement have; /**< what there is */
	struct cpc_measurement want; /**< what should be */
	const char *source;	     /**< who says so; static */
};

struct cpc_ready_row {
	bool asked[CPC_COLUMN_COUNT];
	enum cpc_ready_verdict verdicts[CPC_COLUMN_COUNT]; /**< CPC_MET where nothing is asked */
	bool assumed;					   /**< the user vouches for it */
	struct cpc_ready_fact *facts;			   /**< owned */
	size_t fact_count;
	struct cpc_ready_reason *reasons; /**< owned */
	size_t reason_count;
	struct cpc_ready_caution *cautions; /**< owned */
	size_t caution_count;
};

/** How it ends, with its exit code. */
enum cpc_ready_end {
	CPC_READY = 0,
	CPC_READY_MINIMUM = 10, /**< a realistic row is not met or cannot be seen */
	CPC_READY_NOT = 20,	/**< a minimum row is not met */
	CPC_READY_UNKNOWN = 30, /**< none is not met, and one cannot be seen */
};

/** The table. Release with cpc_ready_free(). */
struct cpc_ready {
	const struct cpc_policy *policy;
	const struct cpc_vms *vms; /**< that were to fit, borrowed; NULL: what hosts use now was taken for them */
	const struct cpc_overhead *overhead; /**< likewise */
	struct cpc_ready_row rows[CPC_ROW_COUNT];
	enum cpc_ready_end end;
};

/**
 * Judge hosts by a policy's table. `assumed` has a bit per row that the user vouches for: it is judged all the same,
 * and does not count for the end. Pure but for memory: CPC_INTERNAL without it; CPC_USAGE where two are one machine.
 * Nothing is to be released then.
 */
enum cpc_status cpc_ready_judge(const struct cpc_policy *policy, const struct cpc_ready_host *hosts, size_t count,
				uint32_t assumed, struct cpc_ready *ret_ready, struct cpc_error *reterr);

/** The VMs of a cluster, and what is reckoned beside them. Borrows both. */
struct cpc_ready_load {
	const struct cpc_vms *vms;
	const struct cpc_overhead *overhead;
};

/**
 * The same, where the cluster's VMs are known: the row of capacity then asks, whatever the policy, whether they fit
 * with any host gone. NULL is cpc_ready_judge().
 */
enum cpc_status cpc_ready_judge_load(const struct cpc_policy *policy, const struct cpc_ready_host *hosts, size_t count,
				     uint32_t assumed, const struct cpc_ready_load *load, struct cpc_ready *ret_ready,
				     struct cpc_error *reterr);

/** Release everything and zero the struct. NULL is fine. */
void cpc_ready_free(struct cpc_ready *ready);

/** The reason that weighs most in a row, or NULL where it is met. */
const struct cpc_ready_reason *cpc_ready_main_reason(const struct cpc_ready_row *row);

/* "servers", ...; "met", "not-met", "cannot-see"; "ready", "minimum-only", "not-ready", "cannot-see"; static. */
const char *cpc_ready_row_name(enum cpc_ready_row_id row);
const char *cpc_ready_row_title(enum cpc_ready_row_id row);
const char *cpc_ready_fact_name(enum cpc_ready_fact_id fact);
const char *cpc_ready_remedy_name(enum cpc_ready_remedy remedy);
const char *cpc_ready_verdict_name(enum cpc_ready_verdict verdict);
const char *cpc_ready_column_name(enum cpc_ready_column column);
const char *cpc_ready_end_name(enum cpc_ready_end end);

/** Whether a remedy lets a row be seen, and does not mend it. */
bool cpc_ready_remedy_looks(enum cpc_ready_remedy remedy);

/** A row by its name; CPC_ROW_COUNT where there is none of that name. */
enum cpc_ready_row_id cpc_ready_row_named(const char *name);

#endif
