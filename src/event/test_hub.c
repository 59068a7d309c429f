#include "app/t_app.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "event/event.h"
#include "event/hub.h"
#include "event/slice.h"
#include "http/http.h"
#include "ledger/ledger.h"
#include "store/query.h"

/*
 * Streams from the socket's end: a server with the routes of events and one
 * slice whose things may be read where reports may.
 */
#define PATIENCE_S 120
#define MANY 20000

static enum fail
may_see_unit(struct ctx *ctx, const struct event *event, bool *ret)
{
	*ret = access_may(ctx, "report.read", event->unit);
	return OK;
}

static const struct event_kind kinds[] = {
	{ "vn.truc.thing.touched", "thing", NULL, NULL, may_see_unit },
	{ 0 },
};
static const struct route *const no_routes[] = { NULL };
static const struct slice things = { .name = "thing",
	.routes = no_routes,
	.grants =
	    (const struct grant[]){ { "report.read", ROLE_CLERK }, { 0 } },
	.events = kinds };
static const struct slice *const slices[] = { &event_slice, &things, NULL };

/* ---- a server ----------------------------------------------------------- */

struct world {
	int port;
};
static struct engine *engine; /* of the test that runs */

static void
end_world(void *object)
{
	struct t *t = object;
	event_hub_stop(t->home.event_hub);
	engine_stop(engine);
	engine = NULL;
	event_hub_free(t->home.event_hub);
	events_close(t->home.events);
	ledger_close(t->home.ledger);
}

static void
begin(struct t *t, struct world *world, struct event_hub_options options)
{
	const struct engine_options with = {
		.listen = "127.0.0.1:0",
		.workers = 2,
		.body_seconds = 3600, /* for who reads later */
		.handle = dispatch_handle,
		.arg = &t->home,
	};

	t_app(t, slices);
	t_ok(&t->ctx, ledger_open(&t->ctx, &t->home.ledger));
	t_ok(&t->ctx, events_open(&t->ctx, &t->home.events));
	t_ok(&t->ctx, event_hub_start(&t->ctx, &options, &t->home.event_hub));
	t_ok(&t->ctx, engine_start(&t->ctx, &with, &engine, &world->port));
	t_defer(t, end_world, t);
}

struct touching {
	int64_t unit;
	int first;
	int count;
};

static enum fail
touch_many(struct ctx *ctx, void *arg)
{
	const struct touching *touching = arg;

	for (int i = 0; i < touching->count; i++)
		TRY(event_emit(ctx, "vn.truc.thing.touched",
		    arena_printf(ctx->arena, "%d", touching->first + i),
		    touching->unit));
	return OK;
}

static void
touch(struct t *t, int64_t unit, int first, int count)
{
	struct touching touching = { unit, first, count };

	t->ctx.actor = &access_system;
	t_ok(&t->ctx, t_unit(t, touch_many, &touching));
	t->ctx.actor = NULL;
}

/* ---- a reader ----------------------------------------------------------- */

struct stream {
	FILE *file;
	char line[2000];
};

/* HTTP/1.0, so that there are no chunks; room 0: as the kernel likes; after "":
 * from now on. */
static void
follow_from(const struct world *world, const struct t_person *person,
    struct stream *stream, int room, const char *after)
{
	const struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)world->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const struct timeval patience = { .tv_sec = PATIENCE_S };
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char request[400];

	assert_true(fd >= 0);
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
	    sizeof(patience));
	if (room > 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room,
		    sizeof(room));
	assert_int_equal(connect(fd, (const struct sockaddr *)&at, sizeof(at)),
	    0);
	snprintf(request, sizeof(request),
	    "GET /api/v1/events/stream HTTP/1.0\r\nAuthorization: %s\r\n"
	    "Last-Event-ID: %s\r\n\r\n",
	    person->bearer, after);
	assert_int_equal(send(fd, request, strlen(request), MSG_NOSIGNAL),
	    (ssize_t)strlen(request));
	stream->file = fdopen(fd, "r");
	assert_non_null(stream->file);
}

