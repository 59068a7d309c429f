#include "core/watch.h"

#include <assert.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>

#include "core/day.h"
#include "core/home.h"
#include "core/log.h"

/* Of the time that has passed, the part by which the gap may follow. */
#define FOLLOW_PART 1000

struct watch {
	void (*read)(void *clock, struct watch_clocks *ret);
	void *clock;
	int64_t bound_us;
	pthread_mutex_t lock; /* of all below */
	bool is_known;        /* the gap */
	int64_t gap_us;
	int64_t since_us; /* the steady count when the gap was last followed */
	int64_t last_us;  /* no time before it without a gap */
	enum watch_state state; /* as it was seen last */
};

struct watch *
watch_new(void (*read)(void *clock, struct watch_clocks *ret), void *clock,
    int64_t bound_us)
{
	struct watch *watch = calloc(1, sizeof(*watch));

	assert(watch != NULL && bound_us > 0);
	watch->read = read;
	watch->clock = clock;
	watch->bound_us = bound_us;
	watch->last_us = INT64_MIN / 2;
	(void)pthread_mutex_init(&watch->lock, NULL);
	return watch;
}

void
watch_free(struct watch *watch)
{
	if (watch == NULL)
		return;
	(void)pthread_mutex_destroy(&watch->lock);
	free(watch);
}

static void
believe(struct watch *watch, int64_t gap_us, int64_t steady_us)
{
	watch->is_known = true;
	watch->gap_us = gap_us;
	watch->since_us = steady_us;
}

void
watch_go_on(struct watch *watch, const struct watch_mark *mark)
{
	believe(watch, mark->gap_us, mark->steady_us);
}

void
watch_not_before(struct watch *watch, int64_t last_us)
{
	watch->last_us = last_us;
}

static int64_t
between(int64_t low, int64_t value, int64_t high)
{
	if (value < low)
		return low;
	return value > high ? high : value;
}

/* Against the gap.  In a leap nothing is followed, however long it lasts. */
static enum watch_state
judge_gap(struct watch *watch, int64_t off_us, int64_t steady_us)
{
	const int64_t passed_us = steady_us - watch->since_us;
	const int64_t part_us =
	    watch->state == WATCH_RIGHT ? passed_us / FOLLOW_PART : 0;

	if (off_us > watch->bound_us + part_us ||
	    off_us < -watch->bound_us - part_us)
		return WATCH_LEAPT;
	/* Not more often, or the parts would be rounded away. */
	if (passed_us < SECOND_US)
		return WATCH_RIGHT;
	believe(watch, watch->gap_us + between(-part_us, off_us, part_us),
	    steady_us);
	return WATCH_RIGHT;
}

static enum watch_state
judge(struct watch *watch, const struct watch_clocks *now, int64_t *ret_off_us)
{
	const int64_t gap_us = now->wall_us - now->steady_us;

	if (!watch->is_known &&
	    now->wall_us < watch->last_us - watch->bound_us) {
		*ret_off_us = now->wall_us - watch->last_us;
		return WATCH_BEHIND;
	}
	if (!watch->is_known)
		believe(watch, gap_us, now->steady_us);
	*ret_off_us = gap_us - watch->gap_us;
	return judge_gap(watch, *ret_off_us, now->steady_us);
}

/* Once for each change. */
static void
say(enum watch_state before, enum watch_state state, int64_t off_us)
{
	static const char *const events[] = {
		[WATCH_RIGHT] = "clock.right",
		[WATCH_LEAPT] = "clock.leapt",
		[WATCH_BEHIND] = "clock.behind",
	};

	if (state != before)
		LOG(state == WATCH_RIGHT ? LOG_INFO : LOG_ERROR, events[state],
		    LOG_N("seconds", off_us / SECOND_US));
}

static enum watch_state
look(struct watch *watch, struct watch_clocks *now, int64_t *ret_off_us)
{
	const enum watch_state before = watch->state;

	watch->read(watch->clock, now);
	watch->state = judge(watch, now, ret_off_us);
	say(before, watch->state, *ret_off_us);
	return watch->state;
}

enum watch_state
watch_look(struct watch *watch, int64_t *ret_off_us)
{
	struct watch_clocks now = { 0 };
	enum watch_state state = WATCH_RIGHT;
	int64_t off_us = 0;

	(void)pthread_mutex_lock(&watch->lock);
	state = look(watch, &now, &off_us);
	(void)pthread_mutex_unlock(&watch->lock);
	if (ret_off_us != NULL)
		*ret_off_us = off_us;
	return state;
}

bool
watch_mark_of(struct watch *watch, struct watch_mark *ret)
{
	bool is_known = false;

	(void)pthread_mutex_lock(&watch->lock);
	is_known = watch->is_known;
	if (is_known)
		*ret = (struct watch_mark){ watch->since_us, watch->gap_us };
	(void)pthread_mutex_unlock(&watch->lock);
	return is_known;
}

void
watch_accept(struct watch *watch)
{
	struct watch_clocks now = { 0 };

	(void)pthread_mutex_lock(&watch->lock);
	watch->read(watch->clock, &now);
	believe(watch, now.wall_us - now.steady_us, now.steady_us);
	watch->state = WATCH_RIGHT;
	(void)pthread_mutex_unlock(&watch->lock);
}

void
watch_doubt(struct watch *watch, const struct watch_mark *before)
{
	(void)pthread_mutex_lock(&watch->lock);
	watch->is_known = before != NULL;
	if (before != NULL)
		believe(watch, before->gap_us, before->steady_us);
	watch->state = WATCH_LEAPT;
	(void)pthread_mutex_unlock(&watch->lock);
}

enum fail
watch_check(struct ctx *ctx)
{
	struct watch *watch = ctx->home->watch;
	struct watch_clocks now = { 0 };
	enum watch_state state = WATCH_RIGHT;
	int64_t off_us = 0;

	if (watch == NULL)
		return OK;
	(void)pthread_mutex_lock(&watch->lock);
	state = look(watch, &now, &off_us);
	(void)pthread_mutex_unlock(&watch->lock);
	if (state == WATCH_BEHIND)
		return FAIL(ctx, FAIL_BUSY, "clock.behind",
		    "the clock is %" PRId64 " s before the last entry",
		    -off_us / SECOND_US);
	if (state == WATCH_LEAPT)
		return FAIL(ctx, FAIL_BUSY, "clock.leapt",
		    "the clock has moved by %" PRId64 " s", off_us / SECOND_US);
	/* Its time was read while the clock was off. */
	if (ctx->now_us > now.wall_us + watch->bound_us)
		return FAIL(ctx, FAIL_BUSY, "clock.leapt",
		    "the clock was put right after this began");
	return OK;
}
