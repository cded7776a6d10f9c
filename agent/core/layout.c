/* SPDX-License-Identifier: MIT */
#include <cpucompat/layout.h>

#include <stdlib.h>

/** A layout and the VMs that are to fit. */
struct question {
	const struct cpc_layout_terms *terms;
	const struct cpc_layout *layout;
	const struct cpc_vm_kinds *kinds;
	struct cpc_room *rooms; /**< room for as many as the layout has hosts */
};

const char *cpc_license_name(enum cpc_license license)
{
	static const char *const names[CPC_LICENSE_COUNT] = {
		[CPC_LICENSE_HOST] = "host", [CPC_LICENSE_SOCKET] = "socket", [CPC_LICENSE_CORE] = "core"
	};

	return names[license];
}

const char *cpc_refusal_name(enum cpc_refusal refusal)
{
	static const char *const names[CPC_REFUSAL_COUNT] = {
		[CPC_REFUSED_ONE_HOST] = "one-host", [CPC_REFUSED_TOO_MANY] = "too-many-hosts"
	};

	return names[refusal];
}

/** A host of so many cores a socket; where that is 0, of as many as it takes. */
static struct cpc_room room_with(const struct question *question, uint32_t cores)
{
	const struct cpc_layout *layout = question->layout;
	const uint64_t cpus = (uint64_t)layout->sockets * cores * layout->threads;
	struct cpc_room room = cpc_room_of(layout->memory, cpus, question->terms->overhead);

	if (!cores)
		room.vcpus = room.cpus = UINT64_MAX;
	return room;
}

static enum cpc_status fit_with(const struct question *question, uint32_t hosts, uint32_t cores,
				struct cpc_layout_fit *ret_fit, struct cpc_error *reterr)
{
	struct cpc_placement placement;
	enum cpc_status status;

	for (uint32_t i = 0; i < hosts; i++)
		question->rooms[i] = room_with(question, cores);
	status = cpc_place(question->kinds, question->rooms, hosts, &placement, reterr);
	if (status)
		return status;
	*ret_fit = (struct cpc_layout_fit){ .fit = placement.fit, .reason = placement.reason };
	if (placement.reason == CPC_BY_LARGEST || placement.reason == CPC_BY_COUNT)
		ret_fit->kind = question->kinds->items[placement.kind];
	cpc_placement_free(&placement);
	return CPC_OK;
}

/**
 * Where cores were not told there is one a socket at least: what fits then fits whatever they are, and what does not
 * fit with as many as it takes does not fit at all.
 */
static enum cpc_status fit_on(const struct question *question, uint32_t hosts, struct cpc_layout_fit *ret_fit,
			      struct cpc_error *reterr)
{
	const uint32_t told = question->layout->cores;
	enum cpc_status status = fit_with(question, hosts, told ? told : 1, ret_fit, reterr);

	if (status || told || ret_fit->fit == CPC_FITS)
		return status;
	status = fit_with(question, hosts, 0, ret_fit, reterr);
	if (!status && ret_fit->fit == CPC_FITS)
		*ret_fit = (struct cpc_layout_fit){ .fit = CPC_FIT_UNKNOWN, .reason = CPC_BY_CORES };
	return status;
}

/** Fewer hosts never take more: the most that can be gone is found by halving. */
static enum cpc_status find_spare(const struct question *question, struct cpc_layout_answer *answer,
				  struct cpc_error *reterr)
{
	uint32_t fits = answer->one_gone.fit == CPC_FITS, too_many = question->layout->hosts;
	struct cpc_layout_fit fit;

	/* What is between is not known yet. Zero hosts take no VM, of which there is one at least. */
	while (fits + 1 < too_many) {
		const uint32_t gone = fits + (too_many - fits) / 2;
		const enum cpc_status status = fit_on(question, question->layout->hosts - gone, &fit, reterr);

		if (status)
			return status;
		if (fit.fit == CPC_FITS)
			fits = gone;
		else
			too_many = gone;
	}
	answer->spare = fits;
	answer->spare_is_most = true;
	if (fits + 1 < question->layout->hosts) {
		const enum cpc_status status = fit_on(question, question->layout->hosts - fits - 1, &fit, reterr);

		if (status)
			return status;
		answer->spare_is_most = fit.fit == CPC_FITS_NOT;
	}
	return CPC_OK;
}

/** The most VMs that one host can have: of memory and of virtual CPUs each alone, the smallest first. */
static uint64_t most_on_one(const struct question *question)
{
	const struct cpc_vm_kinds *kinds = question->kinds;
	const uint32_t cores = question->layout->cores;
	const struct cpc_room room = room_with(question, cores);
	uint64_t memory = room.memory, by_memory = 0, by_vcpus, least = UINT64_MAX;

	for (size_t i = kinds->count; i-- > 0;) {
		const struct cpc_vm_kind *kind = &kinds->items[i];
		uint64_t count = kind->memory ? memory / kind->memory : kind->count;

		least = kind->vcpus < least ? kind->vcpus : least;
		count = count < kind->count ? count : kind->count;
		memory -= count * kind->memory;
		by_memory += count;
	}
	by_vcpus = least && least != UINT64_MAX ? room.vcpus / least : by_memory;
	return by_memory < by_vcpus ? by_memory : by_vcpus;
}