static void
follow(const struct world *world, const struct t_person *person,
    struct stream *stream, int room)
{
	follow_from(world, person, stream, room, "");
}

/* The next line with this beginning; false at the end of the stream. */
static bool
next(struct stream *stream, const char *start)
{
	while (
	    fgets(stream->line, sizeof(stream->line), stream->file) != NULL) {
		stream->line[strcspn(stream->line, "\r\n")] = '\0';
		if (text_starts(stream->line, start))
			return true;
	}
	assert_true(feof(stream->file)); /* not: nothing came in time */
	return false;
}

static void
sees(struct stream *stream, int object)
{
	char wanted[60];

	assert_true(next(stream, "data: "));
	snprintf(wanted, sizeof(wanted), "\"object_id\":\"%d\"", object);
	assert_non_null(strstr(stream->line, wanted));
}

/* Its greeting is there: it waits. */
static void
greeted(struct stream *stream)
{
	assert_true(next(stream, "HTTP/1.1 200 "));
	assert_true(next(stream, "X-Accel-Buffering: no"));
	assert_true(next(stream, "retry: "));
	assert_true(next(stream, "id: "));
}

/* ---- tests -------------------------------------------------------------- */

static struct t_person clerk = { .login = "clerk", .role = "clerk", .unit = 7 };
static struct t_person other = { .login = "other", .role = "clerk", .unit = 8 };

static void
each_sees_what_is_its_own(void **state)
{
	struct t *t = *state;
	struct world world = { 0 };
	struct stream first = { 0 };
	struct stream second = { 0 };

	begin(t, &world, (struct event_hub_options){ .heartbeat_s = 1 });
	t_person(t, &clerk);
	t_person(t, &other);
	follow(&world, &clerk, &first, 0);
	follow(&world, &other, &second, 0);
	greeted(&first);
	greeted(&second);
	touch(t, 7, 1, 1);
	sees(&first, 1);
	/* The place moves over what may not be seen: a heartbeat says so. */
	assert_true(next(&second, "id: "));
	assert_string_equal(second.line, "id: 0.1");
	touch(t, 8, 2, 1);
	assert_true(next(&second, "id: "));
	assert_string_equal(second.line, "id: 0.2");
	sees(&second, 2);
	/* After that heartbeats say nothing new. */
	assert_true(next(&second, ":"));
	assert_string_equal(second.line, ":");
	(void)fclose(first.file);
	(void)fclose(second.file);
}

/*
 * The newest row is removed beside the program: nobody can reach the end.  It is
 * tried again now and then, not all the time, and goes on when there is a way.
 */
static void
a_place_without_a_way_on_is_tried_now_and_then(void **state)
{
	static const struct store_query remove = { .name = "test_remove",
		.sqlite = "DELETE FROM event WHERE number = 3" };
	struct t *t = *state;
	struct world world = { 0 };
	struct stream stream = { 0 };
	int64_t changed = 0;
	int64_t before = 0;

	begin(t, &world, (struct event_hub_options){ .heartbeat_s = 1 });
	t_person(t, &clerk);
	touch(t, 7, 1, 3);
	t_fresh(t);
	t_ok(&t->ctx, tx_begin(&t->ctx, TX_WRITE));
	t_ok(&t->ctx,
	    tx_end(&t->ctx, store_change(&t->ctx, &remove, NULL, &changed)));
	assert_int_equal(changed, 1);
	follow_from(&world, &clerk, &stream, 0, "0.0");
	greeted(&stream);
	sees(&stream, 1);
	sees(&stream, 2);
	before = event_hub_rounds(t->home.event_hub);
	for (int beats = 0; beats < 3; beats++)
		assert_true(next(&stream, ":"));
	/* A few a second, however fast the machine is. */
	assert_true(event_hub_rounds(t->home.event_hub) - before < 60);
	touch(t, 7, 4, 1);
	sees(&stream, 4);
	(void)fclose(stream.file);
}

