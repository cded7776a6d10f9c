/* SPDX-License-Identifier: MIT */
/*
 * A virtual disk image as it describes itself: format, kind, size, parent; what of it was checked, and what is wrong
 * where. Only what lies in one file: whether the parent is there, and is the one that was meant, is not asked here.
 */
#ifndef CPUCOMPAT_DISK_H
#define CPUCOMPAT_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CPC_DISK_FORMAT(id, name) CPC_DISK_FORMAT_##id,
enum cpc_disk_format {
#include <cpucompat/disks.def>
	CPC_DISK_FORMAT_COUNT
};
#undef CPC_DISK_FORMAT

#define CPC_DISK_KIND(id, name) CPC_DISK_KIND_##id,
enum cpc_disk_kind {
#include <cpucompat/disks.def>
	CPC_DISK_KIND_COUNT
};
#undef CPC_DISK_KIND

#define CPC_DISK_PART(id, name, what) CPC_DISK_PART_##id,
enum cpc_disk_part {
#include <cpucompat/disks.def>
	CPC_DISK_PART_COUNT
};
#undef CPC_DISK_PART

#define CPC_DISK_FAULT(id, name, what) CPC_DISK_FAULT_##id,
enum cpc_disk_fault_code {
#include <cpucompat/disks.def>
	CPC_DISK_FAULT_COUNT
};
#undef CPC_DISK_FAULT

#define CPC_DISK_STATE(id, name, what) CPC_DISK_STATE_##id,
enum cpc_disk_state {
#include <cpucompat/disks.def>
	CPC_DISK_STATE_COUNT
};
#undef CPC_DISK_STATE

#define CPC_DISK_TEXT(id, name, what) CPC_DISK_TEXT_##id,
enum cpc_disk_text {
#include <cpucompat/disks.def>
	CPC_DISK_TEXT_COUNT
};
#undef CPC_DISK_TEXT

#define CPC_DISK_ID(id, name, what) CPC_DISK_ID_##id,
enum cpc_disk_id {
#include <cpucompat/disks.def>
	CPC_DISK_ID_COUNT
};
#undef CPC_DISK_ID

#define CPC_DISK_CIPHER(id, name) CPC_DISK_CIPHER_##id,
enum cpc_disk_cipher {
#include <cpucompat/disks.def>
	CPC_DISK_CIPHER_COUNT
};
#undef CPC_DISK_CIPHER

/** What became of a part. */
enum cpc_disk_check {
	CPC_DISK_UNCHECKED, /**< the format has no such part, or it was not come to */
	CPC_DISK_GOOD,
	CPC_DISK_PARTLY, /**< a table of which the first entries were looked at, and were good; the rest is unknown */
	CPC_DISK_BAD,	 /**< a fault says why */
	CPC_DISK_CHECK_COUNT
};

/** Something that is wrong. */
struct cpc_disk_fault {
	enum cpc_disk_part part;
	enum cpc_disk_fault_code code;
	uint64_t offset; /**< in bytes, of the field or structure; where something is missing, where it should be */
	bool fatal;	 /**< nothing in the image makes up for it: it cannot be used as it is */
};

/** A number of bytes. */
struct cpc_disk_size {
	bool known;
	uint64_t bytes;
};

/** Faults above this are counted, and not kept. */
#define CPC_DISK_FAULTS_MAX 32

/** Room for a text and its NUL. qcow2 allows 1023 bytes; paths of Windows are below 260 characters, most of them. */
#define CPC_DISK_TEXT_SIZE 1024

/** A UUID as text, 8-4-4-4-12 lower-case hex digits. */
#define CPC_DISK_ID_SIZE 37

/**
 * An image. What a bad or missing part would have told is unknown: kind and cipher UNKNOWN, sizes not `known`, numbers
 * 0, texts and ids empty.
 */
struct cpc_disk {
	enum cpc_disk_format format;
	enum cpc_disk_kind kind; /**< of RAW and of formats known by signature: unknown */
	uint32_t version;	 /**< qcow2: 2 or 3; VHD, VHDX: 1; elsewhere 0 */
	uint64_t file_size;
	struct cpc_disk_size size; /**< that the guest sees; of RAW: the file's */
	uint32_t block_size;	   /**< by which it grows, in bytes; 0: it does not, or unknown */
	uint32_t logical_sector;   /**< in bytes; 0 unknown */
	uint32_t physical_sector;
	enum cpc_disk_cipher cipher;
	bool states[CPC_DISK_STATE_COUNT];
	/** UTF-8; what is no character or a control character is U+FFFD. Of any other meaning: escape it. */
	char texts[CPC_DISK_TEXT_COUNT][CPC_DISK_TEXT_SIZE];
	char ids[CPC_DISK_ID_COUNT][CPC_DISK_ID_SIZE];
	enum cpc_disk_check checks[CPC_DISK_PART_COUNT];
	struct cpc_disk_fault faults[CPC_DISK_FAULTS_MAX];
	size_t fault_count; /**< of `faults` */
	size_t faults_left_out;
	bool fatal; /**< some fault is, kept or left out */
};

/* The names in disks.def; static. An enumerator out of range is a mistake of the caller. */
const char *cpc_disk_format_name(enum cpc_disk_format format);
const char *cpc_disk_kind_name(enum cpc_disk_kind kind);
const char *cpc_disk_part_name(enum cpc_disk_part part);
const char *cpc_disk_fault_name(enum cpc_disk_fault_code code);
const char *cpc_disk_state_name(enum cpc_disk_state state);
const char *cpc_disk_text_name(enum cpc_disk_text text);
const char *cpc_disk_id_name(enum cpc_disk_id id);
const char *cpc_disk_cipher_name(enum cpc_disk_cipher cipher);
/** "unchecked", "good", "partly", "bad". */
const char *cpc_disk_check_name(enum cpc_disk_check check);

/** The fault at the end of the list, or counted where that is full; its part is bad then. */
void cpc_disk_add_fault(struct cpc_disk *disk, const struct cpc_disk_fault *fault);

/** Whether it is bad in any way. */
bool cpc_disk_damaged(const struct cpc_disk *disk);

#endif
