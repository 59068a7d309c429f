#ifndef REFORM_EFFECT_IN_H
#define REFORM_EFFECT_IN_H

#include "core/text.h"
#include "reform/effect.h"
#include "regime/catalogue.h"

/* What the parts of effect_of share. */
struct effect_part {
	char *at; /* items of size bytes */
	size_t size;
	size_t room;
	size_t count; /* of all; at holds EFFECT_MOST of them */
};

struct comparison {
	struct ctx *ctx;
	const struct reform_plan *plan;
	day when;     /* all changes hold */
	size_t count; /* units after */
	size_t old_count;
	const struct structure *before; /* of when */
	const struct structure *after;
	bool *changed; /* who acts for it, or who is above, are others */
	struct digest_run *run;
	struct text line;
	struct effect_part units;
	struct effect_part obligations;
	struct effect_part reports;
	struct effect_part positions;
	struct effect_part totals;
	struct effect_line *lines;
	size_t line_count;
	size_t line_room;
};

extern const struct shape effect_unit_shape;
extern const struct shape effect_obligation_shape;
extern const struct shape effect_report_shape;
extern const struct shape effect_position_shape;
extern const struct shape effect_total_shape;

/* Add an item; its mark (at its beginning) is made here. */
void effect_add(struct comparison *c, struct effect_part *part,
    const struct shape *shape, void *item);

/* Periods that the effect is shown for, newest first. */
size_t effect_periods(const struct comparison *c, const struct form *form,
    struct period *ret, size_t most);

const struct unit *effect_unit(const struct comparison *c, int number);
const char *effect_name(const struct comparison *c, int number);
const char *effect_ref(const struct comparison *c, int number); /* -1: NULL */
struct texts_of effect_refs(const struct comparison *c, const int *numbers,
    size_t count);
/* Who acts for it in a structure; none for who is not there yet. */
const int *effect_acts(const struct comparison *c, const struct structure *st,
    int number, size_t *ret_count);
/* Who accepts what it sends. -1: nobody. */
int effect_above(const struct comparison *c, bool after, int number, day on);

NODISCARD enum fail effect_units(struct comparison *c);
NODISCARD enum fail effect_obligations(struct comparison *c);
NODISCARD enum fail effect_reports(struct comparison *c);
NODISCARD enum fail effect_positions(struct comparison *c);
NODISCARD enum fail effect_totals(struct comparison *c);

/* clang-format off */
#define F_MARK(st) \
	F_TEXT(st, mark, EFFECT_MARK_LEN, REQUIRED, \
	    "changes if anything of the item does", "\"9b0c4e71a5d2c3f0\"")
#define F_REF(st, f, need_, meaning_) \
	F_UNIT_REF(st, f, need_, meaning_, "\"21\"")
#define F_REFS(st, f, meaning_) \
	F_TEXTS(st, f, 0, EFFECT_REFS_MAX, UNIT_REF_MAX, REQUIRED, meaning_, \
	    "[\"17\",\"new:a\"]")
/* clang-format on */

#endif
