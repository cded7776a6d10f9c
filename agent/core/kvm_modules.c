/* SPDX-License-Identifier: MIT */
/* The names of kvm_modules.def. */
#include <cpucompat/capture.h>

const char *const cpc_kvm_modules[CPC_KVM_MODULE_COUNT] = {
#define CPC_KVM_MODULE(id, name) [CPC_MODULE_##id] = (name),
#define CPC_KVM_PARAMETER(id, module, name)
#include <cpucompat/kvm_modules.def>
#undef CPC_KVM_MODULE
#undef CPC_KVM_PARAMETER
};

const struct cpc_kvm_parameter_info cpc_kvm_parameters[CPC_KVM_PARAMETER_COUNT] = {
#define CPC_KVM_MODULE(id, name)
#define CPC_KVM_PARAMETER(id, row_module, row_name)                                                                    \
	[CPC_PARAMETER_##id] = { .module = CPC_MODULE_##row_module, .name = (row_name) },
#include <cpucompat/kvm_modules.def>
#undef CPC_KVM_MODULE
#undef CPC_KVM_PARAMETER
};
