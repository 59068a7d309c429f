#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "app/locale.h"
#include "cli/clock.h"
#include "cli/control.h"
#include "cli/program.h"
#include "core/arena.h"
#include "core/file.h"
#include "core/metric.h"
#include "core/random.h"
#include "core/room.h"
#include "core/text.h"
#include "ledger/ledger.h"
#include "people/access.h"
#include "people/kept.h"
#include "people/people.h"
#include "store/blob.h"
#include "store/store.h"
#include "store/within.h"

struct program {
	struct home home;
	struct random random;
	struct folder_clock clock;
	int lock; /* file descriptor of DIR/lock, -1: not taken */
};

static enum fail
check_folder(struct ctx *ctx, const struct program_options *options)
{
	const char *key =
	    arena_printf(ctx->arena, "%s/ledger.key", options->data);
	const bool has_data =
	    file_exists(arena_printf(ctx->arena, "%s/truc.db", options->data));

	if (options->mode == PROGRAM_CREATE) {
		TRY(file_folder(ctx, options->data));
		if (has_data || file_exists(key))
			return FAIL(ctx, FAIL_CONFLICT, "data.not_empty",
			    "%s holds data already: name another folder",
			    options->data);
		return OK;
	}
	if (file_exists(key))
		return OK;
	/* A new key would not fit what the lost one has signed. */
	if (has_data)
		return FAIL(ctx, FAIL_NOT_FOUND, "data.key_missing",
		    "%s is missing: put it back from the copy", key);
	return FAIL(ctx, FAIL_NOT_FOUND, "data.missing",
	    "%s is no data folder; truc init --data %s makes one",
	    options->data, options->data);
}

/* The kernel lets go of it when the process ends, however it ends. */
static enum fail
take_lock(struct ctx *ctx, struct program *program, const char *data)
{
	const char *path = arena_printf(ctx->arena, "%s/lock", data);

	program->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (program->lock < 0)
		return FAIL(ctx, FAIL_INTERNAL, "file.io", "cannot open %s",
		    path);
	if (flock(program->lock, LOCK_EX | LOCK_NB) != 0)
		return FAIL(ctx, FAIL_CONFLICT, "data.locked",
		    "a server or another command is at work on %s: stop it "
		    "first, or wait until it ends",
		    data);
	return OK;
}

static enum fail
replay(struct ctx *ctx, void *arg)
{
	(void)arg;
	return slices_replay(ctx);
}

static enum fail
open_services(struct ctx *ctx, struct program *program,
    const struct program_options *options)
{
	struct home *home = &program->home;
	struct digest secret = { 0 };
	const struct store_options store = {
		.url = options->store != NULL
			   ? options->store
			   : arena_printf(ctx->arena, "sqlite:%s/truc.db",
				 options->data),
		.readers =
		    (int)option_int(home, &store_option_table[STORE_READERS]),
		.batch_units = (int)option_int(home,
		    &store_option_table[STORE_BATCH_UNITS]),
		.batch_ms =
		    (int)option_int(home, &store_option_table[STORE_BATCH_MS]),
		.reader_wait_s = (int)option_int(home,
		    &store_option_table[STORE_READER_WAIT]),
		.read_only = options->mode == PROGRAM_READ,
	};

	TRY(locale_new(ctx, locale_failures, &home->locale));
	home->metrics = metrics_new();
	home->people = people_new();
	home->room = room_new(options->data);
	/* Before anything is written: the disk may be full by now. */
	if (options->mode == PROGRAM_SERVE)
		room_reserve(home->room,
		    option_int(home, &core_options[CORE_DISK_RESERVE]));
	TRY(store_open(ctx, &store, &home->store));
	if (options->mode != PROGRAM_READ)
		TRY(blob_start(ctx));
	TRY(ledger_open(ctx, &home->ledger));
	TRY(ledger_secret(ctx, "browser", &secret));
	people_set_secret(home->people, &secret);
	if (options->mode != PROGRAM_READ)
		/* No act: whatever the clock says. */
		TRY(kept_start(ctx, &(struct kept_above){ slices_adopt,
					slices_adopt_rows, slices_tally }));
	if (options->mode == PROGRAM_WRITE)
		TRY(clock_watch(ctx, false));
	TRY(slices_open(ctx));
	return options->replay ? tx_within(ctx, TX_READ, replay, NULL) : OK;
}