/* It keeps its place in the order; the events stay where they are. */
static void
a_slow_reader_loses_nothing_and_holds_nobody_up(void **state)
{
	struct t *t = *state;
	struct world world = { 0 };
	struct stream slow = { 0 };
	struct stream quick = { 0 };

	begin(t, &world, (struct event_hub_options){ 0 });
	t_person(t, &clerk);
	follow(&world, &clerk, &slow, 4096);
	follow(&world, &clerk, &quick, 0);
	greeted(&quick);
	touch(t, 7, 0, MANY);
	for (int i = 0; i < MANY; i++)
		sees(&quick, i);
	touch(t, 7, MANY, 1);
	sees(&quick, MANY);
	greeted(&slow);
	for (int i = 0; i <= MANY; i++)
		sees(&slow, i);
	(void)fclose(slow.file);
	(void)fclose(quick.file);
}

static enum fail
revoke_token(struct ctx *ctx, void *arg)
{
	struct token *tokens = NULL;
	size_t count = 0;

	(void)arg;
	ctx->actor = &access_system;
	TRY(token_list(ctx, clerk.id, &tokens, &count));
	return token_revoke(ctx, tokens[0].id);
}

static enum fail
disable(struct ctx *ctx, void *arg)
{
	(void)arg;
	ctx->actor = &access_system;
	return person_disable(ctx, clerk.id);
}

static enum fail
revoke_position(struct ctx *ctx, void *arg)
{
	(void)arg;
	ctx->actor = &access_system;
	return position_revoke(ctx, clerk.id, 7, "clerk");
}

static void
ends_after(struct t *t, enum fail (*run)(struct ctx *ctx, void *arg))
{
	struct world world = { 0 };
	struct stream stream = { 0 };
	struct stream neighbour = { 0 };

	begin(t, &world, (struct event_hub_options){ 0 });
	t_person(t, &clerk);
	t_person(t, &other);
	follow(&world, &clerk, &stream, 0);
	follow(&world, &other, &neighbour, 0);
	greeted(&stream);
	greeted(&neighbour);
	t_ok(&t->ctx, t_unit(t, run, NULL));
	touch(t, 7, 1, 1);
	assert_false(next(&stream, "data: "));
	touch(t, 8, 2, 1);
	sees(&neighbour, 2);
	(void)fclose(stream.file);
	(void)fclose(neighbour.file);
}

static void
a_revoked_token_ends_its_stream(void **state)
{
	ends_after(*state, revoke_token);
}

static void
a_disabled_person_is_cut_off(void **state)
{
	ends_after(*state, disable);
}

static void
a_revoked_position_shows_nothing_more(void **state)
{
	struct t *t = *state;
	struct world world = { 0 };
	struct stream stream = { 0 };

	begin(t, &world, (struct event_hub_options){ .heartbeat_s = 1 });
	t_person(t, &clerk);
	follow(&world, &clerk, &stream, 0);
	greeted(&stream);
	touch(t, 7, 1, 1);
	sees(&stream, 1);
	t_ok(&t->ctx, t_unit(t, revoke_position, NULL));
	touch(t, 7, 2, 1);
	/* Not the event, but that the place has moved. */
	assert_true(next(&stream, "id: "));
	assert_string_equal(stream.line, "id: 0.2");
	assert_true(next(&stream, ":"));
	(void)fclose(stream.file);
}

static void
a_house_that_is_full_says_so(void **state)
{
	struct t *t = *state;
	struct world world = { 0 };
	struct stream first = { 0 };
	struct stream second = { 0 };
	struct stream third = { 0 };

	begin(t, &world,
	    (struct event_hub_options){ .streams_max = 2, .person_max = 1 });
	t_person(t, &clerk);
	t_person(t, &other);
	follow(&world, &clerk, &first, 0);
	greeted(&first);
	follow(&world, &clerk, &second, 0);
	assert_true(next(&second, "HTTP/1.1 503 "));
	(void)fclose(second.file);
	follow(&world, &other, &second, 0);
	greeted(&second);
	assert_int_equal(event_hub_count(t->home.event_hub), 2);
	follow(&world, &other, &third, 0);
	assert_true(next(&third, "HTTP/1.1 503 "));
	assert_true(next(&third, "Retry-After: "));
	(void)fclose(first.file);
	(void)fclose(second.file);
	(void)fclose(third.file);
}

