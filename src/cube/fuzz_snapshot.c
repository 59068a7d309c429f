#include "fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

#include "cube/snapshot.h"
#include "cube/t_world.h"

#define STRUCTURES 2

/* A made-up country in memory, whose form the snapshots are of. */
static struct world *
country(void)
{
	static struct world made;
	void *state = NULL;

	if (made.t == NULL) {
		(void)t_setup(&state);
		world_make(&made, state, 1);
	}
	return &made;
}

/* A file of these bytes and their sum, as a path; so that all of the reader is
 * reached, and not only its last check. */
static int
file_of(struct ctx *ctx, struct bytes content, const char **ret_path)
{
	const int fd = memfd_create("snapshot", MFD_CLOEXEC);
	struct digest_run *run = digest_begin(ctx->arena);
	struct digest sum;

	digest_add(run, content);
	sum = digest_sum(run);
	fuzz_check(fd >= 0);
	fuzz_check(write(fd, content.at, content.len) == (ssize_t)content.len);
	fuzz_check(write(fd, sum.at, DIGEST_LEN) == DIGEST_LEN);
	*ret_path = arena_printf(ctx->arena, "/proc/self/fd/%d", fd);
	return fd;
}

static enum fail
read_back(struct ctx *ctx, const char *path, struct cube **ret,
    struct ledger_mark *mark)
{
	struct digest sum;
	struct digest made;

	TRY(snapshot_read(ctx, path, ret, mark, &sum));
	fuzz_check(mark->size >= 0);
	/* What it holds can be written. */
	fuzz_check(snapshot_sum(ctx, *ret, mark, &made) == OK);
	return OK;
}

/* Whatever is asked has an answer, or one that is too big. */
static void
ask(struct ctx *ctx, struct cube *cube)
{
	static const char *const days[STRUCTURES] = { "2024-12-31",
		"2025-07-01" };
	const struct directory *dir = directory_now(ctx);
	struct cube_question q = { .version = world_version(country()->t),
		.period = world_period("2025-Q1"),
		.dir = dir,
		.index = INT64_MAX };

	for (int i = 0; i < 2 * STRUCTURES; i++) {
		struct cube_row *rows = NULL;
		size_t count = 0;
		int64_t index = 0;

		q.structure =
		    directory_structure(dir, world_day(days[i % STRUCTURES]));
		q.children_of = structure_root(q.structure);
		q.level = -1;
		q.basis = i < STRUCTURES ? BASIS_SENT : BASIS_ACCEPTED;
		fuzz_check(cube_ask(ctx, &q, &rows, &count, &index) == OK);
		fuzz_check(index == cube_kept(cube));
	}
}

void
fuzz_one(struct ctx *ctx, struct bytes in)
{
	struct home *home = &country()->t->home;
	struct cube *before = cube_of(home);
	struct cube *cube = NULL;
	struct cube *read = NULL;
	struct ledger_mark mark = { 0 };
	const char *path = NULL;
	const int fd = file_of(ctx, in, &path);

	ctx->home = home;
	if (read_back(ctx, path, &read, &mark) == OK) {
		cube = cube_new();
		cube_attach(home, cube);
		cube_adopt(cube, read, mark.size);
		ask(ctx, cube);
		cube_attach(home, before);
		cube_free(cube);
	}
	(void)close(fd);
}
