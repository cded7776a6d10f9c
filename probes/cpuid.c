/* SPDX-License-Identifier: MIT */
/*
 * Every CPUID answer of every CPU, each instruction executed once: in a guest one
 * costs an exit to the hypervisor, tens of microseconds (Intel processors exit
 * unconditionally: SDM vol. 3C, "Instructions That Cause VM Exits Unconditionally").
 *
 * A hypervisor may answer anything, so every loop here is bounded by something that
 * it does not control, and a CPU with more answers than CPC_LEAVES_MAX is refused:
 * half of a snapshot would read as features that are not there.
 */
#include "probe_inside.h"

#define BASIC 0x00000000U
#define HYPERVISOR 0x40000000U
#define HYPERVISOR_LAST 0x4000ff00U
#define HYPERVISOR_STEP 0x100U
#define EXTENDED 0x80000000U
#define CENTAUR 0xc0000000U

/* A group that claims a maximum farther than this from its base does not exist (cpc_snapshot_leaf). */
#define GROUP_SPAN 0xffffU
/* No group of any processor comes near so many leaves; more are not asked for. */
#define GROUP_LAST 0xffU
#define SUBLEAVES_MAX 64U

/* The second column of subleaves.def, which explains them. */
enum subleaf_kind { KIND_MAX, KIND_BITMAP, KIND_UNTIL_ZERO, KIND_WHILE_NONZERO, KIND_XSAVE };

struct subleaf_rule {
	uint32_t leaf;
	enum subleaf_kind kind;
	uint32_t first;
	enum cpc_reg reg;
	uint32_t mask;
};

static const struct subleaf_rule subleaf_rules[] = {
#define CPC_SUBLEAVES(leaf, kind, first, reg, mask) { (leaf), KIND_##kind, (first), CPC_##reg, (mask) },
#include <cpucompat/subleaves.def>
#undef CPC_SUBLEAVES
};

/* One CPU being asked. `failed`: no memory or too many answers; from then on nothing is asked any more. */
struct walk {
	const struct cpc_env *env;
	struct cpc_snapshot snapshot;
	uint64_t instructions;
	bool failed;
};

/* False where there is no answer; it is then zeros. */
static bool ask(struct walk *walk, uint32_t leaf, uint32_t subleaf, struct cpc_leaf *ret_answer)
{
	*ret_answer = (struct cpc_leaf){ .leaf = leaf, .subleaf = subleaf };
	if (walk->failed)
		return false;
	walk->instructions++;
	return walk->env->cpuid(walk->env->context, leaf, subleaf, ret_answer->regs);
}

static void keep(struct walk *walk, const struct cpc_leaf *answer)
{
	if (!walk->failed && cpc_snapshot_add_leaf(&walk->snapshot, answer, NULL))
		walk->failed = true;
}

static struct cpc_leaf ask_and_keep(struct walk *walk, uint32_t leaf, uint32_t subleaf)
{
	struct cpc_leaf answer;

	if (ask(walk, leaf, subleaf, &answer))
		keep(walk, &answer);
	return answer;
}

/* What was kept for subleaf 0 of a leaf; zeros where it was not asked. The snapshot is not sealed yet. */
static struct cpc_leaf kept(const struct walk *walk, uint32_t leaf)
{
	for (size_t i = 0; i < walk->snapshot.leaf_count; i++)
		if (walk->snapshot.leaves[i].leaf == leaf && walk->snapshot.leaves[i].subleaf == 0)
			return walk->snapshot.leaves[i];
	return (struct cpc_leaf){ .leaf = leaf };
}

static void walk_set(struct walk *walk, uint32_t leaf, uint64_t subleaves)
{
	for (uint32_t subleaf = 1; subleaf < SUBLEAVES_MAX; subleaf++)
		if (subleaves >> subleaf & 1)
			(void)ask_and_keep(walk, leaf, subleaf);
}

static uint64_t up_to(uint32_t last)
{
	return last < SUBLEAVES_MAX - 1 ? (UINT64_C(2) << last) - 1 : UINT64_MAX;
}

/* The components of XCR0 and of XSS (SDM vol. 1, 13.2): bits 0 and 1 have no subleaf of their own, bit 63 neither. */
static void walk_xsave(struct walk *walk, const struct cpc_leaf *zero)
{
	const struct cpc_leaf one = ask_and_keep(walk, zero->leaf, 1);
	const uint64_t low = zero->regs[CPC_EAX] | one.regs[CPC_ECX];
	const uint64_t high = zero->regs[CPC_EDX] | one.regs[CPC_EDX];

	walk_set(walk, zero->leaf, (high << 32 | low) & ~UINT64_C(3) & ~(UINT64_C(1) << 63));
}

static void walk_until_zero(struct walk *walk, const struct subleaf_rule *rule, const struct cpc_leaf *zero)
{
	struct cpc_leaf answer = *zero;

	for (uint32_t subleaf = 1; subleaf < SUBLEAVES_MAX && !walk->failed; subleaf++) {
		/* `answer` is the one before: the last that is of interest has a field of zero. */
		if (answer.subleaf >= rule->first && !(answer.regs[rule->reg] & rule->mask))
			return;
		if (!ask(walk, rule->leaf, subleaf, &answer))
			return;
		if (rule->kind == KIND_WHILE_NONZERO && subleaf >= rule->first &&
		    !(answer.regs[rule->reg] & rule->mask))
			return;
		keep(walk, &answer);
	}
}

