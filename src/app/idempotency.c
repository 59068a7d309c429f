#include "app/idempotency.h"

#include <assert.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "app/idempotency.sql.h"
#include "app/option.h"
#include "core/arena.h"
#include "people/access.h"
#include "people/mac.h"

#define RUNNING_MAX 2048 /* more than the engine has unanswered */
#define FORGET_AT_ONCE 2 /* old answers removed for each new one */

struct running {
	pthread_mutex_t lock;
	size_t count;
	struct digest names[RUNNING_MAX];
};

struct running *
running_new(void)
{
	struct running *running = calloc(1, sizeof(*running));

	assert(running != NULL);
	pthread_mutex_init(&running->lock, NULL);
	return running;
}

void
running_free(struct running *running)
{
	if (running == NULL)
		return;
	pthread_mutex_destroy(&running->lock);
	free(running);
}

static int64_t
life_us(const struct home *home)
{
	return option_int(home, &app_option_table[APP_IDEMPOTENCY_LIFE]) *
	       1000000;
}

/* One name for a person's key. */
static struct digest
name_of(const struct ctx *ctx, const struct call *call)
{
	const int64_t person = ctx->actor->person;
	const struct bytes pieces[] = {
		{ (const uint8_t *)&person, sizeof(person) },
		bytes_of_text(call->key),
	};

	return digest_of_pieces(pieces, ARRAY_SIZE(pieces));
}

/* Its place, or count. */
static size_t
place_of(const struct running *running, const struct digest *name)
{
	size_t i = 0;

	while (i < running->count &&
	       memcmp(&running->names[i], name, sizeof(*name)) != 0)
		i++;
	return i;
}

static bool
running_enter(struct running *running, const struct digest *name)
{
	pthread_mutex_lock(&running->lock);
	const bool is_free = running->count < RUNNING_MAX &&
			     place_of(running, name) == running->count;

	if (is_free)
		running->names[running->count++] = *name;
	pthread_mutex_unlock(&running->lock);
	return is_free;
}

static bool
key_is_good(const char *key)
{
	const size_t len = strlen(key);

	if (len < 1 || len > IDEMPOTENCY_KEY_MAX)
		return false;
	for (size_t i = 0; i < len; i++)
		if (key[i] < ' ' || key[i] > '~')
			return false;
	return true;
}

/* What makes two requests the same one. */
static struct digest
request_digest(struct ctx *ctx, const struct http_request *request)
{
	const char *head = arena_printf(ctx->arena, "%s %s?%s\n",
	    request->method, request->path, request->query);
	const struct bytes pieces[] = { bytes_of_text(head), request->body };

	return digest_of_pieces(pieces, ARRAY_SIZE(pieces));
}

enum fail
idempotency_enter(struct ctx *ctx, struct call *call, struct running *running)
{
	const struct route *route = call->match.route;
	const char *key = call_header(call, "Idempotency-Key");

	if (key == NULL || route->method != POST || ctx->actor == NULL ||
	    (route->flags & ROUTE_NO_IDEMPOTENCY) != 0)
		return OK;
	if (!key_is_good(key))
		return FAIL(ctx, FAIL_INVALID, "idempotency.key",
		    "not 1 to %d printable characters", IDEMPOTENCY_KEY_MAX);
	call->key = key;
	call->key_name = name_of(ctx, call);
	if (!running_enter(running, &call->key_name)) {
		call->key = NULL;
		return FAIL(ctx, FAIL_BUSY, "idempotency.running",
		    "a request with this key has not ended");
	}
	call->key_digest = request_digest(ctx, call->request);
	return OK;
}

/* Whose key it is may not be known any more: the session may have ended while the
 * request waited for its turn. */
void
idempotency_leave(const struct call *call, struct running *running)
{
	if (call->key == NULL)
		return;
	pthread_mutex_lock(&running->lock);
	const size_t at = place_of(running, &call->key_name);

	assert(at < running->count);
	running->names[at] = running->names[--running->count];
	pthread_mutex_unlock(&running->lock);
}

/* By which it is one that this program kept (people/mac.h). */
static struct digest
mac_of(struct ctx *ctx, const struct sql_kept_answer_find *row)
{
	struct mac mac;

	mac_begin(ctx, &mac, "kept_answer");
	mac_int(&mac, row->person);
	mac_text(&mac, row->key);
	mac_bytes(&mac, row->digest);
	mac_int(&mac, row->at);
	mac_int(&mac, row->status);
	mac_text(&mac, row->type);
	mac_text(&mac, row->etag);
	mac_text(&mac, row->location);
	mac_bytes(&mac, row->body);
	return mac_end(&mac);
}

static enum fail
check_row(struct ctx *ctx, const struct sql_kept_answer_find *row)
{
	const struct digest mac = mac_of(ctx, row);

	if (mac_is(row->mac, &mac))
		return OK;
	return FAIL(ctx, FAIL_INTERNAL, "idempotency.edited",
	    "the answer kept for person %" PRId64 " is not what was kept",
	    row->person);
}

