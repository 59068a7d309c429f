#include "demo/demo.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "core/arena.h"

/*
 * How many dossiers a unit of each level takes in a quarter, by sector in the
 * order of the form's rows; 0: the level does not deal with the sector, and says
 * so ("none").
 */
static const int32_t usual[4][DEMO_SECTORS] = {
	[LEVEL_PROVINCE] = { 60, 40, 900, 260, 110, 180, 1500, 700, 140, 90,
	    120, 400 },
	[LEVEL_DISTRICT] = { 110, 420, 640, 170, 30, 40, 260, 180, 60, 45, 25,
	    140 },
	[LEVEL_COMMUNE] = { 190, 520, 60, 0, 0, 8, 0, 35, 9, 0, 3, 22 },
};

/* One sector of II.06a: columns 4 to 13. */
struct line {
	int64_t online;
	int64_t in_person;
	int64_t carried;
	int64_t early;
	int64_t on_time;
	int64_t overdue;
	int64_t open_in_time;
	int64_t open_overdue;
};

uint64_t
demo_dice(uint64_t a, uint64_t b, uint64_t c)
{
	uint64_t z = DEMO_SEED + a * UINT64_C(0x9e3779b97f4a7c15);

	for (int round = 0; round < 2; round++) {
		z += round == 0 ? b * UINT64_C(0xbf58476d1ce4e5b9)
				: c * UINT64_C(0x94d049bb133111eb);
		z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
		z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
		z ^= z >> 31;
	}
	return z;
}

/* An even number in [lo, hi]; moves the dice on. */
static int64_t
between(struct random *dice, int64_t lo, int64_t hi)
{
	return lo + (int64_t)random_below(dice, (uint64_t)(hi - lo) + 1);
}

int64_t
demo_own_size(int64_t unit)
{
	struct random dice;

	random_seed(&dice, demo_dice(1, (uint64_t)unit, 0));
	return between(&dice, 30, 160) * between(&dice, 50, 150) / 100;
}

/* What came over from those of its level that are gone by then. */
static int64_t
inherited(const struct directory *dir, const struct unit *unit, day on)
{
	const int level = unit_near(unit, on)->level;
	int64_t sum = 0;

	for (size_t i = 0; i < unit->predecessor_count; i++) {
		const struct unit *from =
		    directory_at(dir, unit->predecessors[i]);

		if (from->to <= on && unit_near(from, on)->level == level)
			sum += demo_size(dir, from->number, from->to - 1) /
			       (int64_t)from->successor_count;
	}
	return sum;
}

int64_t
demo_size(const struct directory *dir, int number, day on)
{
	const struct unit *unit = directory_at(dir, number);
	const int64_t from_others = inherited(dir, unit, on);
	const bool was_there =
	    unit->predecessor_count > 0 &&
	    directory_at(dir, unit->predecessors[0])->to > unit->from;

	return from_others == 0 || was_there
		   ? demo_own_size(unit->id) + from_others
		   : from_others;
}

static struct line
make_line(struct random *dice, const struct demo_case *what, int sector,
    const struct demo_backlog *backlog)
{
	/* The share sent online grows from quarter to quarter, for two years. */
	const int64_t online_percent =
	    between(dice, 38, 52) +
	    5 * (int64_t)(what->quarter < 8 ? what->quarter : 8);
	const int64_t season = what->quarter % 4 == 0 ? 88 : 100;
	const int64_t taken = usual[what->level][sector] * what->size / 100 *
			      season / 100 * between(dice, 80, 120) / 100;
	struct line line = { 0 };
	int64_t total = 0;
	int64_t done = 0;
	int64_t open = 0;

	line.online = taken * online_percent / 100;
	line.in_person = taken - line.online;
	line.carried = backlog->known ? backlog->open[sector]
				      : taken * between(dice, 0, 6) / 100;
	if (what->slip == SLIP_CARRY && line.carried > 0)
		line.carried--;
	if (what->slip == SLIP_TENFOLD && sector == 1)
		line.online *= 10;
	total = line.online + line.in_person + line.carried;
	done = total * between(dice, 93, 99) / 100;
	open = total - done;
	line.overdue = done * between(dice, 0, 2) / 100;
	line.early = (done - line.overdue) * between(dice, 50, 75) / 100;
	line.on_time = done - line.overdue - line.early;
	line.open_overdue = open * between(dice, 0, 8) / 100;
	line.open_in_time = open - line.open_overdue;
	return line;
}

