#include "cli/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/arena.h"
#include "core/bytes.h"
#include "core/day.h"
#include "core/file.h"
#include "core/log.h"
#include "core/num.h"
#include "core/option.h"
#include "core/text.h"
#include "core/watch.h"
#include "ledger/ledger.h"

/* Which run of the machine this is. */
#define RUN_FILE "/proc/sys/kernel/random/boot_id"
#define RUN_MAX 64
#define MARK_MAX 256
#define SECONDS_MAX INT64_C(4102444800)

/* What a test hands in; false if it cannot be read. */
static bool
read_file(const char *path, struct watch_clocks *ret, bool *ret_both)
{
	char text[64] = { 0 };
	FILE *file = fopen(path, "re");
	char *second = NULL;
	int64_t wall = 0;
	int64_t steady = 0;

	if (file == NULL)
		return false;
	if (fgets(text, sizeof(text), file) != NULL)
		text[strcspn(text, "\n")] = '\0';
	fclose(file);
	second = strchr(text, ' ');
	if (second != NULL)
		*second++ = '\0';
	if (!num_parse(text, 0, SECONDS_MAX, &wall) ||
	    (second != NULL && !num_parse(second, 0, SECONDS_MAX, &steady)))
		return false;
	*ret = (struct watch_clocks){ wall * SECOND_US, steady * SECOND_US };
	*ret_both = second != NULL;
	return true;
}

int64_t
clock_now(void *clock)
{
	const struct folder_clock *at = clock;
	struct watch_clocks given = { 0 };
	bool both = false;

	if (at->file == NULL)
		return time_now_us() + at->offset_us;
	return read_file(at->file, &given, &both) ? given.wall_us
						  : time_now_us();
}

static void
read_both(void *clock, struct watch_clocks *ret)
{
	const struct folder_clock *at = clock;
	bool both = false;

	*ret = (struct watch_clocks){ time_now_us(), time_boot_us() };
	if (at->file != NULL)
		(void)read_file(at->file, ret, &both);
}

static bool
is_watched(const struct folder_clock *clock)
{
	struct watch_clocks given = { 0 };
	bool both = false;

	return clock->file == NULL ||
	       (read_file(clock->file, &given, &both) && both);
}

/* ---- DIR/clock: the run of the machine, the mark, the time accepted ---- */

struct kept {
	bool is_of_this_run;
	struct watch_mark mark;
	int64_t accepted_us; /* a last entry that was accepted; 0: none */
};

static const char *
path_of(const struct ctx *ctx)
{
	return arena_printf(ctx->arena, "%s/clock", ctx->home->data_dir);
}

/* "-" where the system does not say: then no mark is of this run. */
static const char *
this_run(struct ctx *ctx)
{
	char text[RUN_MAX] = "";
	FILE *file = fopen(RUN_FILE, "re");

	/* Not file_read: such a file has no size. */
	if (file == NULL)
		return "-";
	if (fgets(text, sizeof(text), file) == NULL)
		text[0] = '\0';
	fclose(file);
	text[strcspn(text, " \n")] = '\0';
	return text[0] == '\0' ? "-" : arena_text(ctx->arena, text);
}

static bool
parse(struct ctx *ctx, const char *text, struct kept *ret)
{
	const char *run = this_run(ctx);
	struct kept kept = { 0 };
	const char *const *words = NULL;
	size_t count = 0;

	words = text_split(ctx->arena,
	    arena_text_n(ctx->arena, text, strcspn(text, "\n")), ' ', &count);
	if (count != 4 ||
	    !num_parse(words[1], 0, INT64_MAX / 4, &kept.mark.steady_us) ||
	    !num_parse(words[2], -INT64_MAX / 4, INT64_MAX / 4,
		&kept.mark.gap_us) ||
	    !num_parse(words[3], 0, INT64_MAX / 4, &kept.accepted_us))
		return false;
	kept.is_of_this_run = text_equal(words[0], run) && *run != '-';
	*ret = kept;
	return true;
}

/* One that is damaged is as good as none: the ledger is asked instead. */
static enum fail
read_kept(struct ctx *ctx, struct kept *ret)
{
	const char *path = path_of(ctx);
	struct bytes text = { 0 };

	*ret = (struct kept){ 0 };
	if (!file_exists(path))
		return OK;
	TRY(file_read(ctx, path, MARK_MAX, &text));
	if (!parse(ctx, (const char *)text.at, ret))
		LOG(LOG_WARN, "clock.unread", LOG_T("file", path));
	return OK;
}

static enum fail
keep(struct ctx *ctx, int64_t accepted_us)
{
	struct watch_mark mark = { 0 };

	if (!watch_mark_of(ctx->home->watch, &mark))
		return OK;
	return file_write(ctx, path_of(ctx),
	    bytes_of_text(arena_printf(ctx->arena,
		"%s %" PRId64 " %" PRId64 " %" PRId64 "\n", this_run(ctx),
		mark.steady_us, mark.gap_us, accepted_us)),
	    0600);
}

enum fail
clock_watch(struct ctx *ctx, bool by_ledger)
{
	struct home *home = ctx->home;
	const int64_t last_us = ledger_last_us(home->ledger);
	struct watch_clocks now = { 0 };
	struct kept kept = { 0 };

	clock_unwatch(home);
	if (!is_watched(home->clock))
		return OK;
	TRY(read_kept(ctx, &kept));
	read_both(home->clock, &now);
	home->watch = watch_new(read_both, home->clock,
	    option_int(home, &core_options[CORE_CLOCK_STEP]) * SECOND_US);
	if (kept.is_of_this_run && kept.mark.steady_us <= now.steady_us)
		watch_go_on(home->watch, &kept.mark);
	/* An entry's time is never before the last one's, so one that was
	 * accepted stays the last one's until the clock has come so far. */
	if (by_ledger && kept.accepted_us != last_us)
		watch_not_before(home->watch, last_us);
	return OK;
}

void
clock_unwatch(struct home *home)
{
	watch_free(home->watch);
	home->watch = NULL;
}

enum fail
clock_take(struct ctx *ctx, const char *file)
{
	struct folder_clock *clock = ctx->home->clock;
	struct kept kept = { 0 };

	clock->file = file;
	TRY(clock_watch(ctx, true));
	if (ctx->home->watch == NULL)
		return OK;
	TRY(read_kept(ctx, &kept));
	if (kept.is_of_this_run ||
	    watch_look(ctx->home->watch, NULL) != WATCH_RIGHT)
		return OK;
	return keep(ctx, kept.accepted_us);
}

enum fail
clock_accept(struct ctx *ctx)
{
	watch_accept(ctx->home->watch);
	return keep(ctx, ledger_last_us(ctx->home->ledger));
}
