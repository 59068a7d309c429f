#include "core/option.h"

#include <assert.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/bytes.h"
#include "core/file.h"
#include "core/home.h"
#include "core/log.h"
#include "core/num.h"

#define NAME_BYTES 64

static const char *const levels[] = { "debug", "info", "warn", "error", NULL };

const struct option core_options[] = {
	[CORE_LOG_LEVEL] = OPT_CHOICE("log.level", LOG_INFO, levels,
	    OPTION_RELOAD, "The least level of what is logged."),
	[CORE_CLOCK_STEP] = OPT_INT("clock.step", 60, 1, 3600, "s",
	    OPTION_RESTART,
	    "How far the machine's clock may be set at once. After a larger "
	    "step nothing is written until it is put right, or accepted by "
	    "truc clock accept."),
	[CORE_DISK_RESERVE] = OPT_INT("disk.reserve", INT64_C(64) << 20, 0,
	    INT64_C(16) << 30, "bytes", OPTION_RESTART,
	    "The file DIR/reserve, which takes up room for nobody: on a full "
	    "disk the server removes it, so that people can still sign in, read "
	    "and clear up. 0: none."),
	{ 0 },
};

enum source { SOURCE_DEFAULT, SOURCE_FILE, SOURCE_ENVIRONMENT };

struct value {
	const struct option *row;
	_Atomic int64_t number;
	_Atomic(const char *) text;
	enum source source;
};

struct options {
	struct arena *arena;  /* texts that were replaced stay: few, and read */
	pthread_mutex_t lock; /* one reload at a time */
	const char *path;
	bool has_file; /* there was one when it was read last */
	struct value *values;
	size_t count;
};

/* Units that may be written for a row's own, and how many make one. */
static const struct {
	const char *unit;
	const char *written;
	int64_t times;
} units[] = {
	{ "bytes", "KiB", 1024 },
	{ "bytes", "MiB", INT64_C(1024) * 1024 },
	{ "bytes", "GiB", INT64_C(1024) * 1024 * 1024 },
	{ "ms", "s", 1000 },
	{ "ms", "min", 60000 },
	{ "s", "min", 60 },
	{ "s", "h", 3600 },
	{ "s", "d", 86400 },
	{ "h", "d", 24 },
};

static int64_t
times_of(const char *unit, const char *written)
{
	if (*written == '\0' || text_equal(written, unit))
		return 1;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (text_equal(units[i].unit, unit) &&
		    text_equal(units[i].written, written))
			return units[i].times;
	return 0;
}

/* "64 KiB" as a number of the row's unit. */
static bool
read_int(struct ctx *ctx, const struct option *row, const char *text,
    int64_t *ret)
{
	const size_t digits = strspn(text, "-0123456789");
	const char *unit = text + digits;
	int64_t number = 0;

	unit += strspn(unit, " ");
	return num_parse(arena_text_n(ctx->arena, text, digits), INT64_MIN,
		   INT64_MAX, &number) &&
	       times_of(row->unit, unit) != 0 &&
	       num_mul(number, times_of(row->unit, unit), ret) &&
	       *ret >= row->least && *ret <= row->most;
}

/* 65536 of bytes as "64 KiB": the largest unit that it is whole in. */
static const char *
int_text(struct ctx *ctx, const struct option *row, int64_t number)
{
	const char *unit = row->unit;
	int64_t times = 1;

	for (size_t i = 0; i < ARRAY_SIZE(units) && number != 0; i++)
		if (text_equal(units[i].unit, row->unit) &&
		    number % units[i].times == 0 && units[i].times > times) {
			unit = units[i].written;
			times = units[i].times;
		}
	return arena_printf(ctx->arena,
	    *unit == '\0' ? "%" PRId64 "%s" : "%" PRId64 " %s", number / times,
	    unit);
}

static bool
read_choice(const struct option *row, const char *text, int64_t *ret)
{
	for (int64_t i = 0; row->choices[i] != NULL; i++)
		if (text_equal(row->choices[i], text)) {
			*ret = i;
			return true;
		}
	return false;
}

const char *
option_bounds(struct ctx *ctx, const struct option *row)
{
	struct text text;

	text_init(&text, ctx->arena);
	switch (row->type) {
	case OPTION_INT:
		text_addf(&text, "%s to %s", int_text(ctx, row, row->least),
		    int_text(ctx, row, row->most));
		break;
	case OPTION_CHOICE:
		for (size_t i = 0; row->choices[i] != NULL; i++)
			text_addf(&text, "%s%s", i == 0 ? "" : ", ",
			    row->choices[i]);
		break;
	case OPTION_TEXT:
		text_addf(&text, "at most %" PRId64 " bytes", row->most);
		break;
	}
	return text_of(&text);
}

static const char *
value_text(struct ctx *ctx, const struct option *row, int64_t number,
    const char *text)
{
	switch (row->type) {
	case OPTION_INT:
		return int_text(ctx, row, number);
	case OPTION_CHOICE:
		return row->choices[number];
	case OPTION_TEXT:
		break;
	}
	return text;
}

