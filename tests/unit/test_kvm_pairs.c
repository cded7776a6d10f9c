/* SPDX-License-Identifier: MIT */
/*
 * Every ordered pair of machines of which the corpus records what QEMU and KVM gave
 * guests: a VM moves exactly when the bits that it was given are a subset of those
 * that the destination gives, and the numbers allow it. That truth is worked out
 * here from the files alone; `kvm` must say the same of the machines' kvm views, and
 * again of their reports after a trip through JSON. What libvirt's own compare said
 * of the same pairs is held against the same truth, and counted.
 */
#include "recording.h"

#include "formats.h"
#include "render.h"

struct place {
	uint32_t leaf; /* or the address of an MSR */
	uint32_t span; /* and so many more of them */
	uint32_t subleaf;
	unsigned int reg; /* CPC_EAX.., or MSR */
	unsigned int bit; /* or EVERY one */
};

#define MSR CPC_REG_COUNT
#define EVERY 64U

enum class { NESTED = 1, MENDED, SPEED, BAD_NEWS };
static const char *const class_names[] = {
	[NESTED] = "virtualization inside the guest",
	[MENDED] = "set by every QEMU of today",
	[SPEED] = "a hint",
	[BAD_NEWS] = "bad news",
};

/* Bits of a recorded list that decide nothing, and why. A row that no pair needs fails. */
static struct {
	struct place place;
	enum class class;
	const char *why;
	size_t lacking; /* how often a destination's list lacked it */
} undecided[] = {
	{ { 1, 0, 0, CPC_ECX, 5 }, NESTED, "VT-x inside the guest: compared only where guests are promised it", 0 },
	{ { 0x80000001, 0, 0, CPC_ECX, 2 }, NESTED, "AMD-V inside the guest, likewise", 0 },
	{ { 0x8000000a, 0, 0, CPC_EDX, EVERY }, NESTED, "what AMD-V inside the guest can do", 0 },
	{ { 0x480, 0x11, 0, MSR, EVERY }, NESTED, "what VT-x inside the guest can do", 0 },
	{ { 1, 0, 0, CPC_ECX, 24 }, MENDED, "tsc-deadline: any QEMU sets it; some of these were too old to", 0 },
	{ { 6, 0, 0, CPC_EAX, 2 }, MENDED, "arat: any QEMU sets it; some of these were too old to", 0 },
	{ { 7, 0, 0, CPC_EBX, 9 }, SPEED, "erms: a hint", 0 },
	{ { 7, 0, 0, CPC_EDX, 10 }, BAD_NEWS, "md-clear: something to clean up, no promise", 0 },
	{ { 0x10a, 0, 0, MSR, 3 }, NESTED, "skip-l1dfl-vmentry: for a hypervisor inside the guest", 0 },
};

static struct {
	struct recording *recordings;
	struct cpc_capture *captures;
	struct cpc_report *reports;
	struct cpc_captures *again; /* through JSON and back */
	struct cpc_report *again_reports;
	size_t count; /* of those with a kvm view, which come first */
} machines;

struct lacking {
	bool deciding;
	unsigned int others; /* those that decide nothing, a bit per class */
};

static void lack(uint32_t leaf, uint32_t subleaf, unsigned int reg, uint64_t bits, struct lacking *lacking)
{
	for (unsigned int bit = 0; bit < 64; bit++) {
		bool decides = true;

		if (!(bits >> bit & 1U))
			continue;
		for (size_t i = 0; i < COUNT(undecided); i++) {
			const struct place *place = &undecided[i].place;

			if (leaf - place->leaf > place->span || place->subleaf != subleaf || place->reg != reg ||
			    (place->bit != bit && place->bit != EVERY))
				continue;
			decides = false;
			undecided[i].lacking++;
			lacking->others |= 1U << undecided[i].class;
		}
		lacking->deciding |= decides;
	}
}

/* The bits of the one list that the other lacks. */
static struct lacking lacking_of(const struct recorded *a, const struct recorded *b)
{
	struct lacking lacking = { 0 };

