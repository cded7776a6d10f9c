/* SPDX-License-Identifier: MIT */
/* What is shown to agents and Prometheus servers, and whom they are believed to be. */
#include "cli_inside.h"

#include "address.h"
#include "token.h"

static bool is_exposed(const char *source)
{
	return source && cpc_address_is_exposed(source);
}

bool cli_warn_of_plain_text(const struct cpc_client *client, const char *address)
{
	char shown[CLI_NAME_SIZE];

	if (!client->token || !is_exposed(address))
		return false;
	cli_name_source(address, shown);
	cli_complain(CPC_OK, "warning: the token goes to %s over the network in the clear; use https", shown);
	return true;
}

/** One warning is enough, however many addresses there are. */
static void warn_of_plain_text(const struct cli_options *options)
{
	const char *const others[] = { options->from, options->accepts, options->accepted_by };
	bool warned = false;

	for (size_t i = 0; i < sizeof(others) / sizeof(*others) && !warned; i++)
		warned = cli_warn_of_plain_text(&options->client, others[i]);
	for (size_t i = 0; i < options->argument_count && !warned; i++)
		warned = cli_warn_of_plain_text(&options->client, options->arguments[i]);
}

static enum cpc_status open_token(struct cli_options *options, struct cpc_error *reterr)
{
	bool exposed = false;
	char *token = NULL;
	const enum cpc_status status = cpc_token_read("--token-file", options->token_file, &token, &exposed, reterr);

	if (status)
		return status;
	options->client.token = token;
	if (exposed)
		cli_complain(CPC_OK, "warning: --token-file %s can be read by others than its owner; chmod 600 it",
			     options->token_file);
	warn_of_plain_text(options);
	return CPC_OK;
}

int cli_client_open(struct cli_options *options)
{
	struct cpc_error error;
	enum cpc_status status = CPC_OK;

	if (options->token_file)
		status = open_token(options, &error);
	if (!status && options->ca)
		status = cpc_authorities_check("--ca", options->ca, &error);
	if (status)
		return cli_complain(status, "%s", error.what);
	options->client.ca_file = options->ca;
	return CPC_OK;
}

void cli_client_close(struct cli_options *options)
{
	cpc_token_free((char *)options->client.token);
	options->client.token = NULL;
}
