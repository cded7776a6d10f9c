/* SPDX-License-Identifier: MIT */
/* Evidence of a directory, out of a folder: what is there, what is not, and what may not be looked at. */
#include "system_support.h"

#include <sys/inotify.h>

static struct cpc_site site;
static struct cpc_site_result result;

static enum cpc_probe_status run(void)
{
	site = (struct cpc_site){ .port_count = 0 };
	return replay(cpc_site_directory, &site, &result);
}

static void an_empty_folder(void **state)
{
	(void)state;
	assert_int_equal(run(), CPC_PROBE_ABSENT);
	assert_string_equal(result.needs, "/etc");
	assert_int_equal(site.directory.sssd, CPC_UNKNOWN);
	assert_int_equal(site.directory.keytab, CPC_UNKNOWN);
}

static void no_member(void **state)
{
	(void)state;
	put("/etc/hostname", "alone\n");
	assert_int_equal(run(), CPC_PROBE_OK);
	assert_int_equal(site.directory.sssd, CPC_CLEAR);
	assert_int_equal(site.directory.winbind, CPC_CLEAR);
	assert_int_equal(site.directory.realm, CPC_CLEAR);
	assert_int_equal(site.directory.keytab, CPC_CLEAR);
	assert_string_equal(site.directory.domain, "");
	assert_string_equal(result.needs, "");
}

/* Neither of the two files with secrets is so much as opened. */
static void a_member_by_sssd(void **state)
{
	const int opened = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	char event[512];

	(void)state;
	assert_true(opened >= 0);
	put("/etc/krb5.conf", "# Kerberos\n[logging]\ndefault_realm = WRONG.EXAMPLE\n[libdefaults]\n"
			      "\tdefault_realm = CORP.EXAMPLE.COM\n\tdns_lookup_kdc = true\n");
	put("/etc/krb5.keytab", "\x05\x02secret");
	put("/etc/sssd/sssd.conf", "[sssd]\ndomains = other.example\n");
	assert_true(inotify_add_watch(opened, place("/etc/krb5.keytab"), IN_OPEN) >= 0);
	assert_true(inotify_add_watch(opened, place("/etc/sssd/sssd.conf"), IN_OPEN) >= 0);
	assert_int_equal(run(), CPC_PROBE_OK);
	assert_int_equal(read(opened, event, sizeof(event)), -1);
	assert_int_equal(errno, EAGAIN);
	/* And it would have told. */
	assert_int_equal(fclose(fopen(place("/etc/krb5.keytab"), "re")), 0);
	assert_true(read(opened, event, sizeof(event)) > 0);
	assert_int_equal(close(opened), 0);
	assert_int_equal(site.directory.sssd, CPC_SET);
	assert_int_equal(site.directory.winbind, CPC_CLEAR);
	assert_int_equal(site.directory.realm, CPC_SET);
	assert_int_equal(site.directory.keytab, CPC_SET);
	assert_string_equal(site.directory.domain, "corp.example.com");
	assert_string_equal(result.needs, "");
}

static void what_sssd_publishes(void **state)
{
	(void)state;
	put_folder(place("/etc"));
	put_link(place("/var/lib/sss/pubconf"), "pubconf"); /* who knows what is there */
	assert_int_equal(run(), CPC_PROBE_FAILED);
	assert_int_equal(site.directory.sssd, CPC_UNKNOWN);
	assert_string_equal(result.needs, "/var/lib/sss/pubconf");
	assert_int_equal(unlink(place("/var/lib/sss/pubconf")), 0);
	put("/var/lib/sss/pubconf/known_hosts", "");
	(void)run();
	assert_int_equal(site.directory.sssd, CPC_CLEAR);
	put("/var/lib/sss/pubconf/kdcinfo.AD.EXAMPLE.NET", "192.0.2.1\n");
	assert_int_equal(run(), CPC_PROBE_OK);
	assert_int_equal(site.directory.sssd, CPC_SET);
	assert_string_equal(site.directory.domain, "ad.example.net");
}