	for (size_t i = 0; i < a->leaf_count; i++)
		for (unsigned int reg = 0; reg < CPC_REG_COUNT; reg++) {
			const struct cpc_leaf *leaf = &a->leaves[i];

			lack(leaf->leaf, leaf->subleaf, reg,
			     leaf->regs[reg] & ~recorded_reg(b, leaf->leaf, leaf->subleaf, reg), &lacking);
		}
	for (size_t i = 0; i < a->msr_count; i++)
		lack(a->msrs[i].address, 0, MSR, a->msrs[i].value & ~recorded_msr(b, a->msrs[i].address), &lacking);
	return lacking;
}

/*
 * The numbers (facts/README, "Rules for scalars"): vendor and CLFLUSH line equal, no
 * more address bits than there, and every XSAVE component that both switch on of one
 * size, at one offset, and aligned alike.
 */
static bool numbers_allow(const struct recording *a, const struct recording *b)
{
	const struct recorded *from = &a->host;
	const struct recorded *to = &b->host;
	const uint32_t common = recorded_xcr0(&a->enabled) & recorded_xcr0(&b->enabled);
	const uint32_t widths = recorded_reg(from, 0x80000008, 0, CPC_EAX);
	const uint32_t to_widths = recorded_reg(to, 0x80000008, 0, CPC_EAX);
	bool allowed = (widths & 0xff) <= (to_widths & 0xff) && (widths >> 8 & 0xff) <= (to_widths >> 8 & 0xff);

	for (unsigned int reg = CPC_EBX; reg < CPC_REG_COUNT; reg++)
		allowed &= recorded_reg(from, 0, 0, reg) == recorded_reg(to, 0, 0, reg);
	allowed &= (recorded_reg(from, 1, 0, CPC_EBX) >> 8 & 0xff) == (recorded_reg(to, 1, 0, CPC_EBX) >> 8 & 0xff);
	for (unsigned int i = 2; i < 32; i++)
		if (common >> i & 1U)
			allowed &= recorded_reg(from, 0xd, i, CPC_EAX) == recorded_reg(to, 0xd, i, CPC_EAX) &&
				   recorded_reg(from, 0xd, i, CPC_EBX) == recorded_reg(to, 0xd, i, CPC_EBX) &&
				   !((recorded_reg(from, 0xd, i, CPC_ECX) ^ recorded_reg(to, 0xd, i, CPC_ECX)) & 2U);
	return allowed;
}

static struct lacking lacking_between(size_t a, size_t b)
{
	return lacking_of(&machines.recordings[a].enabled, &machines.recordings[b].enabled);
}

static bool truly_moves(size_t a, size_t b)
{
	return !lacking_between(a, b).deciding && numbers_allow(&machines.recordings[a], &machines.recordings[b]);
}

/* Design 5, 1: such a host takes no VM. KVM ran on it when it was recorded, and refuses it since Linux 5.13. */
static bool lacks_nx(size_t machine)
{
	return !(recorded_reg(&machines.recordings[machine].host, 0x80000001, 0, CPC_EDX) >> 20 & 1U);
}

static bool same_vendor(size_t a, size_t b)
{
	return memcmp(machines.reports[a].signature.vendor, machines.reports[b].signature.vendor, CPC_VENDOR_SIZE) == 0;
}

/* Were every recorded bit to decide. */
static bool moves_by_every_bit(size_t a, size_t b)
{
	return !lacking_between(a, b).others && truly_moves(a, b);
}

/* No bit is missing, vendors are equal, and still it does not move. */
static bool only_numbers_refuse(size_t a, size_t b)
{
	return !lacking_between(a, b).deciding && same_vendor(a, b) && !truly_moves(a, b);
}

static void print_findings(const struct cpc_direction *direction)
{
	for (size_t i = 0; i < direction->findings.count; i++) {
		const struct cpc_finding *finding = &direction->findings.items[i];

		if (finding->weight == CPC_NOTE)
			continue;
		printf(" %s:%s", cpc_finding_code_name(finding->code),
		       finding->feature			    ? finding->feature->name
		       : finding->about == CPC_ABOUT_SCALAR ? cpc_scalars[finding->scalar].name
							    : "?");
	}
	printf("\n");
}

static enum cpc_verdict verdict_of(const struct cpc_report *a, const struct cpc_report *b, bool print)
{
	const struct cpc_side source = cpc_side_of(a);
	const struct cpc_side destination = cpc_side_of(b);
	struct cpc_comparison comparison;
	enum cpc_verdict verdict;