static void walk_subleaves(struct walk *walk, const struct subleaf_rule *rule, const struct cpc_leaf *zero)
{
	const uint32_t field = zero->regs[rule->reg] & rule->mask;

	switch (rule->kind) {
	case KIND_MAX:
		walk_set(walk, rule->leaf, up_to(field));
		break;
	case KIND_BITMAP:
		walk_set(walk, rule->leaf, field);
		break;
	case KIND_UNTIL_ZERO:
	case KIND_WHILE_NONZERO:
		walk_until_zero(walk, rule, zero);
		break;
	case KIND_XSAVE:
		walk_xsave(walk, zero);
		break;
	}
}

static void walk_leaf(struct walk *walk, uint32_t leaf)
{
	const struct cpc_leaf zero = ask_and_keep(walk, leaf, 0);

	for (size_t i = 0; i < sizeof(subleaf_rules) / sizeof(subleaf_rules[0]); i++)
		if (subleaf_rules[i].leaf == leaf)
			walk_subleaves(walk, &subleaf_rules[i], &zero);
}

/*
 * A group exists where the first of its leaves says that the last one lies in the
 * group: an Intel processor without it echoes its highest basic leaf instead, and
 * others answer zeros. `span` is how far that last leaf may be.
 */
static bool walk_group(struct walk *walk, uint32_t base, uint32_t span)
{
	struct cpc_leaf first;
	const bool answered = ask(walk, base, 0, &first);
	const uint32_t last = first.regs[CPC_EAX];
	const bool exists = last >= base && last - base <= span;

	/*
	 * Leaf 0 is there on every processor, whatever it claims. That Centaur's group was asked for and is not
	 * there is worth keeping too: without its first leaf it counts as unread (cpc_snapshot_missing).
	 */
	if (answered && (exists || base == BASIC || base == CENTAUR))
		keep(walk, &first);
	if (!exists)
		return false;
	for (uint32_t leaf = 1; leaf <= last - base && leaf <= GROUP_LAST && !walk->failed; leaf++)
		walk_leaf(walk, base + leaf);
	return true;
}

/*
 * Hypervisors announce themselves in blocks of 0x100 leaves, one after the other:
 * KVM and Xen with Hyper-V's interface beside their own have that in the first block
 * and theirs in the second (Linux Documentation/virt/kvm/x86/cpuid.rst; Xen
 * public/arch-x86/cpuid.h, which lets its block begin at any of them). The scan ends
 * at the first gap after the first block; where nothing announces a hypervisor (QEMU's
 * hypervisor=off hides the bit and leaves the leaves), at the first gap of all.
 */
static void walk_hypervisor(struct walk *walk)
{
	const bool announced = kept(walk, 1).regs[CPC_ECX] >> 31 & 1;

	for (uint32_t base = HYPERVISOR; base <= HYPERVISOR_LAST && !walk->failed; base += HYPERVISOR_STEP)
		if (!walk_group(walk, base, HYPERVISOR_STEP - 1) && (base != HYPERVISOR || !announced))
			break;
}

/* Ask the CPU that this thread is on, and book it as `cpu`. */
static bool ask_cpu(const struct cpc_env *env, unsigned int cpu, struct cpc_capture *capture)
{
	struct walk walk = { .env = env };
	char vendor[CPC_VENDOR_SIZE];

	(void)walk_group(&walk, BASIC, GROUP_SPAN);
	walk_hypervisor(&walk);
	(void)walk_group(&walk, EXTENDED, GROUP_SPAN);
	cpc_vendor_of(kept(&walk, BASIC).regs, vendor);
	/* On others it would be one more exit for nothing. */
	if (cpc_has_centaur_leaves(vendor))
		(void)walk_group(&walk, CENTAUR, GROUP_SPAN);
	if (!walk.failed && cpc_read_msrs(env, cpu, &walk.snapshot))
		walk.failed = true;
	capture->probes[capture->probe_count].cpuid_count += walk.instructions;
	if (walk.failed || cpc_snapshot_seal(&walk.snapshot, NULL)) {
		cpc_snapshot_free(&walk.snapshot);
		return false;
	}
	return cpc_capture_add(capture, cpu, &walk.snapshot, NULL) == CPC_OK;
}

/*
 * A CPU that cannot be pinned is left out: it may have gone offline, or belong to
 * another cpuset.
 */
static bool ask_pinned(const struct cpc_env *env, const struct cpc_cpu_set *online, struct cpc_capture *capture)
{
	for (unsigned int cpu = 0; cpu < CPC_CPUS_MAX; cpu++) {
		if (!(online->bits[cpu / 64] >> (cpu % 64) & 1))
			continue;
		if (env->pin(env->context, cpu) == 0 && !ask_cpu(env, cpu, capture))
			return false;
	}
	return true;
}

static unsigned int first_of(const struct cpc_cpu_set *cpus)
{
	for (unsigned int cpu = 0; cpu < CPC_CPUS_MAX; cpu++)
		if (cpus->bits[cpu / 64] >> (cpu % 64) & 1)
			return cpu;
	return 0;
}

enum cpc_probe_status cpc_probe_cpuid(const struct cpc_env *env, struct cpc_capture *capture)
{
	struct cpc_cpu_set online = { 0 };
	bool good;

	if (env->online(env->context, &online))
		online = (struct cpc_cpu_set){ 0 };
	good = ask_pinned(env, &online, capture);
	env->unpin(env->context);
	/* Where nothing may be pinned (a seccomp filter), whichever CPU we are on answers for the machine. */
	if (good && !capture->kind_count)
		good = ask_cpu(env, first_of(&online), capture);
	return good ? CPC_PROBE_OK : CPC_PROBE_FAILED;
}
