/* SPDX-License-Identifier: MIT */
#include "tls.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "secret.h"

const char cpc_tls_priorities[] = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-KX-ALL:+ECDHE-ECDSA:+ECDHE-RSA:"
				  "-CIPHER-ALL:+AES-128-GCM:+CHACHA20-POLY1305:+AES-256-GCM:-MAC-ALL:+AEAD:"
				  "-SIGN-RSA-SHA1:-SIGN-ECDSA-SHA1:%SERVER_PRECEDENCE:%NO_TICKETS";

struct cpc_tls {
	atomic_uint references;
	gnutls_certificate_credentials_t credentials;
	bool asks_clients;
	bool needs_clients;
	time_t from; /**< of our own certificate */
	time_t until;
	char path[81]; /**< of the certificate, for messages */
};

static enum cpc_status refuse(struct cpc_error *reterr, const char *what, const char *path, int error)
{
	return cpc_fail(reterr, error == GNUTLS_E_MEMORY_ERROR ? CPC_INTERNAL : CPC_BAD_DATA, 0, "%s %.80s: %s", what,
			path, gnutls_strerror(error));
}

static gnutls_datum_t datum_of(const struct cpc_secret *file)
{
	return (gnutls_datum_t){ .data = (unsigned char *)file->bytes, .size = (unsigned int)file->length };
}

/** A chain of certificates, the first of them our own. */
struct chain {
	gnutls_x509_crt_t *items;
	unsigned int count;
};

static void free_chain(struct chain *chain)
{
	for (unsigned int i = 0; i < chain->count; i++)
		gnutls_x509_crt_deinit(chain->items[i]);
	gnutls_free(chain->items);
}

/* Not gnutls_certificate_set_x509_key_mem2(), which reads both at once: 3.7 leaks a certificate that is cut off. */
static enum cpc_status read_chain(const char *path, const struct cpc_secret *file, struct chain *ret_chain,
				  struct cpc_error *reterr)
{
	const gnutls_datum_t text = datum_of(file);
	const int error = gnutls_x509_crt_list_import2(&ret_chain->items, &ret_chain->count, &text, GNUTLS_X509_FMT_PEM,
						       GNUTLS_X509_CRT_LIST_SORT);

	if (error == GNUTLS_E_NO_CERTIFICATE_FOUND)
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "tls-certificate %.80s: holds no certificate in PEM", path);
	return error < 0 ? refuse(reterr, "tls-certificate", path, error) : CPC_OK;
}

/** Why a key was not read, in our own words where GnuTLS's tell little. */
static enum cpc_status refuse_key(const char *path, const struct cpc_secret *file, int error, struct cpc_error *reterr)
{
	if (strstr(file->bytes, "ENCRYPTED"))
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "tls-key %.80s: is encrypted; give a key without a passphrase",
				path);
	if (!strstr(file->bytes, "PRIVATE KEY-----"))
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "tls-key %.80s: holds no private key in PEM", path);
	return refuse(reterr, "tls-key", path, error);
}

static enum cpc_status take_pair(struct cpc_tls *tls, const struct cpc_serving *serving, const struct chain *chain,
				 const struct cpc_secret *key_file, struct cpc_error *reterr)
{
	const gnutls_datum_t text = datum_of(key_file);
	gnutls_x509_privkey_t key;
	int error = gnutls_x509_privkey_init(&key);

	if (error < 0)
		return refuse(reterr, "tls-key", serving->tls_key, error);
	enum cpc_status status = CPC_OK;
	error = gnutls_x509_privkey_import2(key, &text, GNUTLS_X509_FMT_PEM, NULL, 0);
	if (error < 0) {
		status = refuse_key(serving->tls_key, key_file, error, reterr);
	} else {
		error = gnutls_certificate_set_x509_key(tls->credentials, chain->items, (int)chain->count, key);
		if (error == GNUTLS_E_CERTIFICATE_KEY_MISMATCH)
			status = cpc_fail(reterr, CPC_BAD_DATA, 0,
					  "tls-key %.60s: not the key of the certificate in %.60s", serving->tls_key,
					  serving->tls_certificate);
		else if (error < 0)
			status = refuse(reterr, "tls-key", serving->tls_key, error);
	}
	gnutls_x509_privkey_deinit(key);
	return status;
}