/* As it is kept now, but for its MAC. */
static struct sql_kept_answer_find
row_of(const struct ctx *ctx, const struct call *call)
{
	return (struct sql_kept_answer_find){
		.person = ctx->actor->person,
		.key = call->key,
		.digest = digest_bytes(&call->key_digest),
		.at = ctx->now_us,
		.status = call->status,
		.type = call->type == NULL ? "" : call->type,
		.etag = call->etag,
		.location = call_answered_header(call, "Location"),
		.body = call->content,
	};
}

enum fail
idempotency_find(struct ctx *ctx, struct call *call)
{
	struct sql_kept_answer_find *row = NULL;

	TRY(sql_kept_answer_find(ctx, ctx->actor->person, call->key,
	    ctx->now_us - life_us(ctx->home), &row));
	if (row == NULL)
		return OK;
	/* Not as if there were none: the act would be done again. */
	TRY(check_row(ctx, row));
	if (!bytes_equal(row->digest, digest_bytes(&call->key_digest)))
		return FAIL(ctx, FAIL_CONFLICT, "idempotency.reused",
		    "the key belongs to another request");
	call->is_replayed = true;
	call->status = (int)row->status;
	call->type = row->type[0] == '\0' ? NULL : row->type;
	call->content = row->body;
	call->etag = row->etag;
	if (row->location != NULL)
		call_answer_header(call, "Location", row->location);
	call_answer_header(call, "Idempotency-Replayed", "true");
	return OK;
}

enum fail
idempotency_keep(struct ctx *ctx, const struct call *call)
{
	const int64_t since = ctx->now_us - life_us(ctx->home);
	const struct sql_kept_answer_find row = row_of(ctx, call);
	const struct digest mac = mac_of(ctx, &row);
	int64_t changed = 0;
	const struct sql_kept_answer_put_args args = {
		.person = row.person,
		.key = row.key,
		.digest = row.digest,
		.at = row.at,
		.since = since,
		.status = row.status,
		.type = row.type,
		.etag = row.etag,
		.location = row.location,
		.body = row.body,
		.mac = digest_bytes(&mac),
	};

	TRY(sql_kept_answer_forget(ctx, since, FORGET_AT_ONCE, &changed));
	TRY(sql_kept_answer_put(ctx, &args, &changed));
	if (changed == 0)
		return FAIL(ctx, FAIL_BUSY, "idempotency.running",
		    "the key was taken meanwhile");
	return OK;
}

enum fail
idempotency_finish(struct ctx *ctx, const struct call *call)
{
	const struct sql_kept_answer_find row = row_of(ctx, call);
	const struct digest mac = mac_of(ctx, &row);
	int64_t changed = 0;

	return sql_kept_answer_finish(ctx, row.person, row.key, row.at,
	    row.body, digest_bytes(&mac), &changed);
}

/* ---- all of them --------------------------------------------------------- */

#define PAGE 100

/* look at each row; a page on an arena of its own. */
static enum fail
visit(struct ctx *ctx,
    enum fail (*look)(struct ctx *ctx, const struct sql_kept_answer_find *row),
    int64_t *ret_count)
{
	struct sql_kept_answer_find last = { .person = INT64_MIN, .key = "" };
	struct arena *outer = ctx->arena;
	struct arena *before = NULL;
	size_t count = PAGE;

	*ret_count = 0;
	while (count == PAGE) {
		struct sql_kept_answer_find *rows = NULL;
		struct arena *page = arena_child(outer);
		enum fail got = OK;

		ctx->arena = page;
		got = sql_kept_answer_page(ctx, last.person, last.key, PAGE,
		    &rows, &count);
		for (size_t i = 0; got == OK && i < count; i++)
			got = look(ctx, &rows[i]);
		ctx->arena = outer;
		/* The texts of a failure live in the page's arena. */
		TRY(got);
		if (count > 0)
			last = rows[count - 1];
		if (before != NULL)
			arena_free(before);
		before = page; /* has the last key */
		*ret_count += (int64_t)count;
	}
	return OK;
}

enum fail
idempotency_check(struct ctx *ctx, struct text *said)
{
	int64_t count = 0;

	TRY(visit(ctx, check_row, &count));
	text_addf(said, "%" PRId64 " are as they were kept", count);
	return OK;
}

static enum fail
adopt_row(struct ctx *ctx, const struct sql_kept_answer_find *row)
{
	const struct digest mac = mac_of(ctx, row);
	int64_t changed = 0;

	return sql_kept_answer_set_mac(ctx, row->person, row->key,
	    digest_bytes(&mac), &changed);
}

enum fail
idempotency_adopt(struct ctx *ctx)
{
	int64_t count = 0;

	return visit(ctx, adopt_row, &count);
}
