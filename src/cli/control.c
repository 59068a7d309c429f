#include "cli/control.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/control_wire.h"
#include "core/arena.h"
#include "core/day.h"
#include "core/home.h"
#include "core/log.h"
#include "core/random.h"
#include "core/text.h"
#include "people/access.h"

#define WAITING_MAX 64
#define WORDS_MAX (3 + 2 * ARGS_MAX) /* a value may be a word apart */
#define ACCEPT_AGAIN_US (SECOND_US / 10)

struct control {
	struct home *home;
	const char *store; /* the server's --store, NULL: none */
	int folder;        /* descriptor, for as long as there is an address */
	struct sockaddr_un address;
	int listening;
	pthread_mutex_t lock; /* of these two */
	int waiting;          /* a socket whose other end it waits for; -1 */
	bool is_stopping;
	pthread_t thread;
};

/* What somebody asked for. */
struct control_order {
	const char *folder; /* where */
	const char *store;  /* --store, "": not given */
	int argc;           /* of argv: the command's name, then its words */
	char **argv;
};

/* From now on a stop does not wait for whoever is at the other end. */
static void
wait_for(struct control *control, int fd)
{
	(void)pthread_mutex_lock(&control->lock);
	control->waiting = fd;
	if (fd >= 0 && control->is_stopping)
		(void)shutdown(fd, SHUT_RDWR);
	(void)pthread_mutex_unlock(&control->lock);
}

static bool
is_stopping(struct control *control)
{
	bool is = false;

	(void)pthread_mutex_lock(&control->lock);
	is = control->is_stopping;
	(void)pthread_mutex_unlock(&control->lock);
	return is;
}

/* The socket's mode keeps others out; a folder may be on a disk that has none. */
static enum fail
check_peer(struct ctx *ctx, int fd)
{
	struct ucred peer = { 0 };
	socklen_t len = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 &&
	    (peer.uid == geteuid() || peer.uid == 0))
		return OK;
	return FAIL(ctx, FAIL_DENIED, "control.denied",
	    "the server of this folder runs as another account: only that one "
	    "and root may give it commands");
}

/* FOLDER, STORE, COMMAND, WORD..., a NUL behind each: bytes as they were given. */
static enum fail
read_asked(struct ctx *ctx, struct bytes message, struct control_order *ret)
{
	char *at = arena_copy(ctx->arena, message.at, message.len);
	char *const end = at + message.len;
	char **parts = ARENA_ARRAY(ctx->arena, WORDS_MAX, char *);
	int count = 0;

	for (; at < end && end[-1] == '\0' && count < WORDS_MAX;
	     at += strlen(at) + 1)
		parts[count++] = at;
	if (at < end || count < 3)
		return FAIL(ctx, FAIL_INVALID, "control.message",
		    "this is no command as truc sends it");
	*ret =
	    (struct control_order){ parts[0], parts[1], count - 2, parts + 2 };
	return OK;
}

static enum fail
run_asked(struct ctx *ctx, const struct control *control,
    const struct control_order *asked, FILE *out)
{
	const struct command *command = command_find(asked->argv[0]);
	const struct args_place place = { out, asked->folder };
	const struct args *args = NULL;

	if (command == NULL || !command->beside)
		return FAIL(ctx, FAIL_INVALID, "control.message",
		    "%s is nothing that a server does", asked->argv[0]);
	if (asked->store[0] != '\0' &&
	    !text_equal(asked->store, control->store))
		return FAIL(ctx, FAIL_CONFLICT, "control.store",
		    "the server of this folder has another database than the "
		    "one that --store names");
	TRY(args_read(ctx, command, asked->argc - 1, asked->argv + 1, &place,
	    &args));
	LOG(LOG_INFO, "control.begin", LOG_T("command", command->name));
	return command->run(ctx, args);
}

/* What it says is on its way before the answer is. */
static enum fail
run_saying(struct ctx *ctx, struct control *control,
    const struct control_order *asked, int saying)
{
	FILE *out = fdopen(saying, "w");
	enum fail got = OK;

	if (out == NULL) {
		(void)close(saying);
		return FAIL(ctx, FAIL_INVALID, "control.message",
		    "nothing came with the command to write to");
	}
	(void)setvbuf(out, NULL, _IOLBF, 0);
	control_limit(saying, CONTROL_SECONDS);
	wait_for(control, saying);
	got = run_asked(ctx, control, asked, out);
	(void)fflush(out);
	wait_for(control, -1);
	(void)fclose(out);
	return got;
}

