/* SPDX-License-Identifier: MIT */
/* Certificates as they are loaded: good, mismatched, encrypted, expired. Made here by openssl(1); skipped without it.
 */
#include "support.h"

#include <sys/stat.h>
#include <unistd.h>

#include "tls.h"

static char folder[] = "/tmp/cpc-tls-XXXXXX";

/* Two pairs, a bundle without any, an encrypted key, a certificate of long ago, one of both in one file. */
static const char recipe[] =
	"exec >log 2>&1; set -e\n"
	"pair() { openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout $1.key -out $1.pem "
	"-subj /CN=$1 -days 2; chmod 600 $1.key; }\n"
	"pair a; pair b\n"
	"openssl ec -in a.key -aes128 -passout pass:secret -out encrypted.key\n"
	"openssl req -new -key a.key -subj /CN=old -out old.csr\n"
	": >index; echo 01 >serial\n"
	"printf "
	"'[ca]\\ndefault_ca=d\\n[d]\\nunique_subject=no\\ndatabase=index\\nserial=serial\\nnew_certs_dir=.\\ndefault_"
	"md=sha256\\n"
	"policy=p\\n[p]\\ncommonName=supplied\\n' >ca.cnf\n"
	"openssl ca -batch -config ca.cnf -selfsign -keyfile a.key -in old.csr -out old.pem -notext "
	"-startdate 20200101000000Z -enddate 20200201000000Z\n"
	"openssl ca -batch -config ca.cnf -selfsign -keyfile a.key -in old.csr -out new.pem -notext "
	"-startdate 20400101000000Z -enddate 20400201000000Z\n"
	"cat a.pem a.key >both.pem; head -c 200 a.pem >cut.pem; : >empty; echo nonsense >nonsense\n";

static bool have_openssl;

static int make_files(void **state)
{
	char command[2048];

	(void)state;
	have_openssl = system("command -v openssl >/dev/null") == 0;
	if (!have_openssl)
		return 0;
	if (!mkdtemp(folder))
		return -1;
	snprintf(command, sizeof(command), "cd '%s'\n%s", folder, recipe);
	return system(command) == 0 ? 0 : -1;
}

static int remove_files(void **state)
{
	char command[80];

	(void)state;
	if (!have_openssl)
		return 0;
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	return system(command) == 0 ? 0 : -1;
}

static char warning[200];

static void keep_warning(void *context, const char *line)
{
	(void)context;
	snprintf(warning, sizeof(warning), "%s", line);
}

/* Load files of the folder by name; NULL for none. */
static enum cpc_status load(const char *certificate, const char *key, const char *authorities, struct cpc_tls **ret_tls,
			    struct cpc_error *reterr)
{
	char paths[3][80];
	const char *names[] = { certificate, key, authorities };

	for (size_t i = 0; i < 3; i++)
		snprintf(paths[i], sizeof(paths[i]), "%s/%s", folder, names[i] ? names[i] : "");
	const struct cpc_serving serving = {
		.tls_certificate = certificate ? paths[0] : NULL,
		.tls_key = key ? paths[1] : NULL,
		.tls_client_ca = authorities ? paths[2] : NULL,
		.warn = keep_warning,
	};
	*warning = '\0';
	return cpc_tls_load(&serving, ret_tls, reterr);
}

static void loads_what_is_sound(void **state)
{
	struct cpc_tls *tls = NULL;
	struct cpc_error error;

	(void)state;
	assert_int_equal(load(NULL, NULL, NULL, &tls, &error), CPC_OK);
	assert_null(tls);
	cpc_tls_release(NULL);
	if (!have_openssl)
		skip();
	assert_int_equal(load("a.pem", "a.key", NULL, &tls, &error), CPC_OK);
	assert_string_equal(warning, "");
	assert_true(cpc_tls_is_current(tls, &error));
	assert_ptr_equal(cpc_tls_hold(tls), tls);
	cpc_tls_release(tls);
	cpc_tls_release(tls);
	assert_int_equal(load("a.pem", "a.key", "b.pem", &tls, &error), CPC_OK);
	cpc_tls_release(tls);
	assert_int_equal(load("both.pem", "both.pem", NULL, &tls, &error), CPC_OK);
	cpc_tls_release(tls);
}

