#include "app/dispatch.h"

#include <assert.h>
#include <stdatomic.h>
#include <string.h>

#include "app/call.h"
#include "app/idempotency.h"
#include "app/input.h"
#include "app/locale.h"
#include "app/openapi.h"
#include "app/page.h"
#include "app/reads.h"
#include "app/respond.h"
#include "app/routes.h"
#include "app/share.h"
#include "app/static.h"
#include "app/table.h"
#include "app/visitor.h"
#include "core/arena.h"
#include "core/day.h"
#include "core/home.h"
#include "core/metric.h"
#include "core/random.h"
#include "core/room.h"
#include "core/text.h"
#include "people/access.h"
#include "store/within.h"

struct dispatch {
	struct arena *arena;
	struct routes *routes;
	struct static_files *files;
	struct locale *words;
	struct running *running;
	struct shares *shares;
	struct reads *reads;
	struct bytes openapi;
	struct network_list proxies;
	bool demo;
	atomic_bool ready;
};

enum fail
dispatch_new(struct ctx *ctx, const struct dispatch_options *options,
    struct dispatch **ret)
{
	struct arena *arena = arena_new(0);
	struct dispatch *dispatch = ARENA_NEW(arena, struct dispatch);
	const struct route *const *rows = NULL;
	size_t count = 0;
	enum fail got = OK;

	dispatch->arena = arena;
	dispatch->demo = options->demo;
	atomic_init(&dispatch->ready, false);
	dispatch->running = running_new();
	dispatch->shares = shares_new();
	dispatch->reads = reads_new();
	dispatch->routes = routes_new(arena, ctx->home->slices);
	rows = routes_list(dispatch->routes, &count);
	dispatch->openapi =
	    openapi_make(arena, dispatch->routes, ctx->home->locale);
	if (ctx->home->metrics != NULL)
		routes_measured(ctx, arena, dispatch->routes);
	got = network_parse(ctx,
	    option_text(ctx->home, &http_option_table[HTTP_PROXIES]),
	    &dispatch->proxies);
	if (got == OK)
		got = locale_new(ctx, locale_pages, &dispatch->words);
	if (got == OK)
		got = table_check(ctx, rows, count, dispatch->words);
	if (got == OK)
		got =
		    static_load(ctx, arena, options->web_dir, &dispatch->files);
	if (got != OK) {
		dispatch_free(dispatch);
		return got;
	}
	*ret = dispatch;
	return OK;
}

void
dispatch_free(struct dispatch *dispatch)
{
	if (dispatch == NULL)
		return;
	running_free(dispatch->running);
	shares_free(dispatch->shares);
	reads_free(dispatch->reads);
	locale_free(dispatch->words);
	arena_free(dispatch->arena);
}

void
dispatch_set_ready(struct dispatch *dispatch, bool ready)
{
	atomic_store(&dispatch->ready, ready);
}

bool
dispatch_is_ready(const struct dispatch *dispatch)
{
	return atomic_load(&dispatch->ready);
}

bool
dispatch_is_demo(const struct dispatch *dispatch)
{
	return dispatch->demo;
}

size_t
dispatch_body_max(const struct dispatch *dispatch)
{
	size_t count = 0;
	const struct route *const *rows = routes_list(dispatch->routes, &count);

	for (size_t i = 0; i < count; i++)
		if ((rows[i]->flags & ROUTE_BIG) != 0)
			return INPUT_BODY_BIG_MAX;
	return INPUT_BODY_MAX;
}

struct bytes
dispatch_openapi(const struct dispatch *dispatch)
{
	return dispatch->openapi;
}

/* The path is known; is the method? */
static enum fail
check_method(struct ctx *ctx, struct call *call)
{
	if (call->match.route != NULL)
		return OK;
	call->failure_status = 405;
	call_answer_header(call, "Allow", call->match.allow);
	return FAIL(ctx, FAIL_NOT_FOUND, "route.method", "only %s",
	    call->match.allow);
}

