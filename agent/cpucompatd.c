/* SPDX-License-Identifier: MIT */
/* The agent: probe, serve, and wait for signals. */
#include <errno.h>
#include <getopt.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cpucompat/buffer.h>
#include <cpucompat/report.h>

#include "formats/formats.h"
#include "probes.h"
#include "serve.h"
#include "standard_streams.h"

struct options {
	const char *listen[CPC_LISTEN_MAX];
	size_t listen_count;
	const char *replay; /**< a dump to probe instead of this machine, or NULL */
};

/** A line on standard error, in one write. */
__attribute__((format(printf, 1, 2))) static void say(const char *format, ...)
{
	char line[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	fprintf(stderr, "cpucompatd: %s\n", line);
}

static int complain(const struct cpc_error *error)
{
	if (error->line)
		say("line %zu: %s", error->line, error->what);
	else
		say("%s", error->what);
	return (int)error->status;
}

static void print_help(void)
{
	fputs("Usage: cpucompatd [--listen ADDRESS]... [--replay FILE]\n"
	      "       cpucompat serve ...\n"
	      "Serve what this host's processor offers to virtual machines over HTTP.\n"
	      "\n"
	      "  --listen ADDRESS  listen on 127.0.0.1:PORT or [::1]:PORT (default " CPC_LISTEN_DEFAULT ");\n"
	      "                    port 0 picks one; may be repeated\n"
	      "  --replay FILE     serve a CPUID dump instead of this machine\n"
	      "  --help            print this\n"
	      "  --version         print the version\n"
	      "\n"
	      "SIGHUP probes again, SIGTERM and SIGINT stop.\n",
	      stdout);
}

static void usage(struct cpc_error *reterr, const char *what, const char *which)
{
	cpc_fail(reterr, CPC_USAGE, 0, "%s %.80s; see cpucompatd --help", what, which);
}

static enum cpc_status add_listener(struct options *options, const char *address, struct cpc_error *reterr)
{
	if (options->listen_count == CPC_LISTEN_MAX)
		return cpc_fail(reterr, CPC_USAGE, 0, "more than %d times --listen; leave some out", CPC_LISTEN_MAX);
	options->listen[options->listen_count++] = address;
	return CPC_OK;
}

/** `*ret_done`: help or version was printed and there is nothing left to do. */
static enum cpc_status parse_options(int argc, char **argv, struct options *options, bool *ret_done,
				     struct cpc_error *reterr)
{
	static const struct option table[] = {
		{ "listen", required_argument, NULL, 'l' },
		{ "replay", required_argument, NULL, 'r' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
		{ NULL, 0, NULL, 0 },
	};
	enum cpc_status status = CPC_OK;
	int option;
	int at;

	opterr = 0;
	while (!status && !*ret_done && (at = optind, option = getopt_long(argc, argv, "+:", table, NULL)) != -1) {
		switch (option) {
		case 'l':
			status = add_listener(options, optarg, reterr);
			break;
		case 'r':
			options->replay = optarg;
			break;
		case 'h':
			print_help();
			*ret_done = true;
			break;
		case 'v':
			puts("cpucompatd " CPC_VERSION);
			*ret_done = true;
			break;
		default:
			usage(reterr, option == ':' ? "no value for" : "bad option", argv[at]);
			return CPC_USAGE;
		}
	}
	if (!status && !*ret_done && optind < argc) {
		usage(reterr, "unexpected", argv[optind]);
		return CPC_USAGE;
	}
	if (options->listen_count == 0)
		options->listen[options->listen_count++] = CPC_LISTEN_DEFAULT;
	return status;
}

/** The whole of a stream, bounded. */
static bool read_stream(FILE *file, struct cpc_buffer *body)
{
	char piece[16384];
	size_t length;

	while ((length = fread(piece, 1, sizeof(piece), file)) > 0 && !body->failed && body->length <= CPC_INPUT_MAX)
		cpc_buffer_add(body, piece, length);
	return !ferror(file) && !body->failed;
}

/** FILE:LINE, as every message of a file begins. */
static void refuse_file(struct cpc_error *reterr, enum cpc_status status, const char *path,
			const struct cpc_error *error)
{
	if (error->line)
		cpc_fail(reterr, status, 0, "%.80s:%zu: %s", path, error->line, error->what);
	else
		cpc_fail(reterr, status, 0, "%.80s: %s", path, error->what);
}

static enum cpc_status read_file(const char *path, struct cpc_captures *ret_captures, struct cpc_error *reterr)
{
	struct cpc_buffer body = { .length = 0 };
	struct cpc_error error = { .status = CPC_INTERNAL };
	FILE *file = fopen(path, "re");
	enum cpc_status status;

	if (!file)
		return cpc_fail(reterr, errno == EACCES ? CPC_DENIED : CPC_NO_INPUT, 0, "%.80s: %s", path,
				strerror(errno));
	if (!read_stream(file, &body)) {
		status = cpc_fail(reterr, CPC_NO_INPUT, 0, "%.80s: cannot be read", path);
	} else {
		status = cpc_read(body.bytes ? body.bytes : "", body.length, ret_captures, &error);
		if (status)
			refuse_file(reterr, status, path, &error);
	}
	fclose(file);
	cpc_buffer_free(&body);
	return status;
}

static enum cpc_status probe_dump(const char *path, struct cpc_capture *ret_capture, struct cpc_error *reterr)
{
	struct cpc_captures captures = { .count = 0 };
	struct cpc_env env;
	enum cpc_status status = read_file(path, &captures, reterr);

	if (status)
		return status;
	if (captures.count != 1 || captures.items[0].kind_count == 0) {
		status = cpc_fail(reterr, CPC_BAD_DATA, 0, "%.80s: holds no leaves to replay; give one CPUID dump",
				  path);
	} else {
		cpc_env_replay(&env, &captures.items[0], "/nonexistent");
		status = cpc_probe_all(&env, ret_capture, reterr);
	}
	cpc_captures_free(&captures);
	return status;
}

static enum cpc_status probe(const struct options *options, struct cpc_capture *ret_capture, struct cpc_error *reterr)
{
	struct cpc_env env;

	if (options->replay)
		return probe_dump(options->replay, ret_capture, reterr);
	cpc_env_live(&env);
	return cpc_probe_all(&env, ret_capture, reterr);
}

/** Probe again and swap the replies; on failure the old ones are served on. `*text` is the fingerprint served. */
static void reload(const struct options *options, struct cpc_server *server, char text[static CPC_FINGERPRINT_SIZE])
{
	struct cpc_error error = { .status = CPC_INTERNAL };
	struct cpc_capture capture = { .kind_count = 0 };
	struct cpc_report report;
	char now[CPC_FINGERPRINT_SIZE];

	if (probe(options, &capture, &error)) {
		say("still serving the last report: %s", error.what);
		return;
	}
	cpc_report_of(&capture, &report);
	cpc_fingerprint_print(&report.fingerprint, now);
	if (cpc_server_update(server, &report, &error)) {
		say("still serving the last report: %s", error.what);
	} else if (strcmp(now, text) != 0) {
		fprintf(stderr, "cpucompatd: the fingerprint changed from %s to %s\n", text, now);
		strcpy(text, now);
	}
	cpc_capture_free(&capture);
}

static void wait_for_signals(const struct options *options, const sigset_t *signals, struct cpc_server *server,
			     char text[static CPC_FINGERPRINT_SIZE])
{
	int signal_number = 0;

	for (;;) {
		int error = sigwait(signals, &signal_number);
		if (!error && signal_number == SIGHUP)
			reload(options, server, text);
		else if (!error)
			return;
	}
}

/** Blocked before the first thread starts, so that every thread blocks them and sigwait() alone gets them. */
static void block_signals(sigset_t *ret_signals)
{
	sigemptyset(ret_signals);
	sigaddset(ret_signals, SIGHUP);
	sigaddset(ret_signals, SIGINT);
	sigaddset(ret_signals, SIGTERM);
	pthread_sigmask(SIG_BLOCK, ret_signals, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static enum cpc_status start(const struct options *options, struct cpc_server **ret_server,
			     char ret_text[static CPC_FINGERPRINT_SIZE], struct cpc_error *reterr)
{
	struct cpc_capture capture = { .kind_count = 0 };
	struct cpc_report report;
	enum cpc_status status = probe(options, &capture, reterr);

	if (status)
		return status;
	cpc_report_of(&capture, &report);
	cpc_fingerprint_print(&report.fingerprint, ret_text);
	status = cpc_server_start(options->listen, options->listen_count, &report, ret_server, reterr);
	cpc_capture_free(&capture);
	return status;
}

int main(int argc, char **argv)
{
	struct options options = { .listen_count = 0 };
	struct cpc_error error = { .status = CPC_INTERNAL };
	struct cpc_server *server = NULL;
	char text[CPC_FINGERPRINT_SIZE];
	sigset_t signals;
	bool done = false;

	if (!cpc_open_standard_streams())
		return CPC_INTERNAL;
	if (parse_options(argc, argv, &options, &done, &error))
		return complain(&error);
	if (done && fflush(stdout)) {
		say("standard output: %s; make room or write elsewhere", strerror(errno));
		return CPC_INTERNAL;
	}
	if (done)
		return EXIT_SUCCESS;
	block_signals(&signals);
	if (start(&options, &server, text, &error))
		return complain(&error);
	for (size_t i = 0; i < options.listen_count; i++)
		say("listening on %s", cpc_server_url(server, i));
	wait_for_signals(&options, &signals, server, text);
	cpc_server_stop(server);
	return EXIT_SUCCESS;
}
