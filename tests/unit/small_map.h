/* SPDX-License-Identifier: MIT */
/* A CPU map of a handful of models, and reading one. */
#ifndef CPC_TEST_SMALL_MAP_H
#define CPC_TEST_SMALL_MAP_H

#include "support.h"

#include "libvirt_map.h"

static const char small_map[] =
	"<cpus>\n"
	"  <vendor name='Intel' string='GenuineIntel'/>\n"
	"  <vendor name='AMD' string='AuthenticAMD'/>\n"
	"  <feature name='pni'><alias name='sse3' source='qemu'/><cpuid eax_in='0x01' ecx='0x00000001'/></feature>\n"
	"  <feature name='monitor'><cpuid eax_in='0x01' ecx='0x00000008'/></feature>\n"
	"  <feature name='ssse3'><cpuid eax_in='0x01' ecx='0x00000200'/></feature>\n"
	"  <feature name='apic'><cpuid eax_in='0x01' edx='0x00000200'/></feature>\n"
	"  <feature name='avx2'><cpuid eax_in='0x07' ecx_in='0x00' ebx='0x00000020'/></feature>\n"
	"  <feature name='mpx'><cpuid eax_in='0x07' ecx_in='0x00' ebx='0x00004000'/></feature>\n"
	"  <feature name='intel-pt'><cpuid eax_in='0x07' ecx_in='0x00' ebx='0x02000000'/></feature>\n"
	"  <feature name='md-clear'><cpuid eax_in='0x07' ecx_in='0x00' edx='0x00000400'/></feature>\n"
	"  <feature name='invtsc' migratable='no'><cpuid eax_in='0x80000007' edx='0x00000100'/></feature>\n"
	"  <feature name='npt'><cpuid eax_in='0x8000000a' edx='0x00000001'/></feature>\n"
	"  <feature name='rdctl-no'><msr index='0x10a' edx='0x00000000' eax='0x00000001'/></feature>\n"
	"  <feature name='split-lock-detect'><msr index='0xcf' edx='0x00000000' eax='0x00000020'/></feature>\n"
	"  <feature name='vmx-ins-outs'><msr index='0x480' edx='0x00400000' eax='0x00000000'/></feature>\n"
	"  <model name='plain'>\n"
	"    <decode host='on' guest='on'/>\n"
	"    <feature name='apic'/><feature name='pni'/>\n"
	"  </model>\n"
	"  <model name='Old'>\n"
	"    <signature family='6' model='26'/><signature family='6' model='85' stepping='0-4'/>\n"
	"    <vendor name='Intel'/>\n"
	"    <feature name='apic'/><feature name='pni'/><feature name='ssse3'/>\n"
	"  </model>\n"
	"  <model name='New'>\n"
	"    <decode host='on' guest='on'/>\n"
	"    <model name='Old'/>\n"
	"    <signature family='6' model='106'/>\n"
	"    <feature name='avx2'/><feature name='rdctl-no'/><feature name='split-lock-detect'/>\n"
	"    <feature name='vmx-ins-outs' added='yes'/><feature name='intel-pt' removed='yes'/>\n"
	"  </model>\n"
	"  <model name='New-v1'>\n"
	"    <decode host='on' guest='off'/>\n"
	"    <model name='New'/>\n"
	"  </model>\n"
	"  <model name='EPYC'>\n"
	"    <vendor name='AMD'/>\n"
	"    <feature name='apic'/><feature name='pni'/><feature name='ssse3'/><feature name='avx2'/>\n"
	"  </model>\n"
	"</cpus>\n";

/* A copy of just that length, so that a sanitizer sees every step too far. */
static inline enum cpc_status read_map_bytes(const char *bytes, size_t length, struct cpc_cpu_map *map,
					     struct cpc_map_files *files, struct cpc_error *reterr)
{
	char *copy = malloc(length ? length : 1);
	enum cpc_status status;

	assert_non_null(copy);
	memcpy(copy, bytes, length);
	status = cpc_map_read(copy, length, map, files, reterr);
	free(copy);
	return status;
}

static inline void open_small_map(struct cpc_cpu_map *map)
{
	struct cpc_error error = { 0 };

	*map = (struct cpc_cpu_map){ 0 };
	if (read_map_bytes(small_map, sizeof(small_map) - 1, map, NULL, &error))
		fail_msg("%zu: %s", error.line, error.what);
}

static inline const struct cpc_map_model *model_named(const struct cpc_cpu_map *map, const char *name)
{
	size_t index = 0;

	if (!cpc_map_model_named(map, name, &index))
		fail_msg("no model %s", name);
	return &map->models[index];
}

static inline bool model_has(const struct cpc_cpu_map *map, const char *model, const char *bit)
{
	size_t index = 0;

	if (!cpc_map_bit_named(map, bit, &index))
		fail_msg("no bit %s", bit);
	return cpc_map_bits_hold(&model_named(map, model)->has, index);
}

#endif