/* {}, or the failure with those of its fields that fit. */
static void
answer(struct ctx *ctx, int fd, enum fail got)
{
	const struct failure *failure = &ctx->failure;
	struct text out = { 0 };

	text_init(&out, ctx->arena);
	if (got != OK) {
		text_addf(&out,
		    "{\"kind\":\"%s\",\"line\":%d,\"file\":", fail_name(got),
		    failure->line);
		text_json(&out, failure->file);
		text_add(&out, ",\"code\":");
		text_json(&out, failure->code);
		text_add(&out, ",\"message\":");
		text_json(&out, failure->message);
		text_add(&out, ",\"fields\":[");
		for (const struct fail_field *f = failure->fields;
		     f != NULL && out.len < CONTROL_MESSAGE_MAX / 2;
		     f = f->next) {
			text_add(&out, f == failure->fields ? "[" : ",[");
			text_json(&out, f->pointer);
			text_char(&out, ',');
			text_json(&out, f->code);
			text_char(&out, ',');
			text_json(&out, f->message);
			text_char(&out, ']');
		}
		text_add(&out, "]}");
	} else {
		text_add(&out, "{}");
	}
	if (!control_send(fd, text_bytes(&out), -1))
		LOG(LOG_WARN, "control.unheard", LOG_T("code", "control.lost"));
}

static enum fail
serve_message(struct ctx *ctx, struct control *control, int fd)
{
	struct control_order asked = { 0 };
	struct bytes message = { 0 };
	bool is_whole = false;
	enum fail got = OK;
	int saying = -1;

	wait_for(control, fd);
	is_whole = control_receive(ctx, fd, &message, &saying);
	wait_for(control, -1);
	got = check_peer(ctx, fd);
	if (got == OK && is_whole)
		got = read_asked(ctx, message, &asked);
	else if (got == OK)
		got = FAIL(ctx, FAIL_INVALID, "control.message",
		    "no command came, or one that is too long");
	if (got == OK)
		return run_saying(ctx, control, &asked, saying);
	if (saying >= 0)
		(void)close(saying);
	return got;
}

static void
serve_one(struct control *control, int fd)
{
	AUTO(arena_end) struct arena *arena = arena_new(0);
	const int64_t from_us = time_steady_us();
	struct random random;
	struct ctx ctx;
	enum fail got = OK;

	random_init(&random);
	ctx_init(&ctx, arena, control->home);
	ctx.random = &random;
	ctx.actor = &access_system;
	ctx.locale = "en";
	control_limit(fd, CONTROL_SECONDS);
	got = serve_message(&ctx, control, fd);
	LOG(LOG_INFO, "control.done",
	    LOG_N("took_us", time_steady_us() - from_us),
	    LOG_T("code", got == OK ? "" : ctx.failure.code));
	answer(&ctx, fd, got);
}

static void *
work(void *arg)
{
	struct control *control = arg;

	while (!is_stopping(control)) {
		const int fd =
		    accept4(control->listening, NULL, NULL, SOCK_CLOEXEC);

		if (fd >= 0) {
			serve_one(control, fd);
			(void)close(fd);
		} else if (errno != EINTR && errno != ECONNABORTED) {
			(void)usleep(ACCEPT_AGAIN_US);
		}
	}
	return NULL;
}

/* Whoever holds DIR/lock may take away what a server that was killed left. */
static bool
listen_at(struct control *control)
{
	const char *path = control->address.sun_path;

	if (control->folder < 0)
		return false;
	(void)unlink(path);
	control->listening = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	return control->listening >= 0 &&
	       bind(control->listening, (struct sockaddr *)&control->address,
		   sizeof(control->address)) == 0 &&
	       chmod(path, 0600) == 0 &&
	       listen(control->listening, WAITING_MAX) == 0;
}

static void
close_all(struct control *control)
{
	if (control->listening >= 0)
		(void)close(control->listening);
	if (control->folder >= 0) {
		(void)unlink(control->address.sun_path);
		(void)close(control->folder);
	}
}

enum fail
control_start(struct ctx *ctx, const char *store, struct control **ret)
{
	struct control *control = ARENA_NEW(ctx->arena, struct control);

	control->home = ctx->home;
	control->store = store;
	control->listening = -1;
	control->waiting = -1;
	(void)pthread_mutex_init(&control->lock, NULL);
	control->folder =
	    control_address(ctx->home->data_dir, &control->address);
	if (!listen_at(control)) {
		LOG(LOG_WARN, "control.none",
		    LOG_T("file", ctx->home->data_dir));
		close_all(control);
		return OK;
	}
	if (pthread_create(&control->thread, NULL, work, control) != 0) {
		close_all(control);
		return FAIL(ctx, FAIL_INTERNAL, "serve.thread",
		    "the thread for commands cannot start");
	}
	*ret = control;
	return OK;
}

void
control_stop(struct control *control)
{
	if (control == NULL)
		return;
	(void)pthread_mutex_lock(&control->lock);
	control->is_stopping = true;
	(void)shutdown(control->listening, SHUT_RDWR);
	if (control->waiting >= 0)
		(void)shutdown(control->waiting, SHUT_RDWR);
	(void)pthread_mutex_unlock(&control->lock);
	(void)pthread_join(control->thread, NULL);
	(void)pthread_mutex_destroy(&control->lock);
	close_all(control);
}
