/* SPDX-License-Identifier: MIT */
/* Layouts of a cluster beside each other: what fits, what it costs, what is lost with a host. */
#include "cli_inside.h"

#include <string.h>

#include "layout_text.h"

/** What layouts say of themselves, and what the options say of those that do not. */
static size_t read_layouts(const struct cli_options *options, struct cpc_layout ret_layouts[static CLI_VALUES_MAX])
{
	struct cpc_error error;
	size_t count = 0;

	for (; count < options->layouts.count; count++) {
		struct cpc_layout *layout = &ret_layouts[count];

		/* It was read when the option was taken. */
		if (cpc_layout_read(options->layouts.items[count], layout, &error))
			break;
		if (!layout->cores && options->cores.known)
			layout->cores = (uint32_t)options->cores.value;
		if (options->threads.known)
			layout->threads = (uint32_t)options->threads.value;
	}
	return count;
}

static int exit_code(enum cpc_fit keeps)
{
	switch (keeps) {
	case CPC_FITS:
		return 0;
	case CPC_FITS_NOT:
		return 20;
	case CPC_FIT_UNKNOWN:
		break;
	}
	return 30;
}

static int compare(const struct cli_options *options, const struct cpc_vms *vms)
{
	const struct cpc_plan_format *format = cpc_plan_format_named(options->format);
	const struct cpc_style style = cli_style(options);
	const struct cpc_overhead overhead = cli_overhead(options);
	struct cpc_layout_terms terms = { .policy = options->policy, .overhead = &overhead, .vms = vms };
	struct cpc_layout layouts[CLI_VALUES_MAX];
	const size_t count = read_layouts(options, layouts);
	struct cpc_buffer out = { 0 };
	struct cpc_error error;
	struct cpc_plan plan;
	int code;

	memcpy(terms.prices, options->prices, sizeof(terms.prices));
	if (cpc_plan_of(&terms, layouts, count, &plan, &error))
		return cli_fail("plan", &error);
	code = exit_code(plan.keeps);
	if (format->render(&plan, &style, &out, &error)) {
		cpc_buffer_free(&out);
		code = cli_fail("plan", &error);
	} else {
		code = cli_write(&out, code);
	}
	cpc_plan_free(&plan);
	return code;
}

int cli_plan(const struct cli_options *options)
{
	struct cpc_vms vms = { .count = 0 };
	int code;

	if (options->argument_count)
		return cli_complain(CPC_USAGE, "plan: what is '%s'? layouts come after --hosts, VMs after --vms",
				    options->arguments[0]);
	if (!options->layouts.count)
		return cli_complain(CPC_USAGE, "plan: give layouts: --hosts HOSTSxSOCKETSxMEMORY[xCORES], as --hosts "
					       "6x2x32GiB --hosts 3x4x64GiB");
	if (!options->vms)
		return compare(options, NULL);
	code = cli_vms_open(options, &vms);
	if (!code)
		code = compare(options, &vms);
	cpc_vms_free(&vms);
	return code;
}