static void says_what_is_wrong(void **state)
{
	static const struct {
		const char *certificate, *key, *authorities;
		enum cpc_status status;
		const char *what[2]; /* both in the message */
	} rows[] = {
		{ "a.pem", "b.key", NULL, CPC_BAD_DATA, { "b.key: not the key of", "a.pem" } },
		{ "a.pem", "encrypted.key", NULL, CPC_BAD_DATA, { "encrypted.key", "passphrase" } },
		{ "a.pem", "a.pem", NULL, CPC_BAD_DATA, { "tls-key", "no private key" } },
		{ "a.pem", "empty", NULL, CPC_BAD_DATA, { "empty", "no private key" } },
		{ "a.key", "a.key", NULL, CPC_BAD_DATA, { "a.key", "no certificate" } },
		{ "nonsense", "a.key", NULL, CPC_BAD_DATA, { "nonsense", "no certificate" } },
		{ "cut.pem", "a.key", NULL, CPC_BAD_DATA, { "cut.pem", "" } },
		{ "missing", "a.key", NULL, CPC_NO_INPUT, { "tls-certificate", "missing" } },
		{ "a.pem", "missing", NULL, CPC_NO_INPUT, { "tls-key", "missing" } },
		{ "a.pem", "a.key", "missing", CPC_NO_INPUT, { "tls-client-ca", "missing" } },
		{ "a.pem", "a.key", "nonsense", CPC_BAD_DATA, { "tls-client-ca", "nonsense" } },
		{ "a.pem", "a.key", "a.key", CPC_BAD_DATA, { "tls-client-ca", "a.key" } },
		{ "a.pem", NULL, NULL, CPC_USAGE, { "tls-certificate", "tls-key" } },
		{ NULL, "a.key", NULL, CPC_USAGE, { "tls-certificate", "tls-key" } },
		{ NULL, NULL, "a.pem", CPC_USAGE, { "tls-client-ca", "tls-certificate" } },
	};
	struct cpc_tls *tls = NULL;
	struct cpc_error error;

	(void)state;
	if (!have_openssl)
		skip();
	for (size_t i = 0; i < COUNT(rows); i++) {
		enum cpc_status status = load(rows[i].certificate, rows[i].key, rows[i].authorities, &tls, &error);

		if (status != rows[i].status || !strstr(error.what, rows[i].what[0]) ||
		    !strstr(error.what, rows[i].what[1]))
			fail_msg("row %zu: %d %s", i, status, error.what);
		assert_null(tls);
		assert_null(strstr(error.what, "-----"));
	}
}

static void sees_a_time_that_is_not_now(void **state)
{
	struct cpc_tls *tls = NULL;
	struct cpc_error error;

	(void)state;
	if (!have_openssl)
		skip();
	assert_int_equal(load("old.pem", "a.key", NULL, &tls, &error), CPC_OK);
	assert_false(cpc_tls_is_current(tls, &error));
	assert_non_null(strstr(error.what, "old.pem: expired on 2020-02-01 00:00 UTC"));
	cpc_tls_release(tls);
	assert_int_equal(load("new.pem", "a.key", NULL, &tls, &error), CPC_OK);
	assert_false(cpc_tls_is_current(tls, &error));
	assert_non_null(strstr(error.what, "new.pem: is not valid before 2040-01-01 00:00 UTC"));
	cpc_tls_release(tls);
}

static void warns_of_an_open_key(void **state)
{
	struct cpc_tls *tls = NULL;
	char path[80];

	(void)state;
	if (!have_openssl)
		skip();
	snprintf(path, sizeof(path), "%s/b.key", folder);
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(load("b.pem", "b.key", NULL, &tls, NULL), CPC_OK);
	assert_non_null(strstr(warning, "b.key: everybody"));
	cpc_tls_release(tls);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loads_what_is_sound),
		cmocka_unit_test(says_what_is_wrong),
		cmocka_unit_test(sees_a_time_that_is_not_now),
		cmocka_unit_test(warns_of_an_open_key),
	};

	return cmocka_run_group_tests(tests, make_files, remove_files);
}
