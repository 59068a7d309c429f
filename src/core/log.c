#include "core/log.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/day.h"

/* A longer line is cut; it is written by one write(2), so lines never mix. */
#define LINE_MAX_BYTES 4096

struct line {
	char at[LINE_MAX_BYTES];
	size_t len;
};

static atomic_int least_level = LOG_INFO;

void
log_set_level(enum log_level level)
{
	atomic_store(&least_level, (int)level);
}

static const char *
level_name(enum log_level level)
{
	switch (level) {
	case LOG_DEBUG:
		return "debug";
	case LOG_INFO:
		return "info";
	case LOG_WARN:
		return "warn";
	case LOG_ERROR:
		return "error";
	}
	return "error";
}

/* One byte is kept for the line feed. */
static void
put(struct line *line, char c)
{
	if (line->len + 1 < sizeof(line->at))
		line->at[line->len++] = c;
}

static void
put_text(struct line *line, const char *text)
{
	for (; *text != '\0'; text++)
		put(line, *text);
}

static void put_f(struct line *line, const char *format, ...) PRINTF(2, 3);

static void
put_f(struct line *line, const char *format, ...)
{
	char out[128];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(out, sizeof(out), format, args);
	va_end(args);
	put_text(line, out);
}

static bool
is_plain(const char *value)
{
	for (const char *at = value; *at != '\0'; at++)
		if ((unsigned char)*at <= ' ' || *at == '"' || *at == '=' ||
		    *at == '\\' || *at == 0x7f)
			return false;
	return *value != '\0';
}

static void
put_value(struct line *line, const char *value)
{
	if (is_plain(value)) {
		put_text(line, value);
		return;
	}
	put(line, '"');
	for (; *value != '\0'; value++) {
		const unsigned char c = (unsigned char)*value;

		if (c == '"' || c == '\\') {
			put(line, '\\');
			put(line, *value);
		} else if (c == '\n') {
			put_text(line, "\\n");
		} else if (c < ' ' || c == 0x7f) {
			put_f(line, "\\x%02x", (unsigned)c);
		} else {
			put(line, *value);
		}
	}
	put(line, '"');
}

static void
put_time(struct line *line, int64_t at_us)
{
	const int64_t in_day = at_us % DAY_US;
	const int second = (int)(in_day / 1000000);
	int year = 0;
	int month = 0;
	int mday = 0;

	day_split((day)(at_us / DAY_US), &year, &month, &mday);
	put_f(line, "time=%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", year, month,
	    mday, second / 3600, second / 60 % 60, second % 60,
	    (int)(in_day % 1000000));
}

void
log_event(enum log_level level, const char *event,
    const struct log_field *fields)
{
	struct line line = { .len = 0 };
	size_t sent = 0;

	if ((int)level < atomic_load(&least_level))
		return;
	put_time(&line, time_now_us());
	put_f(&line, " level=%s event=", level_name(level));
	put_value(&line, event);
	for (; fields->key != NULL; fields++) {
		put(&line, ' ');
		put_text(&line, fields->key);
		put(&line, '=');
		if (fields->text == NULL)
			put_f(&line, "%lld", (long long)fields->number);
		else
			put_value(&line, fields->text);
	}
	line.at[line.len++] = '\n';
	/* Nobody can learn that the log itself fails. */
	while (sent < line.len) {
		const ssize_t got =
		    write(STDERR_FILENO, line.at + sent, line.len - sent);

		if (got <= 0)
			break;
		sent += (size_t)got;
	}
}

/* ---- lines that say the same ---- */

#define MINUTE_US (60 * SECOND_US)
#define NAME_MAX_BYTES 64

/* A minute of one event and what its lines have in common. */
struct same {
	char event[NAME_MAX_BYTES]; /* "" : free */
	char text[NAME_MAX_BYTES];
	enum log_level level;
	int64_t since_us; /* steady: its first line */
	int64_t count;    /* all, also those that were written */
};

static pthread_mutex_t sames_lock = PTHREAD_MUTEX_INITIALIZER;
static struct same sames[LOG_SAMES_MAX];

static void
keep_name(char into[NAME_MAX_BYTES], const char *name)
{
	const size_t len = strnlen(name, NAME_MAX_BYTES - 1);

	memcpy(into, name, len);
	into[len] = '\0';
}

static bool
is_name(const char kept[NAME_MAX_BYTES], const char *name)
{
	return strncmp(kept, name, NAME_MAX_BYTES - 1) == 0;
}

/* How many were not written; the place is free again.  With the lock. */
static void
say_count(struct same *same, int64_t steady_us)
{
	if (same->count > LOG_SAME_MOST)
		LOG(same->level, same->event, LOG_T("same", same->text),
		    LOG_N("repeated", same->count - LOG_SAME_MOST),
		    LOG_N("seconds", (steady_us - same->since_us) / SECOND_US));
	*same = (struct same){ 0 };
}

/* Its place, or one that was free or has the oldest.  With the lock. */
static struct same *
place_of(const char *event, const char *text, int64_t steady_us)
{
	struct same *oldest = &sames[0];

	for (size_t i = 0; i < LOG_SAMES_MAX; i++) {
		if (is_name(sames[i].event, event) &&
		    is_name(sames[i].text, text))
			return &sames[i];
		if (sames[i].since_us < oldest->since_us)
			oldest = &sames[i];
	}
	say_count(oldest, steady_us);
	return oldest;
}

void
log_often(enum log_level level, const char *event, const char *same,
    const struct log_field *fields)
{
	const int64_t steady_us = time_steady_us();
	struct same *place = NULL;
	bool is_written = false;

	(void)pthread_mutex_lock(&sames_lock);
	place = place_of(event, same, steady_us);
	if (steady_us - place->since_us >= MINUTE_US)
		say_count(place, steady_us);
	if (place->count == 0) {
		keep_name(place->event, event);
		keep_name(place->text, same);
		place->level = level;
		place->since_us = steady_us;
	}
	is_written = ++place->count <= LOG_SAME_MOST;
	(void)pthread_mutex_unlock(&sames_lock);
	if (is_written)
		log_event(level, event, fields);
}

void
log_counted(int64_t steady_us)
{
	const int64_t now_us = time_steady_us();

	(void)pthread_mutex_lock(&sames_lock);
	for (size_t i = 0; i < LOG_SAMES_MAX; i++)
		if (sames[i].count > 0 &&
		    steady_us - sames[i].since_us >= MINUTE_US)
			say_count(&sames[i], now_us);
	(void)pthread_mutex_unlock(&sames_lock);
}