	assert_int_equal(cpc_compare(&source, &destination, cpc_policy_named("kvm"), &comparison, NULL), CPC_OK);
	assert_false(comparison.a_to_b.fallback || comparison.b_to_a.fallback);
	verdict = comparison.a_to_b.verdict;
	if (print)
		print_findings(&comparison.a_to_b);
	cpc_comparison_free(&comparison);
	return verdict;
}

/* Of the pairs that move though their lists differ: what kinds of bits the destination's list lacks. */
static void print_classes(void)
{
	for (size_t class = 1; class < COUNT(class_names); class ++) {
		size_t pairs = 0;

		for (size_t a = 0; a < machines.count; a++)
			for (size_t b = 0; b < machines.count; b++)
				pairs += a != b && truly_moves(a, b) && lacking_between(a, b).others >> class & 1U;
		printf("  %zu move without a bit that is %s\n", pairs, class_names[class]);
	}
}

static void test_pairs(void **state)
{
	size_t agree = 0;
	size_t move = 0;
	size_t strict = 0;
	size_t numbers = 0;
	size_t pairs = 0;

	(void)state;
	for (size_t a = 0; a < machines.count; a++)
		for (size_t b = 0; b < machines.count; b++) {
			const bool truth = truly_moves(a, b);
			const enum cpc_verdict ours = verdict_of(&machines.reports[a], &machines.reports[b], false);

			if (a == b) {
				assert_int_equal(ours, lacks_nx(a) ? CPC_IMPOSSIBLE : CPC_SAME);
				continue;
			}
			pairs++;
			agree += moves(ours) == truth;
			move += truth;
			strict += moves(ours) == moves_by_every_bit(a, b);
			numbers += only_numbers_refuse(a, b);
			if (moves(ours) == truth)
				continue;
			printf("%s -> %s: %s, and in truth %s;", machines.recordings[a].name,
			       machines.recordings[b].name, cpc_verdict_name(ours), truth ? "it moves" : "it does not");
			(void)verdict_of(&machines.reports[a], &machines.reports[b], true);
		}
	printf("%zu machines, %zu ordered pairs: %zu move, of one vendor %zu more would by their bits and do not by "
	       "their numbers; %zu agree with compare --policy kvm, %zu when every recorded bit decides\n",
	       machines.count, pairs, move, numbers, agree, strict);
	print_classes();
	assert_int_equal(agree, pairs);
	for (size_t i = 0; i < COUNT(undecided); i++)
		if (!undecided[i].lacking)
			fail_msg("no pair lacks %x.%x[%u] (%s)", undecided[i].place.leaf, undecided[i].place.subleaf,
				 undecided[i].place.bit, undecided[i].why);
}

/* What `kvm` says that QEMU hides unless asked, no guest of these machines was given. */
static void test_withheld(void **state)
{
	const struct cpc_policy *policy = cpc_policy_named("kvm");
	size_t hidden = 0;

	(void)state;
	for (size_t i = 0; i < policy->withheld.count; i++) {
		const struct cpc_feature *feature = &cpc_features[policy->withheld.ids[i]];
		const struct cpc_register_info *info = &cpc_registers[feature->reg];

		assert_true(info->place < CPC_PLACE_MSR_LO);
		for (size_t j = 0; j < machines.count; j++) {
			const struct recording *machine = &machines.recordings[j];

			if (recorded_reg(&machine->enabled, info->leaf, info->subleaf, info->place) >> feature->bit &
			    1U)
				fail_msg("a guest of %s had %s", machine->name, feature->name);
			hidden += recorded_reg(&machine->host, info->leaf, info->subleaf, info->place) >> feature->bit &
				  1U;
		}
	}
	printf("%zu times a processor has one of %u features that its guests were not given\n", hidden,
	       policy->withheld.count);
	assert_true(hidden > machines.count);
}

/* A report is what travels: read back from its JSON, it gives every verdict again. */
static void test_through_json(void **state)
{
	size_t same = 0;

	(void)state;
	for (size_t a = 0; a < machines.count; a++)
		for (size_t b = 0; b < machines.count; b++) {
			const enum cpc_verdict before = verdict_of(&machines.reports[a], &machines.reports[b], false);

			assert_int_equal(verdict_of(&machines.again_reports[a], &machines.again_reports[b], false),
					 before);
			same++;
		}
	printf("%zu verdicts are the same after a trip through JSON\n", same);
}

