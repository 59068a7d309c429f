#include "core/log.h"

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
