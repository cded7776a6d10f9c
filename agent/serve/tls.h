/* SPDX-License-Identifier: MIT */
/*
 * TLS through GnuTLS, whose other user is libmicrohttpd: it makes the sessions and gives each our credentials,
 * so that a new certificate holds for the next connection and an old one for those that are there.
 * Versions 1.2 and 1.3, ciphers with forward secrecy and authentication alone, no tickets.
 */
#ifndef CPC_TLS_H
#define CPC_TLS_H

#include <stdbool.h>

#include <cpucompat/status.h>

#include "serve.h"

/** What a listener's sessions may negotiate, as GnuTLS writes it. */
extern const char cpc_tls_priorities[];

/** A certificate with its key, and who may sign those of clients. Immutable but for a count of references. */
struct cpc_tls;

/** Some function: the type is GnuTLS's, and only tls.c knows it. */
typedef void cpc_tls_callback(void);

/**
 * Read the files of a configuration; a configuration without a certificate gives NULL and does not touch GnuTLS.
 * CPC_USAGE where one file is given without another that it needs, CPC_BAD_DATA where one does not hold what it should
 * or the key is another certificate's, and the errors of cpc_secret_read(). `serving.warn` hears of a key that
 * everybody may read. No message repeats anything of a key.
 */
enum cpc_status cpc_tls_load(const struct cpc_serving *serving, struct cpc_tls **ret_tls, struct cpc_error *reterr);

/** Whether the certificate is valid today; `reterr`, in the words of cpc_fail(), says why not. */
bool cpc_tls_is_current(const struct cpc_tls *tls, struct cpc_error *reterr);

struct cpc_tls *cpc_tls_hold(struct cpc_tls *tls);

/** Give a reference back. NULL is fine. */
void cpc_tls_release(struct cpc_tls *tls);

/** Let a session (gnutls_session_t) use these credentials, which must outlive it or its next ones. False without
 * memory. */
bool cpc_tls_attach(struct cpc_tls *tls, void *session);

/** Before the credentials of a session are released. */
void cpc_tls_detach(void *session);

/** Whether the client of a session has shown a certificate that these credentials' authorities have signed, for
 * clients, valid now. */
bool cpc_tls_knows_client(const struct cpc_tls *tls, void *session);

/** What MHD_OPTION_HTTPS_CERT_CALLBACK takes: the library insists on one. It finds no certificate: those of
 * cpc_tls_attach() are in its place. */
cpc_tls_callback *cpc_tls_no_certificate(void);

#endif