enum fail
program_read_options(struct ctx *ctx, const char *data, struct options **ret)
{
	const struct option *tables[OPTION_TABLES_MAX + 1] = { NULL };
	size_t count = 0;

	for (const struct slice *const *slice = program_slices; *slice != NULL;
	     slice++) {
		const struct option *const *table = (*slice)->options;

		for (; table != NULL && *table != NULL; table++) {
			assert(count < OPTION_TABLES_MAX);
			tables[count++] = *table;
		}
	}
	return options_read(ctx, arena_printf(ctx->arena, "%s/truc.conf", data),
	    tables, ret);
}

enum fail
program_open(struct ctx *ctx, const struct program_options *options,
    struct program **ret)
{
	struct program *program = ARENA_NEW(ctx->arena, struct program);

	*ret = program; /* closed by the caller even if opening fails */
	program->lock = -1;
	random_init(&program->random);
	program->home.data_dir = options->data;
	program->home.slices = program_slices;
	program->home.now_us = clock_now;
	program->home.clock = &program->clock;
	ctx->home = &program->home;
	ctx->random = &program->random;
	ctx->actor = &access_system;
	ctx->now_us = clock_now(&program->clock);
	TRY(check_folder(ctx, options));
	TRY(program_read_options(ctx, options->data, &program->home.options));
	if (options->mode != PROGRAM_READ)
		TRY(take_lock(ctx, program, options->data));
	return open_services(ctx, program, options);
}

void
program_close(struct program *program)
{
	if (program == NULL)
		return;
	slices_close(&program->home);
	ledger_close(program->home.ledger);
	store_close(program->home.store);
	people_free(program->home.people);
	room_free(program->home.room);
	metrics_free(program->home.metrics);
	options_free(program->home.options);
	locale_free(program->home.locale);
	clock_unwatch(&program->home);
	if (program->lock >= 0)
		close(program->lock);
}

struct program_options
program_options(const struct args *args, enum program_mode mode, bool replay)
{
	return (struct program_options){
		.data = args_text(args, "data"),
		.store = args_text(args, "store"),
		.mode = mode,
		.replay = replay,
	};
}

enum fail
program_run(struct ctx *ctx, const struct args *args, enum program_mode mode,
    bool replay, enum fail (*run)(struct ctx *ctx, const struct args *args))
{
	const struct program_options options =
	    program_options(args, mode, replay);
	struct program *program = NULL;
	enum fail got = OK;

	if (ctx->home != NULL)
		return run(ctx, args); /* asked of this server */
	got = program_open(ctx, &options, &program);
	if (got == OK)
		got = run(ctx, args);
	program_close(program);
	ctx->home = NULL;
	if (got == FAIL_CONFLICT && args_command(args)->beside &&
	    text_equal(ctx->failure.code, "data.locked"))
		return control_ask(ctx, args);
	return got;
}

enum fail
program_unit(struct ctx *ctx,
    enum fail (*work)(struct ctx *ctx, const void *arg), const void *arg)
{
	struct arena *outer = ctx->arena;
	struct arena *inner = arena_child(outer);
	enum fail got = OK;

	ctx->arena = inner;
	ctx->now_us = ctx->home->now_us(ctx->home->clock);
	got = tx_begin(ctx, TX_WRITE);
	if (got == OK)
		got = tx_end(ctx, work(ctx, arg));
	ctx->arena = outer;
	/* The texts of a failure live in the unit's arena. */
	if (got == OK)
		arena_free(inner);
	return got;
}

struct saying {
	const struct args *args;
	program_work_fn *work;
	struct text *out;
};

static enum fail
say(struct ctx *ctx, const void *arg)
{
	const struct saying *saying = arg;

	return saying->work(ctx, saying->args, saying->out);
}

enum fail
program_say(struct ctx *ctx, const struct args *args, enum tx_mode mode,
    program_work_fn *work)
{
	struct text out;
	const struct saying saying = { args, work, &out };

	text_init(&out, ctx->arena);
	if (mode == TX_WRITE) {
		TRY(program_unit(ctx, say, &saying));
	} else {
		TRY(tx_begin(ctx, mode));
		TRY(tx_end(ctx, say(ctx, &saying)));
	}
	fputs(text_of(&out), args_out(args));
	return OK;
}
