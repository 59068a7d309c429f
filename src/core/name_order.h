#ifndef CORE_NAME_ORDER_H
#define CORE_NAME_ORDER_H

struct arena;

/*
 * The order of names, the same in every list, so that pages follow it: as a
 * Vietnamese dictionary has them, and "Phường 2" before "Phường 10".
 *
 * The key of a name; keys are compared with strcmp.  First by what is read: blanks, other marks, numbers by their
 * value, letters (a ă â b c d đ e ê .. o ô ơ .. u ư ..), then whatever else there
 * is.  Then by tone, in the order without, huyền, hỏi, ngã,
 * sắc, nặng; then small letters before great ones.  Unicode's rules for Vietnamese
 * say the same: tests/corpus/names.txt keeps both equal.  The name is clean text.
 */
const char *name_order_key(struct arena *arena, const char *name);

#endif
