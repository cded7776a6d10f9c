/* SPDX-License-Identifier: MIT */
#include "address.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "client.h"

#define REPORT_PATH "v1/report"
#define QUERY_PATH "/api/v1/query"
#define PROMETHEUS "prometheus+"

/** Schemes are the same in either case (RFC 3986, 3.1). */
static bool starts(const char *text, const char *with)
{
	while (*with && tolower((unsigned char)*text) == *with) {
		text++;
		with++;
	}
	return *with == '\0';
}

bool cpc_is_address(const char *source)
{
	return starts(source, "http://") || starts(source, "https://") || starts(source, "unix:");
}

bool cpc_is_prometheus(const char *source)
{
	return starts(source, PROMETHEUS);
}

/** What follows the last `@` of the authority, which ends before the path. */
static const char *skip_credentials(const char *authority, size_t length)
{
	for (size_t i = length; i-- > 0;)
		if (authority[i] == '@')
			return authority + i + 1;
	return authority;
}

static void name_it(struct cpc_address *address, const char *scheme, int scheme_length, const char *host, size_t length)
{
	snprintf(address->name, sizeof(address->name), "%.*s%.*s", scheme_length, scheme, (int)length, host);
	for (char *c = address->name; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';
}

static enum cpc_status parse_unix(const char *path, const char *document, struct cpc_address *address,
				  struct cpc_error *reterr)
{
	const size_t length = strlen(path);

	if (length == 0 || length >= CPC_SOCKET_PATH_SIZE)
		return cpc_fail(reterr, CPC_USAGE, 0,
				"unix: takes the path of a socket, of 1 to %d bytes, as in unix:/run/cpucompat.sock",
				CPC_SOCKET_PATH_SIZE - 1);
	memcpy(address->socket_path, path, length + 1);
	snprintf(address->url, sizeof(address->url), "http://localhost/%s", document);
	name_it(address, "unix:", 5, path, length);
	return CPC_OK;
}

static enum cpc_status parse_http(const char *text, const char *document, struct cpc_address *address,
				  struct cpc_error *reterr)
{
	const char *authority = strstr(text, "://") + 3;
	const size_t length = strcspn(authority, "/?#");
	const char *path = authority + length;
	const char *host = skip_credentials(authority, length);

	if (strlen(text) > CPC_ADDRESS_MAX)
		return cpc_fail(reterr, CPC_USAGE, 0, "an address of more than %d bytes", CPC_ADDRESS_MAX);
	if (host == path)
		return cpc_fail(reterr, CPC_USAGE, 0, "an address without a host; write http://HOST:PORT");
	name_it(address, text, (int)(authority - text), host, (size_t)(path - host));
	address->has_path = *path != '\0' && strcmp(path, "/") != 0;
	if (address->has_path)
		snprintf(address->url, sizeof(address->url), "%s", text);
	else
		snprintf(address->url, sizeof(address->url), "%s%s%s", text, *path ? "" : "/", document);
	return CPC_OK;
}

enum cpc_status cpc_address_parse_for(const char *text, const char *path, struct cpc_address *ret_address,
				      struct cpc_error *reterr)
{
	*ret_address = (struct cpc_address){ .url = "" };
	if (!cpc_is_address(text))
		return cpc_fail(reterr, CPC_USAGE, 0, "not an address of an agent: http://, https:// or unix:");
	if (starts(text, "unix:"))
		return parse_unix(text + strlen("unix:"), path, ret_address, reterr);
	return parse_http(text, path, ret_address, reterr);
}

enum cpc_status cpc_address_parse(const char *text, struct cpc_address *ret_address, struct cpc_error *reterr)
{
	return cpc_address_parse_for(text, REPORT_PATH, ret_address, reterr);
}

enum cpc_status cpc_address_parse_prometheus(const char *text, struct cpc_address *ret_address,
					     struct cpc_error *reterr)
{
	const char *inner = starts(text, PROMETHEUS) ? text + strlen(PROMETHEUS) : "";
	const size_t length = strlen(inner);
	size_t end = length;
	struct cpc_address address = { .url = "" };
	enum cpc_status status;

	if (!starts(inner, "http://") && !starts(inner, "https://"))
		return cpc_fail(reterr, CPC_USAGE, 0,
				"not an address of Prometheus; write prometheus+http://HOST:PORT[/PREFIX]");
	if (length > CPC_ADDRESS_MAX - strlen(QUERY_PATH))
		return cpc_fail(reterr, CPC_USAGE, 0, "an address of more than %zu bytes",
				CPC_ADDRESS_MAX - strlen(QUERY_PATH));
	if (strpbrk(inner, "?#"))
		return cpc_fail(reterr, CPC_USAGE, 0,
				"the address of a Prometheus ends in its prefix; leave out what follows ? or #");
	/* It looks whether there is a host, and names it. */
	status = parse_http(inner, "", &address, reterr);
	if (status)
		return status;
	while (end && inner[end - 1] == '/')
		end--;
	snprintf(address.url, sizeof(address.url), "%.*s" QUERY_PATH, (int)end, inner);
	memmove(address.name + strlen(PROMETHEUS), address.name, sizeof(address.name) - strlen(PROMETHEUS));
	memcpy(address.name, PROMETHEUS, strlen(PROMETHEUS));
	address.name[sizeof(address.name) - 1] = '\0';
	*ret_address = address;
	return CPC_OK;
}

/** In numbers alone: a name may begin like them, too. */
static bool is_loopback(const char *host, size_t length)
{
	return starts(host, "127.") && strspn(host, "0123456789.") == length;
}

/** `host`, in lower case, and nothing behind it but a port or a path. */
static bool is_host(const char *authority, const char *host)
{
	return starts(authority, host) && strchr(":/?#", authority[strlen(host)]);
}

bool cpc_address_is_exposed(const char *text)
{
	const char *authority;

	if (cpc_is_prometheus(text))
		text += strlen(PROMETHEUS);
	if (!starts(text, "http://"))
		return false;
	authority = text + strlen("http://");
	authority = skip_credentials(authority, strcspn(authority, "/?#"));
	return !is_host(authority, "localhost") && !is_host(authority, "[::1]") &&
	       !is_loopback(authority, strcspn(authority, ":/?#"));
}