static void warn_of_key(const struct cpc_serving *serving, const struct cpc_secret *key)
{
	char line[160];

	if (!key->open_to_all || !serving->warn)
		return;
	snprintf(line, sizeof(line), "tls-key %.80s: everybody on this machine may read it; chmod o= it",
		 serving->tls_key);
	serving->warn(serving->log_context, line);
}

static enum cpc_status load_chain(const char *path, struct chain *ret_chain, struct cpc_error *reterr)
{
	struct cpc_secret file;
	enum cpc_status status = cpc_secret_read("tls-certificate", path, &file, reterr);

	if (status)
		return status;
	status = read_chain(path, &file, ret_chain, reterr);
	cpc_secret_forget(&file);
	return status;
}

static enum cpc_status load_pair(struct cpc_tls *tls, const struct cpc_serving *serving, struct cpc_error *reterr)
{
	struct chain chain = { .count = 0 };
	struct cpc_secret key = { .length = 0 };
	enum cpc_status status = load_chain(serving->tls_certificate, &chain, reterr);

	if (status)
		return status;
	tls->from = gnutls_x509_crt_get_activation_time(chain.items[0]);
	tls->until = gnutls_x509_crt_get_expiration_time(chain.items[0]);
	status = cpc_secret_read("tls-key", serving->tls_key, &key, reterr);
	if (!status)
		status = take_pair(tls, serving, &chain, &key, reterr);
	if (!status)
		warn_of_key(serving, &key);
	cpc_secret_forget(&key);
	free_chain(&chain);
	return status;
}

/** Whether the client's certificate, which is there, was signed for clients by those whom the session trusts. */
static bool client_is_good(gnutls_session_t session)
{
	gnutls_typed_vdata_st purpose = { .type = GNUTLS_DT_KEY_PURPOSE_OID,
					  .data = (unsigned char *)GNUTLS_KP_TLS_WWW_CLIENT };
	unsigned int faults = 0;

	return gnutls_certificate_verify_peers(session, &purpose, 1, &faults) == 0 && faults == 0;
}

static bool has_certificate(gnutls_session_t session)
{
	unsigned int count = 0;

	return gnutls_certificate_get_peers(session, &count) && count > 0;
}

/** In a handshake: a certificate that is shown must be good. Whether one must be shown, the session knows. */
static int verify_client(gnutls_session_t session)
{
	return !has_certificate(session) || client_is_good(session) ? 0 : GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR;
}

static enum cpc_status load_authorities(struct cpc_tls *tls, const struct cpc_serving *serving,
					struct cpc_error *reterr)
{
	struct cpc_secret file = { .length = 0 };

	if (!serving->tls_client_ca)
		return CPC_OK;
	enum cpc_status status = cpc_secret_read("tls-client-ca", serving->tls_client_ca, &file, reterr);
	if (status)
		return status;
	const gnutls_datum_t bundle = datum_of(&file);
	const int count = gnutls_certificate_set_x509_trust_mem(tls->credentials, &bundle, GNUTLS_X509_FMT_PEM);
	cpc_secret_forget(&file);
	if (count < 0)
		return refuse(reterr, "tls-client-ca", serving->tls_client_ca, count);
	if (count == 0)
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "tls-client-ca %.80s: holds no certificate in PEM",
				serving->tls_client_ca);
	tls->asks_clients = true;
	tls->needs_clients = serving->tls_client_required;
	gnutls_certificate_set_verify_function(tls->credentials, verify_client);
	return CPC_OK;
}

