#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cli/control.h"
#include "cli/control_wire.h"
#include "codec/json.h"
#include "core/arena.h"
#include "core/text.h"

/* A socket that a server of this folder listens to, -1: none does. */
static int
connect_to(const char *data)
{
	struct sockaddr_un address;
	const int folder = control_address(data, &address);
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (fd >= 0 &&
	    connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
		(void)close(fd);
		fd = -1;
	}
	if (folder >= 0)
		(void)close(folder);
	return fd;
}

/* As read_asked of control.c has it. */
static enum fail
message_of(struct ctx *ctx, const struct args *args, struct text *out)
{
	const char *given = args_text(args, "store");
	const char *store = given == NULL ? "" : given;
	const char *name = args_command(args)->name;
	char folder[4096];
	char *const *words = NULL;
	int count = 0;

	if (getcwd(folder, sizeof(folder)) == NULL)
		return FAIL(ctx, FAIL_INTERNAL, "file.io",
		    "the folder in which this was called is no more");
	words = args_given(args, &count);
	text_add_n(out, folder, strlen(folder) + 1);
	text_add_n(out, store, strlen(store) + 1);
	text_add_n(out, name, strlen(name) + 1);
	for (int i = 0; i < count; i++)
		text_add_n(out, words[i], strlen(words[i]) + 1);
	if (out->len <= CONTROL_MESSAGE_MAX)
		return OK;
	return FAIL(ctx, FAIL_TOO_BIG, "control.too_big",
	    "the command has more than %d bytes", CONTROL_MESSAGE_MAX);
}

/* What the command says, until it says no more. */
static void
pass_on(int from, FILE *out)
{
	char part[4096];

	for (;;) {
		const ssize_t got = read(from, part, sizeof(part));

		if (got == 0 || (got < 0 && errno != EINTR))
			break;
		if (got > 0)
			(void)fwrite(part, 1, (size_t)got, out);
	}
	(void)fflush(out);
}

static enum fail
kind_named(const char *name)
{
	for (int kind = FAIL_INVALID; kind < FAIL_INTERNAL; kind++) {
		if (text_equal(fail_name((enum fail)kind), name))
			return (enum fail)kind;
	}
	return FAIL_INTERNAL;
}

/* The server's failure as if it were our own. */
static enum fail
take_failure(struct ctx *ctx, const struct json *node)
{
	const struct json *fields = json_get(node, "fields");
	const size_t count = fields == NULL ? 0 : json_count(fields);
	const enum fail kind = kind_named(json_get_text(node, "kind"));

	fail_record(ctx, kind, json_get_text(node, "code"),
	    json_get_text(node, "file"), (int)json_get_int(node, "line", 0),
	    "%s", json_get_text(node, "message"));
	for (size_t i = 0; i < count; i++) {
		const struct json *field = json_at(fields, i);

		fail_invalid(ctx, json_text(json_at(field, 0)),
		    json_text(json_at(field, 1)), "%s",
		    json_text(json_at(field, 2)));
	}
	return kind;
}

static enum fail
hear(struct ctx *ctx, int fd)
{
	const struct json *node = NULL;
	struct bytes message = { 0 };
	int passed = -1;

	if (!control_receive(ctx, fd, &message, &passed))
		return FAIL(ctx, FAIL_INTERNAL, "control.lost",
		    "the server ended before it answered: truc audit tells "
		    "whether it was done");
	TRY(json_parse(ctx, message, &node));
	return json_count(node) == 0 ? OK : take_failure(ctx, node);
}

static enum fail
ask(struct ctx *ctx, const struct args *args, int fd)
{
	struct text message = { 0 };
	int ends[2] = { -1, -1 };
	bool is_sent = false;

	text_init(&message, ctx->arena);
	TRY(message_of(ctx, args, &message));
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return FAIL(ctx, FAIL_INTERNAL, "file.io",
		    "no socket can be made");
	is_sent = control_send(fd, text_bytes(&message), ends[1]);
	(void)close(ends[1]);
	if (is_sent)
		pass_on(ends[0], args_out(args));
	(void)close(ends[0]);
	return hear(ctx, fd);
}

enum fail
control_ask(struct ctx *ctx, const struct args *args)
{
	const int fd = connect_to(args_text(args, "data"));
	enum fail got = OK;

	if (fd < 0)
		return ctx->failure.kind;
	fail_clear(ctx);
	got = ask(ctx, args, fd);
	(void)close(fd);
	return got;
}
