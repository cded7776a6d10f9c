/* SPDX-License-Identifier: MIT */
/*
 * Every byte of a client passes here on its way into libmicrohttpd, whose parser takes
 * what it should refuse (0.9.75, strict or not, measured: two Host headers, a repeated Content-Length whose rest
 * becomes the next request, Content-Length beside chunked, bare line feeds, control characters, NUL, folded headers,
 * HTTP/1.9). By the time that a handler runs, such a request has been read in one way, and can no
 * longer be told from an honest one. So it has to be judged before the parser.
 *
 * libmicrohttpd has no hook there. But it reads by recv() and gnutls_record_recv() alone, and it is
 * linked in statically, so the linker (--wrap) can send those two calls of it to the functions below: plain or
 * decrypted, they see exactly the bytes that will be parsed. Descriptors that are not clients of ours go
 * straight on. A build without the archive (CPC_STATIC off, or a distribution that has only the shared library) has
 * no such calls; there framing.c looks at what the parser has left of the headers.
 *
 * A read that holds a fault is answered here with 400 and never reaches the parser: the
 * library sees no more bytes, then the end of the stream. If whole requests precede
 * the fault in the same read, the library gets those; it asks for more when they are answered,
 * and gets the fault's answer sent then. Since nothing can be read after a shutdown
 * for reading, that is also how it is made to ask, when there is nothing more to come
 * or the client was too slow.
 *
 * After the answer the connection lingers, shut down for writing: if it were closed
 * with bytes of the client unread, the kernel would reset it and the client might never see the answer.
 *
 * The library hands the wrapper a descriptor or a session, nothing of ours. Hence
 * the one table of this process: descriptor -> wire. An entry is set before the first read and
 * cleared before the close by the thread that serves the connection, and nobody else reads
 * it, so several servers and threads share the table without a lock.
 */
#include "wire.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <gnutls/gnutls.h>
#include <microhttpd.h>

#include <cpucompat/buffer.h>

#include "clock.h"
#include "render.h"

/** Pieces of CPC_SINK bytes that are thrown away at once; then others have their turn. */
#define SINK_SIZE 8192
#define SINK_TIMES 8

/** One way to read and write: through `session` where there is one. */
struct line {
	int descriptor;
	gnutls_session_t session;
	int flags;
};

static struct cpc_wire *_Atomic wires[CPC_WIRE_DESCRIPTORS];

#if defined(CPC_WRAP_RECV)
ssize_t __real_recv(int descriptor, void *bytes, size_t size, int flags);
ssize_t __real_gnutls_record_recv(gnutls_session_t session, void *bytes, size_t size);
ssize_t __wrap_recv(int descriptor, void *bytes, size_t size, int flags);
ssize_t __wrap_gnutls_record_recv(gnutls_session_t session, void *bytes, size_t size);

bool cpc_wire_scans(void)
{
	return true;
}

static struct cpc_wire *wire_of(int descriptor)
{
	if (descriptor < 0 || descriptor >= CPC_WIRE_DESCRIPTORS)
		return NULL;
	return atomic_load_explicit(&wires[descriptor], memory_order_relaxed);
}

static ssize_t receive(const struct line *line, void *bytes, size_t size)
{
	return line->session ? __real_gnutls_record_recv(line->session, bytes, size)
			     : __real_recv(line->descriptor, bytes, size, line->flags);
}

static bool would_block(const struct line *line, ssize_t got)
{
	if (line->session)
		return got == GNUTLS_E_AGAIN || got == GNUTLS_E_INTERRUPTED;
	return got < 0 && (errno == EAGAIN || errno == EINTR);
}

/** What a read returns that finds nothing yet. */
static ssize_t nothing_yet(const struct line *line)
{
	if (line->session)
		return GNUTLS_E_AGAIN;
	errno = EAGAIN;
	return -1;
}

static void date(char ret_text[static 40])
{
	const time_t now = time(NULL);
	struct tm parts;

	ret_text[0] = '\0';
	if (gmtime_r(&now, &parts))
		(void)strftime(ret_text, 40, "%a, %d %b %Y %H:%M:%S GMT", &parts);
}

/** The whole answer to a fault, or its head. */
static void write_answer(const struct cpc_fault_row *row, bool head, struct cpc_buffer *out)
{
	const char *phrase = MHD_get_reason_phrase_for(row->http_status);
	struct cpc_buffer body = { .length = 0 };
	char now[40];

	date(now);
	if (cpc_render_problem(row->http_status, phrase, row->detail, &body))
		out->failed = true;
	cpc_buffer_printf(out,
			  "HTTP/1.1 %u %s\r\nDate: %s\r\nConnection: close\r\n"
			  "Content-Type: application/problem+json\r\nX-Content-Type-Options: nosniff\r\n"
			  "Cache-Control: no-store\r\nContent-Length: %zu\r\n\r\n",
			  row->http_status, phrase, now, body.length);
	if (!head)
		cpc_buffer_add(out, body.bytes, body.length);
	cpc_buffer_free(&body);
}