static enum fail
check_place(struct ctx *ctx, const struct call *call)
{
	const int flags = call->match.route->flags;
	const bool is_local = call->request->is_local;

	/* What is not public is not asked without TLS by operators either. */
	if (is_local ? (flags & ROUTE_PUBLIC) == 0 : (flags & ROUTE_LOCAL) != 0)
		return FAIL(ctx, FAIL_NOT_FOUND, "route.unknown",
		    "not on this listener");
	if ((flags & ROUTE_PUBLIC) == 0 &&
	    !dispatch_is_ready(ctx->home->dispatch))
		return FAIL(ctx, FAIL_BUSY, "server.starting",
		    "the ledger is still being read");
	return OK;
}

/* A list may be asked for as a table (app/table.h). */
static enum fail
handle_as_asked(struct ctx *ctx, struct call *call)
{
	const struct route *route = call->match.route;

	if (table_is_sheet(call))
		ctx->locale = visitor_reader(ctx, call);
	TRY(route->table == NULL ? route->handle(ctx, call)
				 : table_answer(ctx, call));
	assert(call->status != 0); /* every handler answers */
	return OK;
}

/* The unit of work proper, inside the row's transaction. */
static enum fail
act(struct ctx *ctx, void *arg)
{
	struct call *call = arg;
	const bool keeps = call->key != NULL && tx_is_write(ctx);

	if (keeps)
		TRY(idempotency_find(ctx, call));
	if (call->is_replayed)
		return OK;
	TRY(handle_as_asked(ctx, call));
	if (!keeps)
		return OK;
	call_render(ctx, call);
	return idempotency_keep(ctx, call);
}

/* A unit of work that holds the writer's ticket: for how long? */
static enum fail
act_timed(struct ctx *ctx, void *arg)
{
	const struct call *call = arg;
	const int64_t from_us = time_steady_us();
	const enum fail got = act(ctx, arg);

	metric_ticket(ctx->home->metrics, call->match.number,
	    time_steady_us() - from_us);
	return got;
}

static enum fail
find_kept(struct ctx *ctx, void *arg)
{
	return idempotency_find(ctx, arg);
}

static enum fail
keep(struct ctx *ctx, void *arg)
{
	return idempotency_keep(ctx, arg);
}

static enum fail
finish(struct ctx *ctx, void *arg)
{
	return idempotency_finish(ctx, arg);
}

/* Rows without a writing transaction of their own. */
static enum fail
run_reading(struct ctx *ctx, struct call *call)
{
	TRY(reads_check(ctx, call));
	if (call->key != NULL)
		TRY(tx_within(ctx, TX_READ, find_kept, call));
	if (call->is_replayed)
		return OK;
	if (call->match.route->tx == TX_READ) {
		TRY(tx_within(ctx, TX_READ, act, call));
	} else {
		TRY(handle_as_asked(ctx, call));
	}
	call_render(ctx, call);
	/* What is done is done: only a repetition would miss its answer. */
	if (call->key != NULL && tx_within(ctx, TX_WRITE, keep, call) != OK)
		fail_clear(ctx);
	return OK;
}

/* What a unit of work wrote is durable. */
static enum fail
run_written(struct ctx *ctx, struct call *call)
{
	const struct bytes early = call->content;

	if (call->is_replayed)
		return OK;
	call_render(ctx, call);
	if (call->key != NULL && !bytes_equal(early, call->content) &&
	    tx_within(ctx, TX_WRITE, finish, call) != OK)
		fail_clear(ctx);
	return OK;
}

/* After the unit of work: got is its outcome. */
static enum fail
end_run(struct ctx *ctx, struct call *call, enum fail got)
{
	if (got == OK && call->match.route->tx == TX_WRITE)
		got = run_written(ctx, call);
	idempotency_leave(call, ctx->home->dispatch->running);
	if (got == OK && call->is_replayed)
		metric_add(ctx->home->metrics, METRIC_REPLAYED, 1);
	return got;
}

static void conclude(struct ctx *ctx, struct call *call, enum fail got);

/* In a worker, when the unit that was handed over has ended. */
static bool
go_on(void *arg)
{
	struct call *call = arg;
	struct ctx *ctx = call->unit.ctx;

	conclude(ctx, call, end_run(ctx, call, call->unit.outcome));
	return true;
}

