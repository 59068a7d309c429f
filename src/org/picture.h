#ifndef ORG_PICTURE_H
#define ORG_PICTURE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "org/directory.h"

/*
 * The inside of a directory, for directory.c, structure.c and the picture's
 * builder; nobody else includes it.
 *
 * A picture is made by one thread, then immutable, except that structures are
 * built at the first wish: under a lock, published by an atomic store.  It is
 * freed when its last pin goes.
 */
struct map;
struct unit_change;

/* One code of one unit; next is another unit's of the same text, rarely more
 * than one. */
struct code_holder {
	int number;
	const struct unit_code *code;
	struct code_holder *next;
};

/* The one part of a picture that moves. */
struct structure_cache {
	pthread_mutex_t build;
	struct structure *_Atomic *at; /* change_count + 1 */
};

struct directory {
	struct arena *arena; /* after the making only under cache->build */
	atomic_int pins;
	int64_t stamp;
	int64_t known; /* ledger index of the last change known; -1: none */
	struct unit *units; /* by id */
	size_t count;
	struct map *by_id;           /* id to struct unit */
	struct map *by_code;         /* "scheme:code" to struct code_holder */
	struct code_holder *holders; /* all of them */
	size_t holder_count;
	struct succession *successions; /* by from, to, on */
	size_t succession_count;
	const int *backward; /* positions in successions by to, from, on */
	day *changes;        /* first days of the structures, ascending */
	size_t change_count;
	struct structure_cache *cache;
};

/*
 * Read the tables in ctx->tx into a new picture with one pin, and check it.
 * known, if not NULL, holds the ids of the entries to believe (keys of a map of
 * anything); NULL believes all.  more is read as if it had been written last, by
 * one entry; it may be NULL, and so may fault: whom a broken rule is about.
 * Failures as org_changed.
 */
NODISCARD enum fail picture_read(struct ctx *ctx, const struct map *known,
    const struct unit_change *more, struct picture_fault *fault,
    struct directory **ret);
void picture_unpin(struct directory *dir); /* NULL does nothing */

/* The rules that hold between units; failures as org_changed. */
NODISCARD enum fail picture_check(struct ctx *ctx, const struct directory *dir,
    struct picture_fault *fault);

/* The successions from (or to) a unit: ret_first of count positions. */
size_t picture_from(const struct directory *dir, int number, size_t *ret_first);
size_t picture_to(const struct directory *dir, int number, size_t *ret_first);

#endif
