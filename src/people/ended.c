#include "people/ended.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "core/arena.h"
#include "core/home.h"
#include "core/map.h"
#include "core/text.h"
#include "people/audit.sql.h"
#include "people/credential.h"
#include "people/mac.h"
#include "people/state.h"
#include "store/store.h"

#define PAGE 1000

/* Of a span as long as a session may live; two of them have all that matter. */
struct span {
	struct arena *arena;
	struct map *names; /* mac_number to itself */
	int64_t begun_us;
};

struct ended {
	pthread_mutex_t lock;
	struct span now;
	struct span before;
};

static struct span
span_new(int64_t begun_us)
{
	struct span span = { .arena = arena_new(0), .begun_us = begun_us };

	span.names = map_new(span.arena, 64);
	return span;
}

struct ended *
ended_new(void)
{
	struct ended *ended = calloc(1, sizeof(*ended));

	assert(ended != NULL);
	(void)pthread_mutex_init(&ended->lock, NULL);
	ended->now = span_new(0);
	ended->before = span_new(0);
	return ended;
}

void
ended_free(struct ended *ended)
{
	if (ended == NULL)
		return;
	(void)pthread_mutex_destroy(&ended->lock);
	arena_free(ended->now.arena);
	arena_free(ended->before.arena);
	free(ended);
}

bool
ended_has(const struct home *home, const struct digest *name)
{
	struct ended *ended = home->people->ended;
	const int64_t key = mac_number(name);
	bool has = false;

	(void)pthread_mutex_lock(&ended->lock);
	has = map_get(ended->now.names, key) != NULL ||
	      map_get(ended->before.names, key) != NULL;
	(void)pthread_mutex_unlock(&ended->lock);
	return has;
}

/* What was ended a life ago is too old by its own time. */
static void
add(struct ended *ended, int64_t key, int64_t at_us, int64_t life_us)
{
	(void)pthread_mutex_lock(&ended->lock);
	if (at_us - ended->now.begun_us > life_us) {
		arena_free(ended->before.arena);
		ended->before = ended->now;
		ended->now = span_new(at_us);
	}
	map_put(ended->now.names, key, ended);
	(void)pthread_mutex_unlock(&ended->lock);
}

struct ending {
	struct tx_effect link;
	struct ended *ended;
	int64_t key;
	int64_t at_us;
	int64_t life_us;
};

static void
apply(struct tx_effect *self)
{
	const struct ending *ending = (const struct ending *)self;

	add(ending->ended, ending->key, ending->at_us, ending->life_us);
}

void
ended_stage(struct ctx *ctx, const struct digest *name)
{
	struct ending *ending = ARENA_NEW(ctx->arena, struct ending);

	ending->link.apply = apply;
	ending->ended = ctx->home->people->ended;
	ending->key = mac_number(name);
	ending->at_us = ctx->now_us;
	ending->life_us = session_life_us(ctx->home);
	tx_stage_effect(ctx, &ending->link);
}

bool
ended_is_of(const char *action)
{
	return text_equal(action, "session.sign_out") ||
	       text_equal(action, "session.end");
}

/* From the newest row back as far as a session may live; by their own times, as
 * the clock may be another one by now. */
struct loading {
	int64_t newest_us;
	bool is_over;
};

static void
take_page(struct ctx *ctx, const struct sql_audit_back *rows, size_t count,
    struct loading *loading)
{
	const int64_t life_us = session_life_us(ctx->home);

	if (loading->newest_us == 0 && count > 0)
		loading->newest_us = rows[0].at_us;
	for (size_t i = 0; i < count && !loading->is_over; i++) {
		loading->is_over = rows[i].at_us < loading->newest_us - life_us;
		if (rows[i].state != NULL && ended_is_of(rows[i].action))
			add(ctx->home->people->ended, *rows[i].state,
			    loading->newest_us, life_us);
	}
}

enum fail
ended_load(struct ctx *ctx)
{
	struct arena *outer = ctx->arena;
	struct loading loading = { 0 };
	int64_t before = INT64_MAX;
	size_t count = PAGE;

	while (count == PAGE && !loading.is_over) {
		struct sql_audit_back *rows = NULL;
		struct arena *page = arena_child(outer);
		enum fail got = OK;

		ctx->arena = page;
		got = sql_audit_back(ctx, before, PAGE, &rows, &count);
		ctx->arena = outer;
		/* The texts of a failure live in the page's arena. */
		TRY(got);
		take_page(ctx, rows, count, &loading);
		if (count > 0)
			before = rows[count - 1].id;
		arena_free(page);
	}
	return OK;
}
