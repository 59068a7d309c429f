#include "bench/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/day.h"
#include "core/num.h"

#define SELF "/proc/self/exe"
#define LINE_MAX 400

/* Its standard output goes to us; false if it cannot be started. */
static bool
launch(struct ctx *ctx, const char *data, const char *store,
    struct bench_child *child, FILE **ret_says)
{
	char *argv[] = { arena_text(ctx->arena, "truc"),
		arena_text(ctx->arena, "serve"),
		arena_text(ctx->arena, "--data"), arena_text(ctx->arena, data),
		arena_text(ctx->arena, "--listen"),
		arena_text(ctx->arena, "127.0.0.1:0"),
		arena_text(ctx->arena, store == NULL ? NULL : "--store"),
		arena_text(ctx->arena, store), NULL };
	posix_spawn_file_actions_t actions;
	int ends[2] = { -1, -1 };
	int failed = 0;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return false;
	(void)posix_spawn_file_actions_init(&actions);
	(void)posix_spawn_file_actions_adddup2(&actions, ends[1],
	    STDOUT_FILENO);
	failed = posix_spawn(&child->pid, SELF, &actions, NULL, argv, environ);
	(void)posix_spawn_file_actions_destroy(&actions);
	(void)close(ends[1]);
	if (failed == 0)
		*ret_says = fdopen(ends[0], "r");
	if (failed != 0 || *ret_says == NULL)
		(void)close(ends[0]);
	return failed == 0 && *ret_says != NULL;
}

/* "Trục: http://127.0.0.1:PORT/   (...)" */
static bool
read_port(FILE *says, int *ret)
{
	static const char mark[] = "http://127.0.0.1:";
	char line[LINE_MAX];
	int64_t port = 0;

	while (fgets(line, sizeof(line), says) != NULL) {
		char *at = strstr(line, mark);

		if (at == NULL)
			continue;
		at += sizeof(mark) - 1;
		at[strcspn(at, "/")] = '\0';
		if (!num_parse(at, 1, 65535, &port))
			return false;
		*ret = (int)port;
		return true;
	}
	return false;
}

enum fail
bench_child_start(struct ctx *ctx, const char *data, const char *store,
    struct bench_child *ret)
{
	const int64_t from_us = time_steady_us();
	FILE *says = NULL;
	bool ready = false;

	if (!launch(ctx, data, store, ret, &says))
		return FAIL(ctx, FAIL_UPSTREAM, "bench.child",
		    "cannot start truc serve: %s", strerror(errno));
	ready = read_port(says, &ret->port);
	ret->start_us = time_steady_us() - from_us;
	/* It says nothing more, so nobody need listen. */
	(void)fclose(says);
	if (ready)
		return OK;
	bench_child_stop(ret);
	return FAIL(ctx, FAIL_UPSTREAM, "bench.child",
	    "truc serve on %s did not become ready", data);
}

/* A line of /proc/PID/status that is in kB, as bytes. */
static int64_t
status_of(const struct bench_child *child, const char *key)
{
	char path[64];
	char line[LINE_MAX];
	FILE *file = NULL;
	int64_t kilobytes = 0;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)child->pid);
	file = fopen(path, "re");
	if (file == NULL)
		return 0;
	while (fgets(line, sizeof(line), file) != NULL) {
		char *at = line + strcspn(line, "0123456789");

		if (strncmp(line, key, strlen(key)) != 0)
			continue;
		at[strspn(at, "0123456789")] = '\0';
		if (!num_parse(at, 0, INT64_MAX / 1024, &kilobytes))
			kilobytes = 0;
	}
	fclose(file);
	return kilobytes * 1024;
}

int64_t
bench_child_memory(const struct bench_child *child)
{
	return status_of(child, "VmHWM:");
}

int64_t
bench_child_resident(const struct bench_child *child)
{
	return status_of(child, "VmRSS:");
}

void
bench_child_stop(const struct bench_child *child)
{
	int status = 0;

	(void)kill(child->pid, SIGTERM);
	while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
		continue;
}