/** As much as the client has room for; a client that has none gets no second chance. */
static void transmit(const struct line *line, const struct cpc_buffer *answer)
{
	if (answer->failed)
		return;
	if (!line->session) {
		(void)send(line->descriptor, answer->bytes, answer->length, MSG_DONTWAIT | MSG_NOSIGNAL);
		return;
	}
	(void)gnutls_record_send(line->session, answer->bytes, answer->length);
	(void)gnutls_bye(line->session, GNUTLS_SHUT_WR);
}

/** Throw away what comes after the answer to a fault, until the client is done or its time is over. */
static ssize_t linger(struct cpc_wire *wire, const struct line *line)
{
	char sink[SINK_SIZE];
	ssize_t got = 1;

	for (int i = 0; i < SINK_TIMES && got > 0; i++)
		got = receive(line, sink, sizeof(sink));
	if (wire->deaf || (got <= 0 && !would_block(line, got)) || cpc_now_ms() >= wire->until)
		return 0;
	return nothing_yet(line);
}

static ssize_t refuse(struct cpc_wire *wire, const struct line *line, enum cpc_fault fault)
{
	struct cpc_buffer answer = { .length = 0 };

	write_answer(&cpc_fault_rows[fault], wire->scanner.is_head, &answer);
	transmit(line, &answer);
	cpc_buffer_free(&answer);
	shutdown(line->descriptor, SHUT_WR);
	atomic_store_explicit(&wire->reading, false, memory_order_relaxed);
	wire->ending = true;
	wire->until = cpc_now_ms() + CPC_LINGER_MS;
	return linger(wire, line);
}

/** Judge bytes that have come; how many of them may be parsed, or what refuse() returns. */
static ssize_t judge(struct cpc_wire *wire, const struct line *line, const char *bytes, size_t length)
{
	size_t whole = 0;

	for (size_t at = 0; at < length && !wire->fault;) {
		size_t used = 0;
		const enum cpc_scanned scan = cpc_scanner_feed(&wire->scanner, bytes + at, length - at, &used);
		at += used;
		if (scan == CPC_SCAN_END)
			whole = at;
		else if (scan == CPC_SCAN_FAULT)
			wire->fault = (enum cpc_fault)wire->scanner.fault;
	}
	if (wire->fault && whole == 0)
		return refuse(wire, line, wire->fault);
	const bool reading = !wire->fault && !cpc_scanner_idle(&wire->scanner);
	atomic_store_explicit(&wire->reading, reading, memory_order_relaxed);
	return (ssize_t)(wire->fault ? whole : length);
}

static ssize_t scan(struct cpc_wire *wire, const struct line *line, void *bytes, size_t size)
{
	if (wire->ending)
		return linger(wire, line);
	if (atomic_load_explicit(&wire->late, memory_order_acquire)) {
		wire->deaf = true;
		return cpc_scanner_idle(&wire->scanner) ? 0 : refuse(wire, line, CPC_FAULT_LATE);
	}
	/* The library asks for more, so all before the fault is answered. */
	if (wire->fault)
		return refuse(wire, line, wire->fault);
	const ssize_t got = receive(line, bytes, size);
	if (got > 0)
		return judge(wire, line, bytes, (size_t)got);
	if (got == 0 && !cpc_scanner_idle(&wire->scanner)) {
		wire->deaf = true;
		return refuse(wire, line, CPC_FAULT_CUT_SHORT);
	}
	return got;
}

ssize_t __wrap_recv(int descriptor, void *bytes, size_t size, int flags)
{
	struct cpc_wire *wire = wire_of(descriptor);

	if (!wire)
		return __real_recv(descriptor, bytes, size, flags);
	return scan(wire, &(struct line){ .descriptor = descriptor, .flags = flags }, bytes, size);
}

ssize_t __wrap_gnutls_record_recv(gnutls_session_t session, void *bytes, size_t size)
{
	const int descriptor = gnutls_transport_get_int(session);
	struct cpc_wire *wire = wire_of(descriptor);

	if (!wire)
		return __real_gnutls_record_recv(session, bytes, size);
	return scan(wire, &(struct line){ .descriptor = descriptor, .session = session }, bytes, size);
}
#else
bool cpc_wire_scans(void)
{
	return false;
}
#endif

bool cpc_wire_open(struct cpc_wire *wire, int descriptor)
{
	if (descriptor < 0 || descriptor >= CPC_WIRE_DESCRIPTORS)
		return false;
	*wire = (struct cpc_wire){ .fault = CPC_FAULT_NONE };
	atomic_store_explicit(&wires[descriptor], wire, memory_order_relaxed);
	return true;
}

void cpc_wire_close(int descriptor)
{
	atomic_store_explicit(&wires[descriptor], NULL, memory_order_relaxed);
}

void cpc_wire_answered(struct cpc_wire *wire, int descriptor)
{
	if (!wire->fault || wire->ending || wire->deaf)
		return;
	wire->deaf = true;
	shutdown(descriptor, SHUT_RD);
}

bool cpc_wire_expire(struct cpc_wire *wire, int descriptor)
{
	if (!atomic_load_explicit(&wire->reading, memory_order_relaxed)) {
		shutdown(descriptor, SHUT_RDWR);
		return false;
	}
	atomic_store_explicit(&wire->late, true, memory_order_release);
	shutdown(descriptor, SHUT_RD);
	return true;
}
