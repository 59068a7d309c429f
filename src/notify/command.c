#include "notify/command.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/day.h"
#include "core/home.h"
#include "jobs/jobs.h"

#define LOOK_MS 20

struct running {
	pid_t pid;
	int to; /* its standard input; -1: closed */
	struct bytes left;
};

static enum fail
spawn(struct ctx *ctx, const char *path, int from, pid_t *ret)
{
	char *const words[] = { arena_text(ctx->arena, path), NULL };
	char *const environment[] = {
		arena_text(ctx->arena, "PATH=/usr/bin:/bin"), NULL
	};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	sigset_t none;
	sigset_t all;
	int got = 0;

	sigemptyset(&none);
	sigfillset(&all);
	(void)posix_spawnattr_init(&attr);
	(void)posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP |
						  POSIX_SPAWN_SETSIGMASK |
						  POSIX_SPAWN_SETSIGDEF);
	(void)posix_spawnattr_setsigmask(&attr, &none);
	(void)posix_spawnattr_setsigdefault(&attr, &all);
	(void)posix_spawn_file_actions_init(&actions);
	(void)posix_spawn_file_actions_adddup2(&actions, from, 0);
	(void)posix_spawn_file_actions_addopen(&actions, 1, "/dev/null",
	    O_WRONLY, 0);
	(void)posix_spawn_file_actions_addopen(&actions, 2, "/dev/null",
	    O_WRONLY, 0);
	(void)posix_spawn_file_actions_addclosefrom_np(&actions, 3);
	got = posix_spawn(ret, path, &actions, &attr, words, environment);
	(void)posix_spawn_file_actions_destroy(&actions);
	(void)posix_spawnattr_destroy(&attr);
	if (got != 0)
		return FAIL(ctx, FAIL_UPSTREAM, "message.command",
		    "%s cannot be run: error %d", path, got);
	return OK;
}

/* Some of the input, without waiting for who does not read. */
static void
feed(struct running *running)
{
	struct pollfd at = { .fd = running->to, .events = POLLOUT };
	ssize_t wrote = 0;

	(void)poll(&at, 1, LOOK_MS);
	if (running->to < 0 || at.revents == 0)
		return;
	wrote = write(running->to, running->left.at, running->left.len);
	if (wrote > 0) {
		running->left.at += wrote;
		running->left.len -= (size_t)wrote;
	}
	if (running->left.len == 0 || (wrote < 0 && errno != EAGAIN)) {
		(void)close(running->to);
		running->to = -1;
	}
}

static void
end(struct running *running)
{
	/* What it has begun itself ends with it. */
	(void)kill(-running->pid, SIGKILL);
	while (waitpid(running->pid, NULL, 0) < 0 && errno == EINTR)
		continue;
}

static enum fail
wait_for(struct ctx *ctx, struct running *running)
{
	const int64_t until_us = time_steady_us() + COMMAND_MOST_S * SECOND_US;
	int status = 0;

	while (waitpid(running->pid, &status, WNOHANG) == 0) {
		if (ctx->home->jobs != NULL &&
		    jobs_is_stopping(ctx->home->jobs)) {
			end(running);
			return FAIL(ctx, FAIL_BUSY, "job.stopping",
			    "the server stops");
		}
		if (time_steady_us() > until_us) {
			end(running);
			return FAIL(ctx, FAIL_UPSTREAM, "message.timeout",
			    "the command took longer than %d s",
			    COMMAND_MOST_S);
		}
		feed(running);
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return FAIL(ctx, FAIL_UPSTREAM, "message.command",
		    "the command ended with status %d", status);
	return OK;
}

enum fail
command_run(struct ctx *ctx, const char *path, struct bytes input)
{
	struct running running = { .to = -1, .left = input };
	int ends[2] = { -1, -1 };
	enum fail got = OK;

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
		return FAIL(ctx, FAIL_INTERNAL, "file.io", "no pipe: error %d",
		    errno);
	/* Its own end waits, as programs expect it. */
	(void)fcntl(ends[0], F_SETFL, 0);
	got = spawn(ctx, path, ends[0], &running.pid);
	(void)close(ends[0]);
	running.to = ends[1];
	if (got == OK)
		got = wait_for(ctx, &running);
	if (running.to >= 0)
		(void)close(running.to);
	return got;
}
