#ifndef CUBE_SNAPSHOT_FORM_H
#define CUBE_SNAPSHOT_FORM_H

#include <assert.h>
#include <stdint.h>

#include "trust/trust.h"

/*
 * The records of a snapshot as they are on disk.  A change here is another
 * SNAPSHOT_FORMAT.
 */
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "snapshots are little-endian"
#endif

#define SNAPSHOT_BUFFER ((size_t)256 * 1024)
#define SNAPSHOT_ORIGIN_MAX 200

struct snapshot_head {
	char format[24];
	int64_t size; /* of the ledger */
	int64_t slabs;
	uint32_t origin_len; /* the texts follow */
	uint32_t frontier_len;
};
static_assert(sizeof(struct snapshot_head) == 48, "no holes");

struct snapshot_slab {
	uint8_t form[DIGEST_LEN];
	int32_t year;
	int32_t number;
	int64_t cells;
	int64_t slots;
	int64_t closings;
};
static_assert(sizeof(struct snapshot_slab) == 64, "no holes");

struct snapshot_slot {
	int64_t unit;
	int64_t leaves;
};

struct snapshot_leaf {
	int64_t index;
	int64_t at_us;
	int64_t report;
	int64_t returned;
	int64_t accepted;
	int32_t version;
	uint8_t width;
	uint8_t full;
	uint16_t none;
	/* width * cells bytes follow, and cells more unless full */
};
static_assert(sizeof(struct snapshot_leaf) == 48, "no holes");

struct snapshot_closing {
	int64_t slot;     /* as they are numbered in the file */
	int64_t reopened; /* 0: it closes, 1: it ends a closing */
	int64_t index;
};

#endif