static size_t machine_named(const char *name)
{
	for (size_t i = 0; i < machines.count; i++)
		if (strcmp(machines.recordings[i].name, name) == 0)
			return i;
	return machines.count;
}

/* What a peer said, against the truth: `dest source result message`, tabs between them. */
static void judge_peer(const char *file, const char *what)
{
	size_t pairs = 0;
	size_t wrong_yes = 0;
	size_t wrong_no = 0;
	size_t by_numbers = 0;
	size_t strictly_wrong = 0;
	char path[PATH_MAX];
	char *rest = NULL;
	size_t length;
	char *bytes;

	assert_true(corpus_path(file, path));
	bytes = corpus_read(path, 0, &length);
	for (char *line = strtok_r(bytes, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		char *fields[3];
		size_t to;
		size_t from;
		bool yes;

		if (*line == '#' || corpus_split(line, fields, COUNT(fields)) < COUNT(fields))
			continue;
		to = machine_named(fields[0]);
		from = machine_named(fields[1]);
		if (to == machines.count || from == machines.count || to == from)
			continue;
		yes = strcmp(fields[2], "INCOMPATIBLE") != 0;
		pairs++;
		wrong_yes += yes && !truly_moves(from, to);
		wrong_no += !yes && truly_moves(from, to);
		by_numbers += yes && only_numbers_refuse(from, to);
		strictly_wrong += yes != moves_by_every_bit(from, to);
	}
	free(bytes);
	printf("libvirt 11.3 on %s: %zu pairs, %zu agree, %zu wrong yes (%zu of them by the numbers alone), %zu wrong "
	       "no; "
	       "when every recorded bit decides, %zu wrong\n",
	       what, pairs, pairs - wrong_yes - wrong_no, wrong_yes, by_numbers, wrong_no, strictly_wrong);
	assert_int_equal(pairs, machines.count * (machines.count - 1));
}

static void test_peer(void **state)
{
	(void)state;
	judge_peer("corpus/libvirt/peer_compare_host.tsv", "the hosts' CPUID");
	judge_peer("corpus/libvirt/peer_compare_kvmguest.tsv", "what QEMU told it");
}

static void through_json(size_t i)
{
	const struct cpc_style style = { .width = 80 };
	struct cpc_buffer json = { 0 };
	struct cpc_error error = { 0 };

	assert_int_equal(cpc_report_format_named("json")->render(&machines.reports[i], &style, &json, &error), CPC_OK);
	if (cpc_read(json.bytes, json.length, &machines.again[i], &error))
		fail_msg("%s: %s", machines.recordings[i].name, error.what);
	assert_int_equal(machines.again[i].count, 1);
	cpc_report_of(&machines.again[i].items[0], &machines.again_reports[i]);
	cpc_buffer_free(&json);
}

static int set_up(void **state)
{
	struct recording *all;
	const size_t count = recordings_read(&all);

	(void)state;
	for (size_t i = 0; i < count; i++)
		if (all[i].has_kvm)
			all[machines.count++] = all[i];
	machines.recordings = all;
	machines.captures = calloc(machines.count, sizeof(*machines.captures));
	machines.reports = calloc(machines.count, sizeof(*machines.reports));
	machines.again = calloc(machines.count, sizeof(*machines.again));
	machines.again_reports = calloc(machines.count, sizeof(*machines.again_reports));
	assert_true(machines.captures && machines.reports && machines.again && machines.again_reports);
	for (size_t i = 0; i < machines.count; i++) {
		machines.captures[i] = recorded_capture(&all[i]);
		cpc_report_of(&machines.captures[i], &machines.reports[i]);
		through_json(i);
	}
	assert_true(machines.count > 30);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	for (size_t i = 0; i < machines.count; i++) {
		cpc_capture_free(&machines.captures[i]);
		cpc_captures_free(&machines.again[i]);
	}
	free(machines.recordings);
	free(machines.captures);
	free(machines.reports);
	free(machines.again);
	free(machines.again_reports);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_withheld),
		cmocka_unit_test(test_through_json),
		cmocka_unit_test(test_peer),
	};
	char path[PATH_MAX];

	if (!corpus_path("corpus/dumps/libvirt", path)) {
		printf("skipped: there are no recordings at %s\n", path);
		return 77;
	}
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
