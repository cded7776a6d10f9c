/* SPDX-License-Identifier: MIT */
/*
 * Views of hosts as somebody else saw them and at what time: one at a time, in any order, some of them twice.
 * Prometheus' series are such. What belongs to one host is put together, and the newest of it counts.
 */
#ifndef CPUCOMPAT_SIGHTINGS_H
#define CPUCOMPAT_SIGHTINGS_H

#include <cpucompat/fleet.h>

/** One view of one host. Borrowed for the call. */
struct cpc_sighting {
	const char *name; /**< the host's, of any bytes */
	size_t name_length;
	const char *labels; /**< what else tells the host from others, of any bytes; what is shown where names do not */
	size_t labels_length;
	enum cpc_view view;
	const char *text; /**< the fingerprint's */
	size_t text_length;
	const char *id; /**< as it was told; NULL: it was not */
	double time;	/**< seconds since the epoch; negative: not known */
};

/** Memory grows with hosts and with different texts. One thread at a time. */
struct cpc_sightings;

/** An empty one, to be released with cpc_sightings_free(), or NULL without memory. */
struct cpc_sightings *cpc_sightings_new(void);

/**
 * Take one. CPC_BAD_DATA where the text is no fingerprint or the id is of another one, CPC_INTERNAL without memory;
 * what was taken before stays.
 */
enum cpc_status cpc_sightings_add(struct cpc_sightings *sightings, const struct cpc_sighting *sighting,
				  struct cpc_error *reterr);

/** Hosts, and different fingerprints, so far. */
size_t cpc_sightings_hosts(const struct cpc_sightings *sightings);
size_t cpc_sightings_kinds(const struct cpc_sightings *sightings);

/** Whom to tell of what does not count: by the name of its host and a sentence. CPC_INTERNAL ends the fold. */
struct cpc_remarks {
	enum cpc_status (*remark)(void *context, const char *name, const char *what);
	void *context;
};

/**
 * Count every host in, in the order of their names. Names are printed with `?` for what is not printable ASCII,
 * and cut; hosts of one name get their labels behind it. A host of which only the kvm view was seen, or two
 * fingerprints of one view and one time, is not counted and told of; so are fingerprints that were followed by newer
 * ones. CPC_INTERNAL without memory.
 */
enum cpc_status cpc_sightings_fold(const struct cpc_sightings *sightings, struct cpc_fleet *fleet,
				   const struct cpc_remarks *remarks, struct cpc_error *reterr);

/** NULL is fine. */
void cpc_sightings_free(struct cpc_sightings *sightings);

#endif