static void winbind(void **state)
{
	static const struct {
		const char *text;
		enum cpc_tristate winbind;
		const char *domain;
	} rows[] = {
		{ "[global]\nsecurity = ads\nrealm = A.EXAMPLE\n", CPC_SET, "a.example" },
		{ "[Global]\n  Security=ADS\n\tRealm =  a.example.  \n", CPC_SET, "a.example" },
		{ "[global]\nsecurity = ads\n", CPC_SET, "" },
		{ "[global]\nsecurity = user\nrealm = A.EXAMPLE\n", CPC_CLEAR, "" },
		{ "[global]\nsecurity = ads\nsecurity = user\n", CPC_CLEAR, "" },
		{ "[global]\n;security = ads\n# security = ads\n", CPC_CLEAR, "" },
		{ "[homes]\nsecurity = ads\n", CPC_CLEAR, "" },
		{ "security = ads\n", CPC_CLEAR, "" },
		{ "[global\nsecurity = ads\n", CPC_CLEAR, "" },
		{ "[global]\nsecurity = ads\nrealm = not a name\n", CPC_SET, "" },
		{ "[global]\nsecurity = ads\nrealm = a..b\n", CPC_SET, "" },
		{ "[global]\nsecurity = ads\nrealm = .\n", CPC_SET, "" },
		{ "[global]\ninclude = /etc/samba/more.conf\n", CPC_UNKNOWN, "" },
		{ "[global]\nconfig file = /etc/samba/other.conf\n", CPC_UNKNOWN, "" },
		{ "[global]\nsecurity = user\nconfig backend = registry\n", CPC_UNKNOWN, "" },
		{ "[global]\nsecurity = user\n[homes]\n\tinclude = /etc/samba/more.conf\n", CPC_UNKNOWN, "" },
		{ "[global]\n; include = /etc/samba/more.conf\n", CPC_CLEAR, "" },
		{ "[global]\nsecur ity = ads\n", CPC_SET, "" },
		{ "", CPC_CLEAR, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		put("/etc/samba/smb.conf", rows[i].text);
		assert_int_equal(run(), CPC_PROBE_OK);
		if (site.directory.winbind != rows[i].winbind)
			fail_msg("%s: %d", rows[i].text, (int)site.directory.winbind);
		assert_string_equal(site.directory.domain, rows[i].domain);
	}
}

/* By default winbind keeps the account in its own store, and in no keytab. */
static void the_account_of_winbind(void **state)
{
	(void)state;
	put("/etc/samba/smb.conf", "[global]\nsecurity = ads\nrealm = A.EXAMPLE\n");
	assert_int_equal(run(), CPC_PROBE_OK);
	assert_int_equal(site.directory.keytab, CPC_CLEAR);
	assert_int_equal(site.directory.secrets, CPC_CLEAR);
	put("/var/lib/samba/private/secrets.tdb", "TDB file\n");
	(void)run();
	assert_int_equal(site.directory.secrets, CPC_SET);
	put("/etc/krb5.keytab", "\x05\x02");
	(void)run();
	assert_int_equal(site.directory.secrets, CPC_UNKNOWN);
}

static void what_other_files_may_say(void **state)
{
	(void)state;
	put("/etc/krb5.conf", "includedir /etc/krb5.conf.d/\n[libdefaults]\n");
	assert_int_equal(run(), CPC_PROBE_OK);
	assert_int_equal(site.directory.realm, CPC_UNKNOWN);
	assert_string_equal(result.needs, "/etc/krb5.conf");
	put("/etc/krb5.conf", "[libdefaults]\n\tdns_lookup_kdc = true\ninclude /etc/krb5.d/realm\n");
	(void)run();
	assert_int_equal(site.directory.realm, CPC_UNKNOWN);
	put("/etc/krb5.conf", "[libdefaults]\n# includedir /etc/krb5.conf.d/\n");
	(void)run();
	assert_int_equal(site.directory.realm, CPC_CLEAR);
}

/* As somebody who may not look into the folder. Skips where even that one may (root without another user's id). */
static void denied_is_not_absent(void **state)
{
	(void)state;
	put("/etc/hostname", "x\n");
	put("/etc/sssd/sssd.conf", "[sssd]\n");
	put("/etc/samba/smb.conf", "[global]\nsecurity = ads\n");
	assert_int_equal(chmod(root, 0755), 0);
	assert_int_equal(chmod(place("/etc/sssd"), 0), 0);
	assert_int_equal(chmod(place("/etc/samba/smb.conf"), 0), 0);
	if (geteuid() == 0)
		assert_int_equal(seteuid(65534), 0);
	assert_int_equal(run(), CPC_PROBE_DENIED);
	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
	assert_int_equal(site.directory.sssd, CPC_UNKNOWN);
	assert_int_equal(site.directory.winbind, CPC_UNKNOWN);
	assert_int_equal(site.directory.keytab, CPC_CLEAR);
	assert_string_equal(result.needs, "/etc/sssd/sssd.conf");
	assert_int_equal(chmod(place("/etc/sssd"), 0755), 0);
}

static void hostile_files(void **state)
{
	(void)state;
	put_rubbish("/etc/samba/smb.conf", 1 << 20);
	put_rubbish("/etc/krb5.conf", 1 << 20);
	put_link(place("/etc/krb5.keytab"), "krb5.keytab"); /* it is there, whatever it is */
	put_link(place("/var/lib/sss/pubconf/loop"), ".");
	put("/var/lib/sss/pubconf/kdcinfo.\xff\x01 x", "");
	(void)run();
	assert_int_equal(site.directory.keytab, CPC_SET);
	assert_int_equal(site.directory.sssd, CPC_SET);
	assert_string_equal(site.directory.domain, "");
	/* Rubbish with more behind what is read does not say no. */
	assert_int_equal(site.directory.winbind, CPC_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_empty_folder, make_root, remove_root),
		cmocka_unit_test_setup_teardown(no_member, make_root, remove_root),
		cmocka_unit_test_setup_teardown(a_member_by_sssd, make_root, remove_root),
		cmocka_unit_test_setup_teardown(what_sssd_publishes, make_root, remove_root),
		cmocka_unit_test_setup_teardown(winbind, make_root, remove_root),
		cmocka_unit_test_setup_teardown(the_account_of_winbind, make_root, remove_root),
		cmocka_unit_test_setup_teardown(what_other_files_may_say, make_root, remove_root),
		cmocka_unit_test_setup_teardown(denied_is_not_absent, make_root, remove_root),
		cmocka_unit_test_setup_teardown(hostile_files, make_root, remove_root),
	};

	return cmocka_run_group_tests_name("site_directory", tests, NULL, NULL);
}
