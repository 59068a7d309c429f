#include "fuzz.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/home.h"
#include "core/option.h"
#include "core/text.h"

/* A row of each type and unit, under names that no environment has. */
static const char *const colours[] = { "red", "green", NULL };
static const struct option rows[] = {
	OPT_INT("fuzz.count", 4, 1, 1000, "", OPTION_RELOAD, "A number."),
	OPT_INT("fuzz.bytes", 4096, 0, INT64_C(1) << 40, "bytes", OPTION_RELOAD,
	    "A size."),
	OPT_INT("fuzz.life", 60, 1, 86400, "s", OPTION_RELOAD, "A time."),
	OPT_INT("fuzz.days", 48, 1, 8760, "h", OPTION_RELOAD, "Hours."),
	OPT_INT("fuzz.wait", 20, 1, 100000, "ms", OPTION_RELOAD, "Moments."),
	OPT_CHOICE("fuzz.colour", 0, colours, OPTION_RELOAD, "A choice."),
	OPT_TEXT("fuzz.text", "a b", 20, OPTION_RELOAD, "A text."),
	{ 0 },
};
static const struct option *const tables[] = { rows, NULL };

/* As the operator's file, from memory. */
static enum fail
read_as(struct ctx *ctx, struct bytes content, struct options **ret)
{
	const int fd = memfd_create("truc.conf", MFD_CLOEXEC);
	enum fail got = OK;

	fuzz_check(fd >= 0);
	fuzz_check(write(fd, content.at, content.len) == (ssize_t)content.len);
	got = options_read(ctx,
	    arena_printf(ctx->arena, "/proc/self/fd/%d", fd), tables, ret);
	(void)close(fd);
	return got;
}

static struct bytes
written(struct ctx *ctx, const struct options *options)
{
	struct option_line *lines = NULL;
	struct text text;
	size_t count = 0;

	text_init(&text, ctx->arena);
	options_list(ctx, options, &lines, &count);
	for (size_t i = 0; i < count; i++)
		text_addf(&text, "%s = %s\n", lines[i].row->name,
		    lines[i].value);
	return text_bytes(&text);
}

static void
check_bounds(struct options *options)
{
	const struct home home = { .options = options };

	for (const struct option *row = rows; row->name != NULL; row++) {
		if (row->type == OPTION_TEXT) {
			fuzz_check(strlen(option_text(&home, row)) <=
				   (size_t)row->most);
			continue;
		}
		const int64_t number = option_int(&home, row);

		if (row->type == OPTION_INT)
			fuzz_check(number >= row->least && number <= row->most);
		else
			fuzz_check(number >= 0 && number < 2);
	}
}

/* What was taken is within its bounds, and what `truc options` shows of it is
 * read as the same; what is wrong names its places. */
void
fuzz_one(struct ctx *ctx, struct bytes in)
{
	struct options *options = NULL;
	struct options *again = NULL;
	struct bytes first = { 0 };

	if (in.len > OPTION_FILE_MAX)
		return;
	if (read_as(ctx, in, &options) != OK) {
		fuzz_check(
		    ctx->failure.fields != NULL || arena_over(ctx->arena));
		return;
	}
	check_bounds(options);
	first = written(ctx, options);
	fuzz_check(read_as(ctx, first, &again) == OK);
	fuzz_check(bytes_equal(first, written(ctx, again)));
	options_free(options);
	options_free(again);
}
