/* SPDX-License-Identifier: MIT */
/*
 * Lists of fingerprints, read in pieces: a line is folded into its class and forgotten, so
 * memory grows with what is different in the list and not with the list.
 */
#include "cli_inside.h"
#include "fleet_inside.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "list.h"

/** Read at once; holds the longest line and much beside it. */
#define PIECE_SIZE ((size_t)1 << 20)

/** Host names of a list, cut beyond this. */
#define NAME_SIZE 256

/** What was read and not yet folded, and how many lines came before it. */
struct piece {
	char *bytes;
	size_t length;
	size_t lines;
	size_t bytes_read;
	bool ended; /**< there is no more to read */
	char file[CLI_NAME_SIZE];
	size_t short_list; /**< hosts of a list that is one piece: then they are named by the file; else 0 */
};

/** Fill the piece up. CPC_NO_INPUT where it cannot be read. */
static enum cpc_status fill(struct piece *piece, int descriptor, struct cpc_error *reterr)
{
	while (!piece->ended && piece->length < PIECE_SIZE) {
		const ssize_t got = read(descriptor, piece->bytes + piece->length, PIECE_SIZE - piece->length);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return cpc_fail(reterr, CPC_NO_INPUT, 0, "cannot be read: %s", strerror(errno));
		piece->ended = got == 0;
		piece->bytes_read += (size_t)got;
		piece->length += (size_t)got;
	}
	return CPC_OK;
}

/** The name of a line, its file's where the list is short, or none: a million names would be all that is kept. */
static bool name_line(const struct piece *piece, const struct cpc_listed *listed, char ret_name[static NAME_SIZE])
{
	if (listed->name.length)
		cpc_span_copy(ret_name, NAME_SIZE, listed->name);
	else if (piece->short_list == 1)
		snprintf(ret_name, NAME_SIZE, "%s", piece->file);
	else if (piece->short_list)
		snprintf(ret_name, NAME_SIZE, "%s#%zu", piece->file, listed->line);
	return listed->name.length || piece->short_list;
}

static size_t count_hosts(const struct piece *piece)
{
	struct cpc_lines lines = cpc_lines_of(piece->bytes, piece->length);
	struct cpc_listed listed;
	struct cpc_line line;
	size_t hosts = 0;

	while (cpc_lines_next(&lines, &line))
		hosts += cpc_listed_of(&line, &listed);
	return hosts;
}

static enum cpc_status fold_line(struct cli_reading *reading, const char *source, const struct piece *piece,
				 const struct cpc_line *line)
{
	struct cpc_error error = { .status = CPC_INTERNAL };
	struct cpc_listed listed;
	char name[NAME_SIZE];
	enum cpc_status status;

	if (!cpc_listed_of(line, &listed))
		return CPC_OK;
	status = cpc_fleet_add_text(&reading->fleet, name_line(piece, &listed, name) ? name : NULL, listed.text.text,
				    listed.text.length, &error);
	if (status != CPC_BAD_DATA)
		return status;
	error.line = line->number;
	return cli_note_unreadable(reading, source, &error);
}

enum cpc_status cli_note_end(struct cli_reading *reading, const char *source, const struct cpc_error *error)
{
	struct cpc_error end;

	cpc_fail(&end, error->status, error->line, "%s; nothing after it was read", error->what);
	return cli_note_unreadable(reading, source, &end);
}

/** Every whole line of the piece; what is left is the beginning of the next. */
static enum cpc_status fold_piece(struct cli_reading *reading, const char *source, struct piece *piece)
{
	struct cpc_lines lines = cpc_lines_of(piece->bytes, piece->length);
	const char *folded = piece->bytes;
	enum cpc_status status = CPC_OK;
	struct cpc_error error;
	struct cpc_line line;

	while (!status && cpc_lines_next(&lines, &line) && (line.terminated || piece->ended)) {
		line.number = ++piece->lines;
		status = fold_line(reading, source, piece, &line);
		folded = lines.next;
	}
	if (!status && cpc_lines_status(&lines, &error)) {
		piece->ended = true;
		error.line = piece->lines + 1;
		status = cli_note_end(reading, source, &error);
	}
	piece->length -= (size_t)(folded - piece->bytes);
	memmove(piece->bytes, folded, piece->length);
	return status;
}

/** How far it is; of a pipe nobody knows how much is to come. */
static void show_progress(struct cli_reading *reading, const struct piece *piece, int descriptor)
{
	struct stat found;

	if (!cli_progress_due(&reading->progress))
		return;
	if (fstat(descriptor, &found) == 0 && S_ISREG(found.st_mode))
		cli_progress_show(&reading->progress, CLI_PROGRESS "; %zu of %lld MB", CLI_PROGRESS_OF(reading),
				  piece->bytes_read / 1000000, (long long)found.st_size / 1000000);
	else
		cli_progress_show(&reading->progress, CLI_PROGRESS "; %zu MB", CLI_PROGRESS_OF(reading),
				  piece->bytes_read / 1000000);
}

static enum cpc_status fold_all(struct cli_reading *reading, const char *source, int descriptor, struct piece *piece)
{
	enum cpc_status status;

	cli_name_input(source, piece->file);
	piece->short_list = piece->ended ? count_hosts(piece) : 0;
	status = fold_piece(reading, source, piece);
	while (!status && !piece->ended) {
		struct cpc_error error;

		if (fill(piece, descriptor, &error))
			return cli_note_unreadable(reading, source, &error);
		status = fold_piece(reading, source, piece);
		show_progress(reading, piece, descriptor);
	}
	return status;
}

enum cpc_status cli_fold_list(struct cli_reading *reading, const char *source, int descriptor, bool *ret_list,
			      struct cpc_buffer *ret_begin)
{
	struct piece piece = { .bytes = malloc(PIECE_SIZE) };
	struct cpc_error error;
	enum cpc_status status = CPC_INTERNAL;

	if (!piece.bytes)
		return status;
	*ret_list = true;
	if (fill(&piece, descriptor, &error)) {
		status = cli_note_unreadable(reading, source, &error);
	} else if (cpc_fingerprints_recognise(piece.bytes, piece.length)) {
		status = fold_all(reading, source, descriptor, &piece);
	} else {
		*ret_list = false;
		cpc_buffer_add(ret_begin, piece.bytes, piece.length);
		status = ret_begin->failed ? CPC_INTERNAL : CPC_OK;
	}
	free(piece.bytes);
	return status;
}