static enum cpc_status load(const struct cpc_serving *serving, struct cpc_tls **ret_tls, struct cpc_error *reterr)
{
	struct cpc_tls *tls = calloc(1, sizeof(*tls));

	if (!tls || gnutls_certificate_allocate_credentials(&tls->credentials) < 0) {
		free(tls);
		return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	}
	atomic_init(&tls->references, 1);
	snprintf(tls->path, sizeof(tls->path), "%s", serving->tls_certificate);
	enum cpc_status status = load_pair(tls, serving, reterr);
	if (!status)
		status = load_authorities(tls, serving, reterr);
	if (status) {
		cpc_tls_release(tls);
		return status;
	}
	*ret_tls = tls;
	return CPC_OK;
}

enum cpc_status cpc_tls_load(const struct cpc_serving *serving, struct cpc_tls **ret_tls, struct cpc_error *reterr)
{
	if (!serving->tls_certificate != !serving->tls_key)
		return cpc_fail(reterr, CPC_USAGE, 0, "tls-certificate and tls-key go together; give both");
	if (serving->tls_client_ca && !serving->tls_certificate)
		return cpc_fail(reterr, CPC_USAGE, 0,
				"tls-client-ca without tls-certificate and tls-key; give those too");
	if (serving->tls_client_required && !serving->tls_client_ca)
		return cpc_fail(reterr, CPC_USAGE, 0, "tls-client-required without tls-client-ca; say who signs them");
	if (serving->tls_certificate)
		return load(serving, ret_tls, reterr);
	*ret_tls = NULL;
	return CPC_OK;
}

bool cpc_tls_is_current(const struct cpc_tls *tls, struct cpc_error *reterr)
{
	const time_t now = time(NULL);
	const bool expired = now > tls->until;
	const time_t when = expired ? tls->until : tls->from;
	char date[32] = "";
	struct tm utc;

	if (now >= tls->from && !expired)
		return true;
	if (gmtime_r(&when, &utc))
		strftime(date, sizeof(date), "%Y-%m-%d %H:%M UTC", &utc);
	cpc_fail(reterr, CPC_BAD_DATA, 0, "tls-certificate %s: %s %s; clients will refuse it", tls->path,
		 expired ? "expired on" : "is not valid before", date);
	return false;
}

struct cpc_tls *cpc_tls_hold(struct cpc_tls *tls)
{
	if (tls)
		atomic_fetch_add(&tls->references, 1);
	return tls;
}

void cpc_tls_release(struct cpc_tls *tls)
{
	if (!tls || atomic_fetch_sub(&tls->references, 1) != 1)
		return;
	gnutls_certificate_free_credentials(tls->credentials);
	free(tls);
}

bool cpc_tls_attach(struct cpc_tls *tls, void *session)
{
	if (gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, tls->credentials) < 0)
		return false;
	gnutls_certificate_server_set_request(session, tls->needs_clients  ? GNUTLS_CERT_REQUIRE
						       : tls->asks_clients ? GNUTLS_CERT_REQUEST
									   : GNUTLS_CERT_IGNORE);
	return true;
}

void cpc_tls_detach(void *session)
{
	gnutls_credentials_clear(session);
}

bool cpc_tls_knows_client(const struct cpc_tls *tls, void *session)
{
	return tls->asks_clients && has_certificate(session) && client_is_good(session);
}

static int find_none(gnutls_session_t session, const gnutls_datum_t *authorities, int authority_count,
		     const gnutls_pk_algorithm_t *algorithms, int algorithm_count, gnutls_pcert_st **ret_chain,
		     unsigned int *ret_length, gnutls_privkey_t *ret_key)
{
	(void)session;
	(void)authorities;
	(void)authority_count;
	(void)algorithms;
	(void)algorithm_count;
	(void)ret_chain;
	(void)ret_length;
	(void)ret_key;
	return -1;
}

cpc_tls_callback *cpc_tls_no_certificate(void)
{
	return (cpc_tls_callback *)find_none;
}
