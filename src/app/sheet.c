#include "app/sheet.h"

#include <string.h>
#include <strings.h>

#include "core/arena.h"
#include "core/utf8.h"

static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
	"Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

void
sheet_begin(const struct ctx *ctx, struct sheet *sheet, struct text *out)
{
	*sheet = (struct sheet){ .out = out,
		.english = text_equal(ctx->locale, "en") };
	text_add(out, "\xef\xbb\xbf");
}

static void
begin_cell(struct sheet *sheet)
{
	if (sheet->begun)
		text_char(sheet->out, sheet->english ? ',' : ';');
	sheet->begun = true;
}

/* What stands between the digits of numbers, days and times of day. */
#define DIGITS "0123456789"
#define MARKS DIGITS ".,:/-+()% \u00a0"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

static bool
is_numeric(const char *value)
{
	return strpbrk(value, DIGITS) != NULL &&
	       value[strspn(value, MARKS "eE")] == '\0';
}

static bool
is_word_of_time(const char *word, size_t len)
{
	if (len == 2 && (strncasecmp(word, "am", len) == 0 ||
			    strncasecmp(word, "pm", len) == 0))
		return true;
	for (size_t i = 0; len >= 3 && i < ARRAY_SIZE(months); i++)
		if (strncasecmp(word, months[i], 3) == 0)
			return true;
	return false;
}

/* "MAR1", "sep-25", "1-Sep", "10:30 PM": one word among digits that makes some
 * take it for a day or a time of day. */
static bool
is_moment(const char *value)
{
	const size_t before = strspn(value, MARKS);
	const size_t len = strspn(value + before, LETTERS);
	const char *after = value + before + len;

	return strpbrk(value, DIGITS) != NULL &&
	       after[strspn(after, MARKS)] == '\0' &&
	       is_word_of_time(value + before, len);
}

/* Would a spreadsheet make something else of it? */
static bool
is_mistaken(const char *value)
{
	return (*value != '\0' && strchr("=+-@\t\r", *value) != NULL) ||
	       is_numeric(value) || is_moment(value) ||
	       strcasecmp(value, "true") == 0 ||
	       strcasecmp(value, "false") == 0;
}

void
sheet_text(struct sheet *sheet, const char *value)
{
	begin_cell(sheet);
	if (value == NULL || *value == '\0')
		return;
	text_char(sheet->out, '"');
	if (is_mistaken(value))
		text_char(sheet->out, '\'');
	for (; *value != '\0'; value++) {
		if (*value == '"')
			text_char(sheet->out, '"');
		text_char(sheet->out, *value);
	}
	text_char(sheet->out, '"');
}

void
sheet_number(struct sheet *sheet, const char *decimal)
{
	const char *point = decimal == NULL ? NULL : strchr(decimal, '.');

	begin_cell(sheet);
	if (decimal == NULL)
		return;
	if (point == NULL || sheet->english) {
		text_add(sheet->out, decimal);
		return;
	}
	/* Quoted, whatever the reader splits at. */
	text_char(sheet->out, '"');
	text_add_n(sheet->out, decimal, (size_t)(point - decimal));
	text_char(sheet->out, ',');
	text_add(sheet->out, point + 1);
	text_char(sheet->out, '"');
}

void
sheet_count(struct sheet *sheet, int64_t value)
{
	begin_cell(sheet);
	text_int(sheet->out, value);
}

static int
two_digits(const char *at)
{
	return (at[0] - '0') * 10 + at[1] - '0';
}

static void
add_day(struct sheet *sheet, const char *day)
{
	if (sheet->english)
		text_addf(sheet->out, "%d %s %.4s", two_digits(day + 8),
		    months[(two_digits(day + 5) + 11) % 12], day);
	else
		text_addf(sheet->out, "%.2s/%.2s/%.4s", day + 8, day + 5, day);
}

void
sheet_day(struct sheet *sheet, const char *day)
{
	begin_cell(sheet);
	if (day != NULL)
		add_day(sheet, day);
}

void
sheet_instant(struct sheet *sheet, const char *at)
{
	begin_cell(sheet);
	if (at == NULL)
		return;
	add_day(sheet, at);
	text_addf(sheet->out, " %.5s", at + 11);
}

void
sheet_end(struct sheet *sheet)
{
	text_add(sheet->out, "\r\n");
	sheet->begun = false;
}

void
sheet_fact(struct sheet *sheet, const char *term, const char *value)
{
	sheet_text(sheet, term);
	sheet_text(sheet, value);
	sheet_end(sheet);
}

const char *
sheet_file(struct arena *arena, const char *text)
{
	char *name = arena_text(arena, utf8_fold(arena, text));

	for (char *at = name; *at != '\0'; at++)
		if (*at == ' ' || (*at & 0x80) != 0)
			*at = '-';
	return name;
}
