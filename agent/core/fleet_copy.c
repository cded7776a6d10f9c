/* SPDX-License-Identifier: MIT */
/* A fleet as it is planned: another one, without some of its hosts. */
#include <cpucompat/fleet.h>

#include <stdlib.h>
#include <string.h>

/** The names of a class that are not `without`, into `ret_names`; returns how many. Hosts that leave are few. */
static size_t list_names(const struct cpc_fleet *fleet, size_t class, const struct cpc_named_host *without,
			 size_t without_count, char **ret_names)
{
	const struct cpc_class *of = &fleet->classes[class];
	size_t count = 0;

	for (size_t i = 0; i < of->name_count; i++) {
		bool leaves = false;

		for (size_t n = 0; n < without_count && !leaves; n++)
			leaves = without[n].class == class && strcmp(without[n].name, of->names[i]) == 0;
		if (!leaves)
			ret_names[count++] = of->names[i];
	}
	return count;
}

static enum cpc_status copy_class(const struct cpc_fleet *fleet, size_t class, const struct cpc_named_host *without,
				  size_t without_count, struct cpc_fleet *copy, struct cpc_error *reterr)
{
	const struct cpc_class *of = &fleet->classes[class];
	const struct cpc_side side = cpc_class_side(of);
	char **names = calloc(of->name_count + 1, sizeof(*names));
	size_t count;
	enum cpc_status status;

	if (!names)
		return cpc_out_of_memory(reterr);
	count = list_names(fleet, class, without, without_count, names);
	status = cpc_fleet_add_alike(copy, &side, names, count, of->count - (of->name_count - count), reterr);
	free(names);
	return status;
}

enum cpc_status cpc_fleet_copy(const struct cpc_fleet *fleet, const struct cpc_named_host *without,
			       size_t without_count, struct cpc_fleet *ret_copy, struct cpc_error *reterr)
{
	struct cpc_fleet copy = { .count = 0 };
	enum cpc_status status = CPC_OK;

	for (size_t i = 0; i < fleet->count && !status; i++)
		status = copy_class(fleet, i, without, without_count, &copy, reterr);
	if (status) {
		cpc_fleet_free(&copy);
		return status;
	}
	*ret_copy = copy;
	return CPC_OK;
}
