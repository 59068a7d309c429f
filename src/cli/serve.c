#include <assert.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "app/dispatch.h"
#include "app/visitor.h"
#include "cli/clock.h"
#include "cli/commands.h"
#include "cli/control.h"
#include "cli/jobs_thread.h"
#include "cli/program.h"
#include "core/arena.h"
#include "core/day.h"
#include "core/log.h"
#include "core/text.h"
#include "event/hub.h"
#include "event/option.h"
#include "http/client.h"
#include "http/http.h"
#include "ledger/ledger.h"
#include "people/access.h"
#include "people/refused.h"
#include "report/keep.h"
#include "store/blob.h"

/* The n-th entry of the ledger; only kind and time are meant to be used. */
static enum fail
read_entry(struct ctx *ctx, int64_t index, struct ledger_entry *ret)
{
	struct ledger_reader *reader = NULL;
	bool more = false;
	enum fail got = OK;

	TRY(tx_begin(ctx, TX_READ));
	got = ledger_read(ctx, index, index + 1, &reader);
	if (got == OK)
		got = ledger_next(ctx, reader, ret, &more);
	TRY(tx_end(ctx, got));
	assert(more);
	ret->kind = arena_text(ctx->arena, ret->kind);
	return OK;
}

/*
 * A demonstration says so in its first entry.  Its clock goes on from its last
 * one, so that deadlines are near whenever somebody looks; see cli/clock.h.
 */
static enum fail
look_at_ledger(struct ctx *ctx, const struct args *args, bool *ret_demo)
{
	const char *file = args_text(args, "clock");
	struct folder_clock *clock = ctx->home->clock;
	const int64_t size = ledger_size(ctx->home->ledger);
	struct ledger_entry entry = { 0 };

	if (size > 0)
		TRY(read_entry(ctx, 0, &entry));
	*ret_demo = size > 0 && text_equal(entry.kind, "demo.begin");
	if (!*ret_demo || file != NULL)
		return clock_take(ctx, file);
	TRY(read_entry(ctx, size - 1, &entry));
	clock->offset_us = entry.at_us + 1000000 - time_now_us();
	clock_unwatch(ctx->home);
	return OK;
}

static enum fail
replay(struct ctx *ctx)
{
	enum fail got = OK;

	TRY(tx_begin(ctx, TX_READ));
	got = tx_end(ctx, slices_replay(ctx));
	/* What only the start needed goes back to the system. */
	(void)malloc_trim(0);
	return got;
}

/* SIGHUP: read the options again; faults are logged and change nothing. */
static void
reload(struct home *home)
{
	AUTO(arena_end) struct arena *arena = arena_new(0);
	struct ctx ctx;
	int changed = 0;

	ctx_init(&ctx, arena, home);
	if (options_reload(&ctx, home->options, &changed) == OK) {
		LOG(LOG_INFO, "options.reloaded", LOG_N("count", changed));
		return;
	}
	/* The file as such: too large, no file, not to be read. */
	if (ctx.failure.fields == NULL)
		LOG(LOG_ERROR, "options.wrong", LOG_T("code", ctx.failure.code),
		    LOG_T("message", ctx.failure.message));
	for (const struct fail_field *field = ctx.failure.fields; field != NULL;
	     field = field->next)
		LOG(LOG_ERROR, "options.wrong", LOG_T("place", field->pointer),
		    LOG_T("code", field->code),
		    LOG_T("message", field->message));
}

/* What listens.  Operators have an engine of their own, which nobody in front
 * reaches and which is free when all workers of the other one are busy. */
struct listener {
	const char *listen; /* NULL: not asked for */
	struct engine *engine;
	int port;
};

static void
say_where(const char *what, const struct listener *at, const char *rest)
{
	const int host = (int)(strrchr(at->listen, ':') - at->listen);

	printf("%s: http://%.*s:%d%s\n", what, host, at->listen, at->port,
	    rest);
}

static void
wait_for_stop(struct home *home)
{
	sigset_t wanted;
	int signal = 0;

	sigemptyset(&wanted);
	sigaddset(&wanted, SIGINT);
	sigaddset(&wanted, SIGTERM);
	sigaddset(&wanted, SIGHUP);
	while (sigwait(&wanted, &signal) != 0 || signal == SIGHUP)
		if (signal == SIGHUP)
			reload(home);
	LOG(LOG_INFO, "serve.stop", LOG_N("signal", signal));
}

