#include "notify/post.h"

#include "core/arena.h"
#include "core/file.h"
#include "core/home.h"
#include "jobs/jobs.h"
#include "notify/follow.h"
#include "notify/option.h"

#define FILE_MAX ((size_t)1 << 20)

static const char owner[] = "notify";

struct post *
post_of(const struct home *home)
{
	return home_state(home, owner);
}

/* In the leader of a batch: one wake is enough until the plan has looked. */
static void
news(void *arg)
{
	const struct home *home = arg;
	struct post *post = post_of(home);

	if (!atomic_exchange(&post->is_woken, true))
		jobs_wake(home->jobs, JOB_QUICK);
}

/* The program's templates, then the office's own. */
static enum fail
read_book(struct ctx *ctx, struct post *post)
{
	const char *path =
	    option_text(ctx->home, &notify_option_table[NOTIFY_LETTERS_FILE]);
	struct book *book = book_new(post->arena);
	struct bytes file = { 0 };

	for (const struct embedded *one = notify_letters; one->name != NULL;
	     one++)
		TRY(book_read(ctx, book, (struct bytes){ one->at, one->len }));
	if (*path != '\0') {
		TRY(file_read(ctx, path, FILE_MAX, &file));
		TRY(book_read(ctx, book, file));
	}
	TRY(book_whole(ctx, book));
	post->book = book;
	return OK;
}

enum fail
post_open(struct ctx *ctx)
{
	struct arena *arena = arena_new(0);
	struct post *post = ARENA_NEW(arena, struct post);

	post->arena = arena;
	(void)pthread_mutex_init(&post->lock, NULL);
	home_keep(ctx->home, owner, post);
	TRY(read_book(ctx, post));
	if (ctx->home->events == NULL || ctx->home->jobs == NULL)
		return OK;
	post->start = event_now(ctx->home);
	event_listen(ctx->home->events, news, ctx->home);
	jobs_plan(ctx->home->jobs, JOB_QUICK, follow_plan);
	return OK;
}

void
post_close(struct home *home)
{
	struct post *post = post_of(home);

	if (post == NULL)
		return;
	home_keep(home, owner, NULL);
	(void)pthread_mutex_destroy(&post->lock);
	arena_free(post->arena);
}