/* ---- many at once ------------------------------------------------------- */

#define FOLLOWERS 32
#define WRITERS 8
#define ROUNDS 25

struct follower {
	struct stream stream;
	int count; /* events seen */
	bool in_order;
	pthread_t thread;
};

/* Until the last one, numbered -1; threads never assert. */
static void *
count_events(void *arg)
{
	struct follower *follower = arg;
	struct stream *stream = &follower->stream;
	int64_t last = 0;

	follower->in_order = true;
	while (
	    fgets(stream->line, sizeof(stream->line), stream->file) != NULL) {
		long long number = 0;

		if (sscanf(stream->line, "id: 0.%lld", &number) == 1) {
			follower->in_order &= number == last + 1 || number == 0;
			last = number;
		}
		if (strncmp(stream->line, "data: ", 6) != 0)
			continue;
		follower->count++;
		if (strstr(stream->line, "\"object_id\":\"-1\"") != NULL)
			break;
	}
	return NULL;
}

struct writer {
	struct t *t;
	int number;
	enum fail got;
	pthread_t thread;
};

static void *
write_rounds(void *arg)
{
	struct writer *writer = arg;

	for (int i = 0; i < ROUNDS && writer->got == OK; i++) {
		struct arena *arena = arena_new(0);
		struct touching touching = { 7, writer->number * 1000 + i, 1 };
		struct ctx ctx;

		ctx_init(&ctx, arena, &writer->t->home);
		writer->got = tx_begin(&ctx, TX_WRITE);
		if (writer->got == OK)
			writer->got = tx_end(&ctx, touch_many(&ctx, &touching));
		arena_free(arena);
	}
	return NULL;
}

static void
many_streams_see_every_event_once_in_order(void **state)
{
	static struct follower followers[FOLLOWERS];
	struct t *t = *state;
	struct world world = { 0 };
	struct writer writers[WRITERS];

	begin(t, &world, (struct event_hub_options){ .person_max = FOLLOWERS });
	t_person(t, &clerk);
	memset(followers, 0, sizeof(followers));
	for (size_t i = 0; i < FOLLOWERS; i++) {
		follow(&world, &clerk, &followers[i].stream, 0);
		assert_true(next(&followers[i].stream, "retry: "));
		assert_int_equal(pthread_create(&followers[i].thread, NULL,
				     count_events, &followers[i]),
		    0);
	}
	for (int i = 0; i < WRITERS; i++) {
		writers[i] = (struct writer){ .t = t, .number = i };
		assert_int_equal(pthread_create(&writers[i].thread, NULL,
				     write_rounds, &writers[i]),
		    0);
	}
	for (size_t i = 0; i < WRITERS; i++) {
		(void)pthread_join(writers[i].thread, NULL);
		assert_int_equal(writers[i].got, OK);
	}
	touch(t, 7, -1, 1);
	for (size_t i = 0; i < FOLLOWERS; i++) {
		(void)pthread_join(followers[i].thread, NULL);
		assert_true(followers[i].in_order);
		assert_int_equal(followers[i].count, WRITERS * ROUNDS + 1);
		(void)fclose(followers[i].stream.file);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(each_sees_what_is_its_own),
		t_test(a_place_without_a_way_on_is_tried_now_and_then),
		t_test(a_slow_reader_loses_nothing_and_holds_nobody_up),
		t_test(a_revoked_token_ends_its_stream),
		t_test(a_disabled_person_is_cut_off),
		t_test(a_revoked_position_shows_nothing_more),
		t_test(a_house_that_is_full_says_so),
		t_test(many_streams_see_every_event_once_in_order),
	};

	return t_run(tests);
}