static void
block_signals(void)
{
	sigset_t all;

	signal(SIGPIPE, SIG_IGN);
	/* A file at its limit is a full disk: a failure, not the end. */
	signal(SIGXFSZ, SIG_IGN);
	sigemptyset(&all);
	sigaddset(&all, SIGINT);
	sigaddset(&all, SIGTERM);
	sigaddset(&all, SIGHUP);
	/* Before the first thread, so that all of them inherit it. */
	pthread_sigmask(SIG_BLOCK, &all, NULL);
}

/* What was counted since it was written last. */
static void
keep_refused(struct ctx *ctx)
{
	if (refused_write(ctx) == OK)
		return;
	LOG(LOG_WARN, "sign_in.lost", LOG_T("code", ctx->failure.code),
	    LOG_T("message", ctx->failure.message));
	fail_clear(ctx);
}

/* So that the next start is quick; without it that start takes longer. */
static void
keep_cube(struct ctx *ctx)
{
	if (report_keep(ctx) == OK)
		return;
	LOG(LOG_WARN, "snapshot.failed", LOG_T("code", ctx->failure.code),
	    LOG_T("message", ctx->failure.message));
	fail_clear(ctx);
}

static enum fail
start_hub(struct ctx *ctx)
{
	const struct home *home = ctx->home;
	const struct option *event = event_option_table;

	return event_hub_start(ctx,
	    &(struct event_hub_options){
		.streams_max = (int)option_int(home, &event[EVENT_STREAMS]),
		.person_max = (int)option_int(home, &event[EVENT_PERSON]),
		.heartbeat_s = (int)option_int(home, &event[EVENT_HEARTBEAT]),
	    },
	    &ctx->home->event_hub);
}

/* Whoever can be reached from elsewhere says so at every start. */
static enum fail
listen_on(struct ctx *ctx, const struct engine_options *options,
    struct listener *at)
{
	TRY(engine_start(ctx, options, &at->engine, &at->port));
	if (!text_starts(at->listen, "127.") &&
	    !text_starts(at->listen, "[::1]"))
		LOG(LOG_WARN, "serve.public", LOG_T("listen", at->listen));
	return OK;
}

/* Few at a time: a scraper or two, and a person who looks. */
static enum fail
listen_metrics(struct ctx *ctx, struct listener *at)
{
	const struct engine_options options = {
		.listen = at->listen,
		.is_local = true,
		.workers = 2,
		.queue_max = 16,
		.connections_max = 16,
		/* They are all of one machine, often. */
		.address_share = 100,
		.network_share = 100,
		.handle = dispatch_handle,
		.arg = ctx->home,
	};

	return at->listen == NULL ? OK : listen_on(ctx, &options, at);
}

/* Everybody's. */
static enum fail
listen_public(struct ctx *ctx, int workers, struct listener *at)
{
	const struct home *home = ctx->home;
	const struct option *http = http_option_table;
	struct network_list *known = ARENA_NEW(ctx->arena, struct network_list);
	const struct engine_options options = {
		.listen = at->listen,
		.workers = workers,
		.queue_max = (int)option_int(home, &http[HTTP_QUEUE]),
		.bodies_max = (size_t)option_int(home, &http[HTTP_BODIES]),
		.answers_max = (size_t)option_int(home, &http[HTTP_ANSWERS]),
		.answers_share =
		    (int)option_int(home, &http[HTTP_ANSWERS_SHARE]),
		.head_seconds = (int)option_int(home, &http[HTTP_HEAD_S]),
		.body_seconds = (int)option_int(home, &http[HTTP_BODY_S]),
		.idle_seconds = (int)option_int(home, &http[HTTP_IDLE_S]),
		.bytes_a_second = option_int(home, &http[HTTP_LEAST_SPEED]),
		.connections_max =
		    (int)option_int(home, &http[HTTP_CONNECTIONS]),
		.address_share =
		    (int)option_int(home, &http[HTTP_ADDRESS_SHARE]),
		.network_share =
		    (int)option_int(home, &http[HTTP_NETWORK_SHARE]),
		.known_share = (int)option_int(home, &http[HTTP_KNOWN_SHARE]),
		.known = known,
		.proxies = dispatch_proxies(home->dispatch),
		.spool_max = option_int(home, &http[HTTP_SPOOL]),
		.body_max = dispatch_body_max(ctx->home->dispatch),
		.spool_dir = blob_spool(ctx),
		.room = home->room,
		.admit = dispatch_admit,
		.key = visitor_key,
		.handle = dispatch_handle,
		.arg = ctx->home,
	};

	TRY(network_parse(ctx, option_text(home, &http[HTTP_KNOWN_NETWORKS]),
	    known));
	return listen_on(ctx, &options, at);
}