/* In the store's thread, which must not be kept: a worker does the rest. */
static void
is_done(struct tx_unit *unit)
{
	struct call *call = unit->arg;

	http_go_on(call->request->turn, go_on, call);
}

/*
 * The unit of work of a row that writes.  False: the store has it, and go_on
 * answers.  Without an engine (tests) it is run here.
 */
static bool
run_writing(struct ctx *ctx, struct call *call, enum fail *ret)
{
	if (call->request->turn == NULL) {
		*ret = tx_within(ctx, TX_WRITE, act_timed, call);
		return true;
	}
	call->unit = (struct tx_unit){
		.ctx = ctx,
		.run = act_timed,
		.arg = call,
		.done = is_done,
	};
	if (!tx_hand_over(&call->unit))
		return false;
	*ret = call->unit.outcome;
	return true;
}

/* Handle meets a failure again, with its right to know of it. */
static void
prepare(struct ctx *ctx, struct call *call)
{
	const struct route *route = call->match.route;

	if (route->prepare == NULL || route->prepare(ctx, call) == OK)
		return;
	fail_clear(ctx);
	call->prepared = NULL;
}

/* False: not answered yet. */
static bool
run_row(struct ctx *ctx, struct call *call, enum fail *ret)
{
	enum fail got = OK;

	if (call->match.route->tx == TX_WRITE)
		prepare(ctx, call);
	if (call->match.route->tx != TX_WRITE)
		got = run_reading(ctx, call);
	else if (!run_writing(ctx, call, &got))
		return false;
	*ret = end_run(ctx, call, got);
	return true;
}

/* ---- a row that has few places ---- */

/* NULL: nothing to wait for. */
static const struct route_turn *
turn_of(const struct ctx *ctx, const struct call *call)
{
	const struct route *route = call->match.route;

	if (route == NULL || route->turn != NULL)
		return route == NULL ? NULL : route->turn;
	return route->tx == TX_READ && ctx->actor != NULL ? &reads_turn : NULL;
}

static enum fail admit(struct ctx *ctx, struct call *call);

/* In a worker: its turn has come.  What was so before it waited is asked again:
 * the session may have ended. */
static bool
go_on_in_turn(void *arg)
{
	struct call *call = arg;
	struct ctx *ctx = call->ctx;
	enum fail got = OK;

	if (ctx->home->now_us != NULL)
		ctx->now_us = ctx->home->now_us(ctx->home->clock);
	ctx->actor = NULL;
	got = admit(ctx, call);
	if (got == OK)
		got = run_reading(ctx, call);
	conclude(ctx, call, end_run(ctx, call, got));
	return true;
}

/* In the thread of whoever gave up the place. */
static void
is_called(struct turnstile_turn *turn)
{
	struct call *call = turn->arg;

	http_go_on(call->request->turn, go_on_in_turn, call);
}

struct wanting {
	struct call *call;
	bool is_wanted;
};

static enum fail
ask_whether(struct ctx *ctx, void *arg)
{
	struct wanting *wanting = arg;

	return wanting->call->match.route->turn->wants(ctx, wanting->call,
	    &wanting->is_wanted);
}

static bool
wants_place(struct ctx *ctx, struct call *call)
{
	const struct route *route = call->match.route;
	struct wanting wanting = { call, false };

	if (route->turn == NULL || route->turn->wants == NULL)
		return true;
	assert(route->tx == TX_READ);
	if (tx_within(ctx, TX_READ, ask_whether, &wanting) == OK)
		return wanting.is_wanted;
	fail_clear(ctx);
	return false;
}

/* False: it waits. */
static bool
run_in_turn(struct ctx *ctx, struct call *call, enum fail *ret)
{
	call->ctx = ctx;
	call->turn = (struct turnstile_turn){
		.called = call->request->turn == NULL ? NULL : is_called,
		.arg = call,
	};
	if (wants_place(ctx, call) &&
	    turn_of(ctx, call)->enter(ctx, call, &call->turn))
		return false;
	return run_row(ctx, call, ret);
}