const char *
option_initial(struct ctx *ctx, const struct option *row)
{
	return value_text(ctx, row, row->initial, row->text);
}

/* Take a value over, or note what is wrong with it at its place. */
static void
take(struct ctx *ctx, struct options *options, struct value *value,
    const char *place, const char *text, enum source source)
{
	const struct option *row = value->row;
	int64_t number = 0;
	bool good = true;

	switch (row->type) {
	case OPTION_INT:
		good = read_int(ctx, row, text, &number);
		break;
	case OPTION_CHOICE:
		good = read_choice(row, text, &number);
		break;
	case OPTION_TEXT:
		good = strlen(text) <= (size_t)row->most;
		break;
	}
	if (!good) {
		fail_invalid(ctx, place, "option.value", "%s is %s, not \"%s\"",
		    row->name, option_bounds(ctx, row), text);
		return;
	}
	atomic_store(&value->number, number);
	if (row->type == OPTION_TEXT)
		atomic_store(&value->text, arena_text(options->arena, text));
	value->source = source;
}

static struct value *
find(struct options *options, const char *name)
{
	for (size_t i = 0; i < options->count; i++)
		if (text_equal(options->values[i].row->name, name))
			return &options->values[i];
	return NULL;
}

static char *
trimmed(char *text)
{
	size_t len = 0;

	text += strspn(text, " \t\r");
	len = strlen(text);
	while (len > 0 && strchr(" \t\r", text[len - 1]) != NULL)
		text[--len] = '\0';
	return text;
}

/* name = value, a comment, or nothing. */
static void
read_line(struct ctx *ctx, struct options *options, const char *place,
    char *line)
{
	struct value *value = NULL;
	char *equals = NULL;

	line = trimmed(line);
	if (*line == '\0' || *line == '#')
		return;
	equals = strchr(line, '=');
	if (equals == NULL) {
		fail_invalid(ctx, place, "option.line",
		    "\"name = value\" is expected");
		return;
	}
	*equals = '\0';
	value = find(options, trimmed(line));
	if (value == NULL)
		fail_invalid(ctx, place, "option.unknown",
		    "there is no option %s; truc options lists them",
		    trimmed(line));
	else if (value->source == SOURCE_FILE)
		fail_invalid(ctx, place, "option.twice", "%s is set twice",
		    value->row->name);
	else
		take(ctx, options, value, place, trimmed(equals + 1),
		    SOURCE_FILE);
}

static enum fail
read_file(struct ctx *ctx, struct options *options)
{
	struct bytes content = { 0 };
	const char *clean = NULL;
	char *next = NULL;

	if (!file_exists(options->path))
		return OK;
	options->has_file = true;
	TRY(file_read(ctx, options->path, OPTION_FILE_MAX, &content));
	clean = (const char *)content.at;
	if (strlen(clean) != content.len) {
		fail_invalid(ctx, options->path, "option.line", "a zero byte");
		return fail_valid(ctx);
	}
	next = arena_text(ctx->arena, clean);
	for (int number = 1; next != NULL; number++) {
		char *line = next;

		next = strchr(line, '\n');
		if (next != NULL)
			*next++ = '\0';
		read_line(ctx, options,
		    arena_printf(ctx->arena, "%s:%d", options->path, number),
		    line);
	}
	return OK;
}

/* store.batch_units is TRUC_STORE_BATCH_UNITS. */
static void
read_environment(struct ctx *ctx, struct options *options, struct value *value)
{
	char name[NAME_BYTES + 6] = "TRUC_";
	size_t at = strlen(name);
	const char *text = NULL;

	for (const char *c = value->row->name; *c != '\0'; c++) {
		assert(at + 1 < sizeof(name));
		name[at++] = *c == '.'                ? '_'
			     : *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A')
						      : *c;
	}
	text = getenv(name);
	if (text != NULL)
		take(ctx, options, value, arena_text(ctx->arena, name), text,
		    SOURCE_ENVIRONMENT);
}

static enum fail
read_all(struct ctx *ctx, struct options *options)
{
	TRY(read_file(ctx, options));
	for (size_t i = 0; i < options->count; i++)
		read_environment(ctx, options, &options->values[i]);
	return fail_valid(ctx);
}