static void count_licenses(const struct question *question, struct cpc_layout_answer *answer)
{
	const struct cpc_layout *layout = question->layout;
	const struct cpc_measurement *prices = question->terms->prices;
	const struct cpc_measurement of[CPC_LICENSE_COUNT] = {
		[CPC_LICENSE_HOST] = { true, layout->hosts },
		[CPC_LICENSE_SOCKET] = { true, answer->sockets },
		[CPC_LICENSE_CORE] = answer->cores,
	};
	bool any = false, all = true;
	uint64_t cost = 0;

	for (unsigned int i = 0; i < CPC_LICENSE_COUNT; i++) {
		if (!prices[i].known)
			continue;
		answer->licenses[i] = of[i];
		any = true;
		all = all && of[i].known;
		cost += of[i].known ? of[i].value * prices[i].value : 0;
	}
	answer->cost = (struct cpc_measurement){ any && all, any && all ? cost : 0 };
}

static enum cpc_refusal refusal_of(const struct question *question)
{
	const uint16_t most = question->terms->policy->hosts_max;

	if (question->layout->hosts < 2)
		return CPC_REFUSED_ONE_HOST;
	return most && question->layout->hosts > most ? CPC_REFUSED_TOO_MANY : CPC_NOT_REFUSED;
}

static enum cpc_status judge_vms(const struct question *question, struct cpc_layout_answer *answer,
				 struct cpc_error *reterr)
{
	const uint32_t hosts = question->layout->hosts;
	const uint64_t vms = question->terms->vms->total;
	enum cpc_status status = fit_on(question, hosts, &answer->all, reterr);
	const uint64_t most = most_on_one(question);

	if (!status)
		status = fit_on(question, hosts - 1, &answer->one_gone, reterr);
	/* With all of them there is more room: what fits without one fits. */
	if (!status && answer->one_gone.fit == CPC_FITS)
		answer->all = answer->one_gone;
	if (!status && answer->all.fit == CPC_FITS)
		status = find_spare(question, answer, reterr);
	answer->room = hosts * room_with(question, question->layout->cores).memory;
	answer->taken = question->kinds->memory;
	answer->lost_evenly = (vms + hosts - 1) / hosts;
	answer->lost_at_most = most;
	return status;
}

static enum cpc_status judge(const struct question *question, struct cpc_layout_answer *answer,
			     struct cpc_error *reterr)
{
	const struct cpc_layout *layout = question->layout;

	answer->refusal = refusal_of(question);
	answer->sockets = (uint64_t)layout->hosts * layout->sockets;
	answer->cores = (struct cpc_measurement){ layout->cores != 0, answer->sockets * layout->cores };
	answer->memory = layout->hosts * layout->memory;
	answer->all = answer->one_gone = (struct cpc_layout_fit){ .fit = CPC_FIT_UNKNOWN, .reason = CPC_BY_NOTHING };
	count_licenses(question, answer);
	return question->terms->vms ? judge_vms(question, answer, reterr) : CPC_OK;
}

bool cpc_layout_keeps(const struct cpc_layout_answer *answer)
{
	return !answer->refusal && answer->one_gone.fit == CPC_FITS;
}

static bool is_better(const struct cpc_plan *plan, size_t one, size_t other)
{
	const uint64_t cost = plan->answers[one].cost.value, others = plan->answers[other].cost.value;

	return cost < others || (cost == others && plan->layouts[one].hosts > plan->layouts[other].hosts);
}

static void choose(struct cpc_plan *plan)
{
	bool known = true;

	plan->keeps = CPC_FITS_NOT;
	plan->cheapest = plan->count;
	for (size_t i = 0; i < plan->count; i++) {
		const struct cpc_layout_answer *answer = &plan->answers[i];

		if (!answer->refusal && answer->one_gone.fit < plan->keeps)
			plan->keeps = answer->one_gone.fit;
		if (!cpc_layout_keeps(answer))
			continue;
		known = known && answer->cost.known;
		if (plan->cheapest == plan->count || is_better(plan, i, plan->cheapest))
			plan->cheapest = i;
	}
	/* One of unknown cost may be cheaper. */
	if (!known)
		plan->cheapest = plan->count;
}

enum cpc_status cpc_plan_of(const struct cpc_layout_terms *terms, const struct cpc_layout *layouts, size_t count,
			    struct cpc_plan *ret_plan, struct cpc_error *reterr)
{
	struct cpc_plan plan = { .terms = terms, .layouts = layouts, .count = count };
	struct cpc_room *rooms = calloc(CPC_LAYOUT_HOSTS_MAX, sizeof(*rooms));
	struct cpc_vm_kinds kinds = { .count = 0 };
	enum cpc_status status = CPC_OK;

	plan.answers = calloc(count ? count : 1, sizeof(*plan.answers));
	if (!rooms || !plan.answers)
		status = cpc_out_of_memory(reterr);
	else if (terms->vms)
		status = cpc_vm_kinds_of(terms->vms, terms->overhead, &kinds, reterr);
	for (size_t i = 0; i < count && !status; i++) {
		const struct question question = { terms, &layouts[i], &kinds, rooms };

		status = judge(&question, &plan.answers[i], reterr);
	}
	free(rooms);
	cpc_vm_kinds_free(&kinds);
	if (status) {
		cpc_plan_free(&plan);
		return status;
	}
	choose(&plan);
	*ret_plan = plan;
	return CPC_OK;
}

void cpc_plan_free(struct cpc_plan *plan)
{
	free(plan->answers);
	*plan = (struct cpc_plan){ .count = 0 };
}
