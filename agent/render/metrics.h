/* SPDX-License-Identifier: MIT */
/*
 * Writing metrics: one list of families, two texts. They differ in little (what a
 * counter's and an info's head names, units, the end), and that little is here alone.
 */
#ifndef CPC_METRICS_H
#define CPC_METRICS_H

#include <cpucompat/buffer.h>
#include <cpucompat/peer.h>
#include <cpucompat/report.h>

enum cpc_exposition {
	CPC_PROMETHEUS_TEXT, /**< Prometheus' text format, version 0.0.4 */
	CPC_OPENMETRICS,     /**< OpenMetrics 1.0.0 */
};

/** An exposition under way. Borrows the buffer, which says in the end whether memory ran out. */
struct cpc_metrics {
	struct cpc_buffer *out;
	enum cpc_exposition exposition;
};

enum cpc_metric_type {
	CPC_GAUGE,
	CPC_COUNTER, /**< its name ends in `_total` */
	CPC_INFO,    /**< its name ends in `_info` and its value is 1; OpenMetrics' own type, a gauge elsewhere */
};

/** A family: a row that its samples point to. */
struct cpc_family {
	const char *name; /**< of its samples, with every suffix: `cpucompat_fingerprint_changes_total` */
	enum cpc_metric_type type;
	const char *unit; /**< NULL, or how the name ends but for `_total`: `seconds` */
	const char *help; /**< a sentence without quotes, backslashes and newlines */
};

/** A label; the value is escaped as it is written. A list of them ends with a NULL name. */
struct cpc_label {
	const char *name;
	const char *value;
};

/** Start a family. Each is started once, and its samples follow before the next one. */
void cpc_metrics_family(struct cpc_metrics *metrics, const struct cpc_family *family);

/** One sample of a family that was started; `labels` may be NULL. The format makes a number. */
__attribute__((format(printf, 4, 5))) void cpc_metrics_sample(struct cpc_metrics *metrics,
							      const struct cpc_family *family,
							      const struct cpc_label *labels, const char *format, ...);

/** Every family that a report alone can fill, and its host's requirement table where that is not NULL. */
void cpc_metrics_report(struct cpc_metrics *metrics, const struct cpc_report *report, const struct cpc_ready *ready);

/** Those of them about what an agent remembers; none where it remembers nothing. */
void cpc_metrics_history(struct cpc_metrics *metrics, const struct cpc_report *report);

/** The families of section 9 that are about peers; nothing where there are none. */
void cpc_metrics_peers(struct cpc_metrics *metrics, const struct cpc_peers *peers);

/** The end of the exposition: nothing may follow. */
void cpc_metrics_end(struct cpc_metrics *metrics);

#endif