/*
 * What was counted as on time had been overdue.  Every amendment changes
 * something: where nothing was on time, a dossier settled at once was forgotten.
 */
static void
amend_line(struct line *line, int sector)
{
	if (line->on_time > 0) {
		line->on_time--;
		line->overdue++;
	} else if (sector == 0) {
		line->in_person++;
		line->early++;
	}
}

static void
add_cell(struct text *out, const char *row, const char *column, int64_t value)
{
	text_addf(out, "%s\"%s.%s\":%" PRId64, out->len > 1 ? "," : "", row,
	    column, value);
}

static void
add_line(struct text *out, const char *row, const struct line *line)
{
	add_cell(out, row, "c4", line->online);
	add_cell(out, row, "c5", line->in_person);
	add_cell(out, row, "c6", line->carried);
	add_cell(out, row, "c8", line->early);
	add_cell(out, row, "c9", line->on_time);
	add_cell(out, row, "c10", line->overdue);
	add_cell(out, row, "c12", line->open_in_time);
	add_cell(out, row, "c13", line->open_overdue);
}

static void
add_none(struct text *out, const struct form_version *version, const char *row)
{
	for (size_t c = 0; c < version->column_count; c++)
		text_addf(out, "%s\"%s.%s\":{\"state\":\"none\"}",
		    out->len > 1 ? "," : "", row, version->columns[c].id);
}

/* II.07b counts procedures: stable, three parts that differ by level.  Who
 * amends it had forgotten one. */
static void
add_procedures(struct text *out, const struct form_version *version,
    const struct demo_case *what)
{
	static const char *const parts[] = { "c4", "c5", "c6", "c8", "c9",
		"c10", "c12", "c13", "c14" };
	static const int lo[] = { 1500, 290, 110, 1300, 270, 100, 1200, 250,
		90 };
	char cell[16];

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		struct random dice;

		random_seed(&dice,
		    demo_dice(2, (uint64_t)what->unit, (uint64_t)i));
		(void)snprintf(cell, sizeof(cell), "d01.%s", parts[i]);
		if (form_cell(version, cell) >= 0)
			add_cell(out, "d01", parts[i],
			    between(&dice, lo[i], lo[i] * 12 / 10) +
				what->quarter + (what->amended && i == 0));
	}
}

void
demo_cells(const struct form_version *version, const struct demo_case *what,
    struct demo_backlog *backlog, struct text *out)
{
	struct random dice;

	random_seed(&dice,
	    demo_dice(3, (uint64_t)what->unit, (uint64_t)what->quarter));
	text_char(out, '{');
	if (version->row_count != DEMO_SECTORS) {
		add_procedures(out, version, what);
		text_char(out, '}');
		return;
	}
	for (int s = 0; s < DEMO_SECTORS; s++) {
		const char *row = version->rows[s].id;
		struct line line;

		if (usual[what->level][s] == 0) {
			add_none(out, version, row);
			continue;
		}
		line = make_line(&dice, what, s, backlog);
		if (what->amended)
			amend_line(&line, s);
		add_line(out, row, &line);
		backlog->open[s] =
		    (int32_t)(line.open_in_time + line.open_overdue);
	}
	backlog->known = true;
	text_char(out, '}');
}

const char *
demo_name(struct arena *arena, uint64_t number)
{
	static const char *const family[] = { "Nguyễn", "Trần", "Lê", "Phạm",
		"Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương" };
	static const char *const middle[] = { "Thị", "Văn", "Minh", "Thanh",
		"Ngọc", "Quốc", "Thu", "Đức" };
	static const char *const given[] = { "Hoa", "Hùng", "Lan", "Dũng",
		"Hương", "Sơn", "Mai", "Tuấn", "Hạnh", "Long", "Thảo", "Phúc",
		"Yến", "Khánh", "Bình", "Trang" };
	const uint64_t z = demo_dice(4, number, 0);

	return arena_printf(arena, "%s %s %s", family[z % ARRAY_SIZE(family)],
	    middle[(z >> 16) % ARRAY_SIZE(middle)],
	    given[(z >> 32) % ARRAY_SIZE(given)]);
}