static enum fail
serve_on(struct ctx *ctx, const struct args *args, int workers)
{
	struct listener public = { .listen = args_text(args, "listen") };
	struct listener metrics = { .listen = args_text(args, "metrics") };
	struct jobs_thread *jobs = NULL;
	struct control *control = NULL;
	enum fail got = OK;

	TRY(start_hub(ctx));
	got = listen_public(ctx, workers, &public);
	if (got == OK)
		got = listen_metrics(ctx, &metrics);
	if (got == OK)
		got = replay(ctx);
	if (got == OK)
		got = jobs_thread_start(ctx, &jobs);
	if (got == OK)
		got = control_start(ctx, args_text(args, "store"), &control);
	if (got == OK) {
		dispatch_set_ready(ctx->home->dispatch, true);
		say_where("Trục", &public, "/   (stop with Ctrl+C)");
		if (metrics.listen != NULL)
			say_where("Metrics", &metrics, "/metrics");
		fflush(stdout);
		wait_for_stop(ctx->home);
	}
	control_stop(control);
	event_hub_stop(ctx->home->event_hub);
	engine_stop(public.engine);
	engine_stop(metrics.engine);
	jobs_thread_stop(jobs);
	keep_refused(ctx);
	log_counted(INT64_MAX);
	event_hub_free(ctx->home->event_hub);
	if (got == OK)
		keep_cube(ctx);
	return got;
}

/* What calls other machines; before the first thread. */
static enum fail
open_calls(struct ctx *ctx)
{
	const struct option *http = http_option_table;
	const char *ca_file = option_text(ctx->home, &http[HTTP_CALL_CA]);
	const struct client_options calls = {
		.networks = option_text(ctx->home, &http[HTTP_CALL_NETWORKS]),
		.ca_file = *ca_file == '\0' ? NULL : ca_file,
		.total_ms = option_int(ctx->home, &http[HTTP_CALL_MS]),
	};

	return client_new(ctx, &calls, &ctx->home->client);
}

static enum fail
run(struct ctx *ctx, const struct args *args)
{
	struct dispatch_options options = {
		.web_dir = args_text(args, "web"),
	};
	int64_t workers = 0;
	enum fail got = OK;

	workers = option_int(ctx->home, &http_option_table[HTTP_WORKERS]);
	if (args_text(args, "workers") != NULL)
		TRY(args_int(ctx, args, "workers", 1, 512, &workers));
	TRY(look_at_ledger(ctx, args, &options.demo));
	TRY(dispatch_new(ctx, &options, &ctx->home->dispatch));
	got = open_calls(ctx);
	if (got == OK)
		got = serve_on(ctx, args, (int)workers);
	client_free(ctx->home->client);
	ctx->home->client = NULL;
	dispatch_free(ctx->home->dispatch);
	return got;
}

static enum fail
serve(struct ctx *ctx, const struct args *args)
{
	block_signals();
	return program_run(ctx, args, PROGRAM_SERVE, false, run);
}

static const struct arg_option options[] = {
	ARG_DATA,
	ARG_STORE,
	{ "listen", "ADDR:PORT", "127.0.0.1:8080",
	    "the address; port 0 takes a free one", false },
	{ "metrics", "ADDR:PORT", NULL,
	    "where /metrics is, for whoever watches this machine; else nowhere",
	    false },
	{ "web", "DIR", "web/dist", "the web client's built files", false },
	{ "workers", "N", NULL,
	    "requests at work at the same time; else the option http.workers",
	    false },
	ARG_CLOCK,
	{ 0 },
};

const struct command serve_command = {
	.name = "serve",
	.summary = "serve the data folder over HTTP",
	.usage = "",
	.detail = "Serves the API and the web client. One server a folder; it "
		  "answers nothing before\nit is on disk. In production nginx "
		  "is in front of it (TLS, limits);\nit sets "
		  "X-Forwarded-For and X-Forwarded-Proto, and the option "
		  "http.proxies names its\naddress.\n",
	.options = options,
	.run = serve,
};
