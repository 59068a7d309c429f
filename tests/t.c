#include "t.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/fail.h"
#include "core/log.h"
#include "core/text.h"

/* What a test holds besides its unit of work. */
struct whole {
	struct t t;
	struct arena *lasting; /* until teardown */
	const char *folder;
};

static int64_t
test_clock(void *clock)
{
	const struct t *t = clock;

	return t->clock_us;
}

int
t_setup(void **state)
{
	struct arena *lasting = arena_new(0);
	struct whole *whole = ARENA_NEW(lasting, struct whole);
	struct t *t = &whole->t;

	log_set_level(LOG_ERROR);
	whole->lasting = lasting;
	t->clock_us = INT64_C(1752544800000000);
	t->home.now_us = test_clock;
	t->home.clock = t;
	random_seed(&t->random, 1);
	(void)t_fresh(t);
	*state = t;
	return 0;
}

int
t_teardown(void **state)
{
	struct whole *whole = *state;

	arena_free(whole->t.arena);
	arena_free(whole->lasting);
	return 0;
}

void
t_defer(struct t *t, void (*end)(void *object), void *object)
{
	arena_defer(((struct whole *)t)->lasting, end, object);
}

struct ctx *
t_fresh(struct t *t)
{
	const struct actor *actor = t->ctx.actor;

	arena_free(t->arena);
	t->arena = arena_new(0);
	ctx_init(&t->ctx, t->arena, &t->home);
	t->ctx.actor = actor;
	t->ctx.random = &t->random;
	t->ctx.faults = &t->faults;
	t->ctx.request_id = 1;
	return &t->ctx;
}

int
t_rounds(int in_short, int in_long)
{
	return getenv("TRUC_TEST_LONG") != NULL ? in_long : in_short;
}

void
t_fail(const char *format, ...)
{
	char out[1024];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(out, sizeof(out), format, args);
	va_end(args);
	print_error("%s\n", out);
	_fail(__FILE__, __LINE__);
	abort(); /* _fail jumped away, but does not say so */
}

void
t_ok_at(struct ctx *ctx, enum fail got, const char *expr, const char *file,
    int line)
{
	const struct failure *failure = &ctx->failure;

	if (got == OK)
		return;
	print_error("%s failed: %s \"%s\" at %s:%d: %s\n", expr, fail_name(got),
	    failure->code == NULL ? "" : failure->code,
	    failure->file == NULL ? "?" : failure->file, failure->line,
	    failure->message == NULL ? "" : failure->message);
	for (const struct fail_field *f = failure->fields; f != NULL;
	     f = f->next)
		print_error("  %s \"%s\": %s\n", f->pointer, f->code,
		    f->message);
	_fail(file, line);
}

void
t_fails_at(struct ctx *ctx, enum fail got, enum fail kind, const char *code,
    const char *expr, const char *file, int line)
{
	const struct failure *failure = &ctx->failure;
	const bool coded = text_equal(failure->code, code);

	if (got != kind || failure->kind != kind || !coded) {
		print_error("%s: wanted %s \"%s\", got %s \"%s\": %s\n", expr,
		    fail_name(kind), code, fail_name(got),
		    failure->code == NULL ? "" : failure->code,
		    failure->message == NULL ? "" : failure->message);
		_fail(file, line);
	}
	fail_clear(ctx);
}

static int
remove_one(const char *path, const struct stat *about, int kind,
    struct FTW *walk)
{
	(void)about;
	(void)kind;
	(void)walk;
	return remove(path);
}

static void
folder_end(void *object)
{
	(void)nftw(object, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

const char *
t_folder(struct t *t)
{
	struct whole *whole = (struct whole *)t;
	char *folder = NULL;

	if (whole->folder != NULL)
		return whole->folder;
	folder = arena_text(whole->lasting, "/tmp/truc-test-XXXXXX");
	if (mkdtemp(folder) == NULL)
		t_fail("no temporary folder");
	t_defer(t, folder_end, folder);
	whole->folder = folder;
	return folder;
}
