#include "people/refused.h"

#include <assert.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/day.h"
#include "core/home.h"
#include "core/log.h"
#include "core/text.h"
#include "people/audit.h"
#include "people/session_row.h"
#include "people/sign_in.sql.h"
#include "people/state.h"
#include "people/throttle.h"
#include "store/within.h"

/* Lines of the log at a time; the audit has them all. */
#define LINES_MAX 20

struct count {
	int64_t person;
	int64_t count;
	int64_t last_us;
	char peer[REFUSED_PEER_MAX + 1]; /* the last one's */
};

struct counts {
	size_t used;
	struct count at[REFUSED_MOST];
	struct count others; /* who found no place; peer "" */
};

struct refused {
	pthread_mutex_t lock;
	int64_t written_us;
	struct counts counts;
};

struct refused *
refused_new(void)
{
	struct refused *refused = calloc(1, sizeof(*refused));

	assert(refused != NULL);
	(void)pthread_mutex_init(&refused->lock, NULL);
	return refused;
}

void
refused_free(struct refused *refused)
{
	if (refused == NULL)
		return;
	(void)pthread_mutex_destroy(&refused->lock);
	free(refused);
}

/* By person; who is nobody's, by network. */
static struct count *
place_of(struct counts *counts, int64_t person, const char *peer)
{
	for (size_t i = 0; i < counts->used; i++) {
		struct count *count = &counts->at[i];

		if (count->person == person &&
		    (person != 0 || strcmp(count->peer, peer) == 0))
			return count;
	}
	if (counts->used == REFUSED_MOST)
		return &counts->others;
	counts->at[counts->used].person = person;
	return &counts->at[counts->used++];
}

/* With the lock; how many there are by now. */
static int64_t
add(struct counts *counts, const struct count *more)
{
	struct count *count = place_of(counts, more->person, more->peer);

	count->count += more->count;
	if (count != &counts->others && more->last_us >= count->last_us) {
		count->last_us = more->last_us;
		memcpy(count->peer, more->peer, sizeof(count->peer));
	}
	return count->count;
}

static void
say(int64_t person, const char *peer, int64_t count)
{
	LOG(LOG_WARN, "sign_in.refused", LOG_N("user", person),
	    LOG_T("peer", peer), LOG_N("count", count));
}

void
refused_note(struct ctx *ctx, int64_t person, const char *peer)
{
	struct refused *refused = ctx->home->people->refused;
	struct count one = { .person = person,
		.count = 1,
		.last_us = ctx->now_us };
	size_t used = 0;
	int64_t count = 0;

	if (person == 0)
		peer = throttle_network(ctx->arena, peer);
	memcpy(one.peer, peer, strnlen(peer, REFUSED_PEER_MAX));
	(void)pthread_mutex_lock(&refused->lock);
	count = add(&refused->counts, &one);
	used = refused->counts.used;
	(void)pthread_mutex_unlock(&refused->lock);
	/* The first at once; how many followed when they are written. */
	if (count == 1 && used <= LINES_MAX)
		say(person, one.peer, 1);
}

static enum fail
write_row(struct ctx *ctx, const struct count *count)
{
	int64_t changed = 0;

	TRY(tally_leave(ctx, sign_in_rows, count->person, count->person));
	TRY(sql_sign_in_refused(ctx, count->person, count->count,
	    count->last_us, count->peer, &changed));
	return tally_enter(ctx, sign_in_rows, count->person, count->person);
}

static enum fail
write_one(struct ctx *ctx, const struct count *count)
{
	if (count->count == 0)
		return OK;
	if (count->person != 0)
		TRY(write_row(ctx, count));
	return audit_note(ctx, "session.refused", 0, count->person,
	    arena_printf(ctx->arena, "%" PRId64 " from %s", count->count,
		count->peer[0] == '\0' ? "others" : count->peer));
}

static enum fail
write_all(struct ctx *ctx, void *arg)
{
	const struct counts *counts = arg;

	for (size_t i = 0; i < counts->used; i++)
		TRY(write_one(ctx, &counts->at[i]));
	return write_one(ctx, &counts->others);
}

static void
say_all(const struct counts *counts)
{
	for (size_t i = 0; i < counts->used && i < LINES_MAX; i++)
		if (counts->at[i].count > 1)
			say(counts->at[i].person, counts->at[i].peer,
			    counts->at[i].count);
	if (counts->used > LINES_MAX)
		LOG(LOG_WARN, "sign_in.refused",
		    LOG_N("others", (int64_t)counts->used - LINES_MAX));
}

static void
put_back(struct refused *refused, const struct counts *counts)
{
	(void)pthread_mutex_lock(&refused->lock);
	for (size_t i = 0; i < counts->used; i++)
		add(&refused->counts, &counts->at[i]);
	refused->counts.others.count += counts->others.count;
	(void)pthread_mutex_unlock(&refused->lock);
}

enum fail
refused_write(struct ctx *ctx)
{
	struct refused *refused = ctx->home->people->refused;
	const struct actor *actor = ctx->actor;
	struct counts *counts = ARENA_NEW(ctx->arena, struct counts);
	enum fail got = OK;

	(void)pthread_mutex_lock(&refused->lock);
	*counts = refused->counts;
	memset(&refused->counts, 0, sizeof(refused->counts));
	refused->written_us = ctx->now_us;
	(void)pthread_mutex_unlock(&refused->lock);
	if (counts->used == 0)
		return OK;
	ctx->actor = NULL; /* nobody did it who is known */
	got = tx_within(ctx, TX_WRITE, write_all, counts);
	ctx->actor = actor;
	if (got != OK)
		put_back(refused, counts);
	else
		say_all(counts);
	return got;
}

enum fail
refused_write_due(struct ctx *ctx)
{
	struct refused *refused = ctx->home->people->refused;
	bool is_due = false;

	(void)pthread_mutex_lock(&refused->lock);
	/* A clock that was set back makes nobody wait longer. */
	is_due =
	    refused->counts.used > 0 && (ctx->now_us < refused->written_us ||
					    ctx->now_us - refused->written_us >=
						REFUSED_EVERY_S * SECOND_US);
	(void)pthread_mutex_unlock(&refused->lock);
	return is_due ? refused_write(ctx) : OK;
}

enum fail
refused_write_of(struct ctx *ctx, int64_t person)
{
	struct refused *refused = ctx->home->people->refused;
	bool is_there = false;

	(void)pthread_mutex_lock(&refused->lock);
	for (size_t i = 0; i < refused->counts.used; i++)
		is_there |= refused->counts.at[i].person == person;
	(void)pthread_mutex_unlock(&refused->lock);
	return is_there ? refused_write(ctx) : OK;
}