static int
by_name(const void *a, const void *b)
{
	const struct option *const *x = a;
	const struct option *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

/* Initial values of all rows, by name; a name is one row's. */
static struct options *
options_new(const char *path, const struct option **rows, size_t count)
{
	struct options *options = calloc(1, sizeof(*options));

	assert(options != NULL);
	qsort(rows, count, sizeof(*rows), by_name);
	options->arena = arena_new(0);
	options->path = arena_text(options->arena, path);
	options->values = ARENA_ARRAY(options->arena, count, struct value);
	options->count = count;
	pthread_mutex_init(&options->lock, NULL);
	for (size_t i = 0; i < count; i++) {
		assert(i == 0 || strcmp(rows[i - 1]->name, rows[i]->name) != 0);
		options->values[i].row = rows[i];
		atomic_init(&options->values[i].number, rows[i]->initial);
		atomic_init(&options->values[i].text, rows[i]->text);
	}
	return options;
}

static struct options *
initial(struct ctx *ctx, const char *path, const struct option *const *tables)
{
	const struct option **rows = NULL;
	size_t count = 0;

	for (size_t t = 0; tables[t] != NULL; t++)
		for (const struct option *row = tables[t]; row->name != NULL;
		     row++)
			count++;
	rows = ARENA_ARRAY(ctx->arena, count, const struct option *);
	count = 0;
	for (size_t t = 0; tables[t] != NULL; t++)
		for (const struct option *row = tables[t]; row->name != NULL;
		     row++) {
			assert(strlen(row->name) <= NAME_BYTES);
			rows[count++] = row;
		}
	return options_new(path, rows, count);
}

/* What takes effect outside of option_int. */
static void
apply(const struct options *options)
{
	for (size_t i = 0; i < options->count; i++)
		if (options->values[i].row == &core_options[CORE_LOG_LEVEL])
			log_set_level((enum log_level)atomic_load(
			    &options->values[i].number));
}

enum fail
options_read(struct ctx *ctx, const char *path,
    const struct option *const *tables, struct options **ret)
{
	struct options *options = initial(ctx, path, tables);
	const enum fail got = read_all(ctx, options);

	if (got != OK) {
		options_free(options);
		return got;
	}
	apply(options);
	*ret = options;
	return OK;
}

void
options_free(struct options *options)
{
	if (options == NULL)
		return;
	pthread_mutex_destroy(&options->lock);
	arena_free(options->arena);
	free(options);
}

static bool
is_other(const struct value *a, const struct value *b)
{
	return atomic_load(&a->number) != atomic_load(&b->number) ||
	       !text_equal(atomic_load(&a->text), atomic_load(&b->text));
}

static void
move(struct options *options, struct value *to, struct value *from)
{
	const char *text = atomic_load(&from->text);

	atomic_store(&to->number, atomic_load(&from->number));
	if (to->row->type == OPTION_TEXT)
		atomic_store(&to->text, arena_text(options->arena, text));
	to->source = from->source;
}

enum fail
options_reload(struct ctx *ctx, struct options *options, int *ret_changed)
{
	const struct option **rows =
	    ARENA_ARRAY(ctx->arena, options->count, const struct option *);
	struct options *fresh = NULL;
	enum fail got = OK;
	int changed = 0;

	for (size_t i = 0; i < options->count; i++)
		rows[i] = options->values[i].row;
	fresh = options_new(options->path, rows, options->count);
	got = read_all(ctx, fresh);
	/* Moved away, or its disk is: that is nobody's wish for the defaults. */
	if (got == OK && options->has_file && !fresh->has_file)
		got = FAIL(ctx, FAIL_CONFLICT, "option.file",
		    "%s is gone; an empty file would mean the defaults",
		    options->path);
	pthread_mutex_lock(&options->lock);
	for (size_t i = 0; got == OK && i < options->count; i++) {
		struct value *value = &options->values[i];

		if (value->row->when != OPTION_RELOAD ||
		    !is_other(value, &fresh->values[i]))
			continue;
		move(options, value, &fresh->values[i]);
		changed++;
	}
	if (got == OK)
		options->has_file = fresh->has_file;
	pthread_mutex_unlock(&options->lock);
	options_free(fresh);
	if (got == OK) {
		apply(options);
		*ret_changed = changed;
	}
	return got;
}

static const struct value *
value_of(const struct home *home, const struct option *row)
{
	const struct options *options = home->options;
	size_t low = 0;
	size_t high = options == NULL ? 0 : options->count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const struct value *value = &options->values[middle];
		const int order =
		    value->row == row ? 0 : strcmp(row->name, value->row->name);

		if (order == 0)
			return value;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

int64_t
option_int(const struct home *home, const struct option *row)
{
	const struct value *value = value_of(home, row);

	assert(row->type != OPTION_TEXT);
	return value == NULL ? row->initial : atomic_load(&value->number);
}

const char *
option_text(const struct home *home, const struct option *row)
{
	const struct value *value = value_of(home, row);

	assert(row->type == OPTION_TEXT);
	return value == NULL ? row->text : atomic_load(&value->text);
}

void
options_list(struct ctx *ctx, const struct options *options,
    struct option_line **ret, size_t *ret_count)
{
	static const char *const sources[] = { [SOURCE_DEFAULT] = "default",
		[SOURCE_FILE] = "file",
		[SOURCE_ENVIRONMENT] = "environment" };
	struct option_line *lines =
	    ARENA_ARRAY(ctx->arena, options->count + 1, struct option_line);

	for (size_t i = 0; i < options->count; i++) {
		const struct value *value = &options->values[i];

		lines[i] = (struct option_line){ value->row,
			value_text(ctx, value->row, atomic_load(&value->number),
			    atomic_load(&value->text)),
			sources[value->source] };
	}
	*ret = lines;
	*ret_count = options->count;
}