/* The answer is made, in its coding too, or it never began. */
static void
leave_turn(struct ctx *ctx, struct call *call)
{
	const struct route *route = call->match.route;

	if (route != NULL && route->turn != NULL)
		route->turn->leave(ctx, &call->turn);
	else if (call->turn.has_place)
		reads_turn.leave(ctx, &call->turn);
}

/* False: not answered yet. */
static bool
run(struct ctx *ctx, struct call *call, enum fail *ret)
{
	enum fail got =
	    idempotency_enter(ctx, call, ctx->home->dispatch->running);

	*ret = got;
	if (got != OK)
		return true;
	got = input_read(ctx, call);
	if (got != OK) {
		idempotency_leave(call, ctx->home->dispatch->running);
		*ret = got;
		return true;
	}
	return turn_of(ctx, call) == NULL ? run_row(ctx, call, ret)
					  : run_in_turn(ctx, call, ret);
}

/*
 * What is kept back for a full disk is for those who sign in and clear up.  So
 * others are refused before they write, until there is room again.
 */
static enum fail
check_room(struct ctx *ctx, const struct route *route)
{
	if (route->method == GET || (route->flags & ROUTE_SPARE) != 0 ||
	    !room_is_full(ctx->home->room))
		return OK;
	return FAIL(ctx, FAIL_BUSY, "disk.full", "the reserve is being used");
}

/* Whose request it is, and whether the row is for them. */
static enum fail
admit(struct ctx *ctx, struct call *call)
{
	const struct route *route = NULL;

	TRY(check_method(ctx, call));
	route = call->match.route;
	TRY(check_place(ctx, call));
	if ((route->flags & ROUTE_FORM) != 0)
		TRY(visitor_check_origin(ctx, call));
	TRY(visitor_find(ctx, call));
	if (route->permission != NULL)
		TRY(access_any(ctx, route->permission));
	return check_room(ctx, route);
}

/* False: not answered yet. */
static bool
handle(struct ctx *ctx, struct call *call, enum fail *ret)
{
	const struct dispatch *dispatch = ctx->home->dispatch;

	if (routes_find(dispatch->routes, ctx->arena, call->request,
		&call->match)) {
		*ret = admit(ctx, call);
		return *ret != OK || run(ctx, call, ret);
	}
	if (text_starts(call->request->path, "/api/"))
		*ret = FAIL(ctx, FAIL_NOT_FOUND, "route.unknown", "no route");
	else
		*ret = static_answer(ctx, call, dispatch->files);
	return true;
}

static void
conclude(struct ctx *ctx, struct call *call, enum fail got)
{
	struct http_response *response = call->response;

	response->owner = ctx->actor == NULL ? 0 : ctx->actor->person;
	if (got == OK)
		respond(ctx, call, response);
	else
		respond_failure(ctx, got, call, response);
	leave_turn(ctx, call);
	metric_request(ctx->home->metrics,
	    call->match.route == NULL ? SIZE_MAX : call->match.number,
	    response->status, time_steady_us() - call->started_us);
}

/* ---- a large body, of which only the head is there ---- */

struct admission_of {
	struct call *call;
	int64_t bytes;
};

static enum fail
admit_bytes(struct ctx *ctx, void *arg)
{
	const struct admission_of *of = arg;

	return of->call->match.route->bytes->admit(ctx, of->call, of->bytes);
}

static enum fail
judge(struct ctx *ctx, struct call *call, int64_t bytes,
    enum http_admission *ret)
{
	struct admission_of of = { call, bytes };
	const struct route *route = NULL;
	int64_t most = (int64_t)INPUT_BODY_MAX;

