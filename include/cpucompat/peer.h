/* SPDX-License-Identifier: MIT */
/*
 * Other hosts' agents as this host sees them: whether each answers, what it last told,
 * and how its host and this one relate.
 */
#ifndef CPUCOMPAT_PEER_H
#define CPUCOMPAT_PEER_H

#include <stdint.h>

#include <cpucompat/compare.h>
#include <cpucompat/report.h>

struct cpc_ready;
struct cpc_site;

enum cpc_peer_state {
	CPC_PEER_NEVER, /**< it has not answered yet, whether or not it was asked */
	CPC_PEER_UP,	/**< its last answer was good */
	CPC_PEER_DOWN,	/**< it answered once; its last answer was none, or none to be believed */
	CPC_PEER_STATE_COUNT
};

/** A fingerprint as it was told. */
struct cpc_peer_view {
	char *text; /**< owned; NULL: the host has no such view */
	char id[CPC_ID_SIZE];
	char silicon[CPC_ID_SIZE];
	bool complete; /**< nothing in it is unread */
};

/** What is kept of a peer's report. A tenth of it: there may be thousands. */
struct cpc_peer_host {
	char name[CPC_HOST_NAME_SIZE];
	char brand[CPC_SHORT_SIZE];
	char microcode[CPC_SHORT_SIZE];
	struct cpc_signature signature;
	size_t logical_cpus; /**< 0 where unknown */
	size_t kind_count;
	enum cpc_vantage vantage; /**< of a dump: where it was taken */
	bool dumped;
	enum cpc_requirement_status requirements[CPC_REQUIREMENT_COUNT];
	struct cpc_peer_view cpuid;
	struct cpc_peer_view kvm;
	/** The cpuid view where its text does not say all (words read in part); owned. */
	struct cpc_fingerprint *partial;
};

/** How this host and a peer's relate under a policy. */
struct cpc_peer_relation {
	enum cpc_relation relation;
	enum cpc_verdict to_peer;   /**< of a VM that runs on this host */
	enum cpc_verdict from_peer; /**< of a VM that runs on the peer's */
};

/** A row. Times are seconds since the epoch, 0: never. */
struct cpc_peer {
	const char *name;    /**< printable ASCII without blanks, of any meaning: escape it */
	const char *address; /**< `http://web03:10789`, `unix:/run/x`; without path and credentials */
	enum cpc_peer_state state;
	int64_t since;		    /**< the state began, or the peer was first configured */
	int64_t checked_at;	    /**< it was last asked, and the question ended so or so */
	int64_t answered_at;	    /**< its last good answer */
	char *error;		    /**< what is wrong, printable ASCII; owned; NULL while nothing is */
	struct cpc_peer_host *host; /**< what it told at `answered_at`; owned; NULL: nothing yet */
	/** Of that host. Known while there is one, and about the present only while the peer is up. */
	struct cpc_peer_relation relation;
};

/** Every peer, in the order of the configuration. */
struct cpc_peers {
	const struct cpc_policy *policy;
	struct cpc_peer *items;
	size_t count;
};

/** What an agent serves: its host, and what it knows of others. Borrows all. */
struct cpc_published {
	const struct cpc_report *report;
	const struct cpc_site *site;   /**< what the host has beside its processor; NULL: nobody looked */
	const struct cpc_ready *ready; /**< the requirement table of the host alone; NULL: it was not judged */
	const struct cpc_peers *peers; /**< NULL: there are none */
};

/** "never", "up", "down". */
const char *cpc_peer_state_name(enum cpc_peer_state state);

/**
 * A peer's host as comparisons want it, made in `ret_cpuid` and `ret_kvm`, which must outlive the side. CPC_BAD_DATA
 * where a text is no fingerprint.
 */
enum cpc_status cpc_peer_side(const struct cpc_peer_host *host, struct cpc_fingerprint *ret_cpuid,
			      struct cpc_fingerprint *ret_kvm, struct cpc_side *ret_side, struct cpc_error *reterr);

/** Compare this host with what a peer told. CPC_INTERNAL without memory; CPC_BAD_DATA where a text is no fingerprint.
 */
enum cpc_status cpc_peer_relate(const struct cpc_report *self, const struct cpc_peer_host *host,
				const struct cpc_policy *policy, struct cpc_peer_relation *ret_relation,
				struct cpc_error *reterr);

/** Release a host and what it owns. NULL is fine. */
void cpc_peer_host_free(struct cpc_peer_host *host);

#endif