	if (!routes_find(ctx->home->dispatch->routes, ctx->arena, call->request,
		&call->match))
		return FAIL(ctx, FAIL_NOT_FOUND, "route.unknown", "no route");
	TRY(admit(ctx, call));
	route = call->match.route;
	*ret = HTTP_IN_MEMORY;
	if (route->bytes != NULL) {
		most = route->bytes->most;
		*ret = HTTP_SPOOLED;
	} else if ((route->flags & ROUTE_BIG) != 0) {
		most = (int64_t)INPUT_BODY_BIG_MAX;
	}
	if (bytes > most)
		return FAIL(ctx, FAIL_TOO_BIG, "input.too_big",
		    "%lld bytes of at most %lld", (long long)bytes,
		    (long long)most);
	if (route->bytes == NULL)
		return OK;
	TRY(tx_within(ctx, TX_READ, admit_bytes, &of));
	return share_take(ctx, ctx->home->dispatch->shares, call->request->path,
	    bytes);
}

const struct locale *
dispatch_words(const struct dispatch *dispatch)
{
	return dispatch->words;
}

const struct network_list *
dispatch_proxies(const struct dispatch *dispatch)
{
	return &dispatch->proxies;
}

struct reads *
dispatch_reads(const struct dispatch *dispatch)
{
	return dispatch->reads;
}

const struct static_files *
dispatch_files(const struct dispatch *dispatch)
{
	return dispatch->files;
}

enum fail
dispatch_inner(struct ctx *ctx, const struct call *outer, const char *address,
    struct bytes *ret)
{
	const size_t path_len = strcspn(address, "?");
	const char *query = address + path_len;
	struct http_request request = *outer->request;
	struct call *call = ARENA_NEW(ctx->arena, struct call);
	const struct route *route = NULL;
	enum fail got = OK;

	request.method = method_names[GET];
	request.raw_path = arena_text_n(ctx->arena, address, path_len);
	request.path = uri_decode(ctx->arena, address, path_len, false);
	request.query = *query == '?' ? query + 1 : query;
	request.body = (struct bytes){ 0 };
	call->request = &request;
	if (request.path == NULL ||
	    !routes_find(ctx->home->dispatch->routes, ctx->arena, &request,
		&call->match) ||
	    call->match.route == NULL)
		return FAIL(ctx, FAIL_NOT_FOUND, "route.unknown", "no route");
	route = call->match.route;
	if ((route->flags & ROUTE_LOCAL) != 0 || route->out == NULL)
		return FAIL(ctx, FAIL_NOT_FOUND, "route.unknown", "no data");
	TRY(check_place(ctx, call));
	if (route->permission != NULL)
		TRY(access_any(ctx, route->permission));
	TRY(input_read(ctx, call));
	/* It waits for nothing: with a place at once, or as one without. */
	if (route->turn != NULL && wants_place(ctx, call))
		(void)route->turn->enter(ctx, call, &call->turn);
	got = run_reading(ctx, call);
	leave_turn(ctx, call);
	TRY(got);
	*ret = call->content;
	return OK;
}

bool
dispatch(struct ctx *ctx, const struct http_request *request,
    struct http_response *response)
{
	struct call *call = ARENA_NEW(ctx->arena, struct call);
	enum fail got = OK;

	call->request = request;
	call->response = response;
	call->started_us = time_steady_us();
	ctx->request_id = request->id;
	ctx->locale = visitor_language(ctx, call);
	if (!handle(ctx, call, &got))
		return false;
	conclude(ctx, call, got);
	return true;
}

enum http_admission
dispatch_admit(void *home, struct arena *arena, const struct http_request *head,
    int64_t bytes, struct http_response *response)
{
	struct call call = { .request = head };
	enum http_admission got = HTTP_REFUSED;
	enum fail failure = OK;
	struct random random;
	struct ctx ctx;

	ctx_init(&ctx, arena, home);
	random_init(&random);
	ctx.random = &random;
	ctx.request_id = head->id;
	ctx.locale = visitor_language(&ctx, &call);
	failure = judge(&ctx, &call, bytes, &got);
	if (failure == OK)
		return got;
	respond_failure(&ctx, failure, &call, response);
	return HTTP_REFUSED;
}

bool
dispatch_handle(void *home, struct arena *arena,
    const struct http_request *request, struct http_response *response)
{
	struct ctx *ctx = ARENA_NEW(arena, struct ctx);

	ctx_init(ctx, arena, home);
	ctx->random = ARENA_NEW(arena, struct random);
	random_init(ctx->random);
	return dispatch(ctx, request, response);
}
