#include "t.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/name_order.h"

static int
order(struct t *t, const char *a, const char *b)
{
	return strcmp(name_order_key(t->arena, a), name_order_key(t->arena, b));
}

/* web/test/words.test.mjs holds the same file to Unicode's rules. */
static void
names_stand_as_unicode_s_rules_for_vietnamese_have_them(void **state)
{
	struct t *t = *state;
	const char *root = getenv("TRUC_SOURCE");
	char path[4096];
	char line[256];
	char before[256] = "";
	FILE *file = NULL;
	int count = 0;

	snprintf(path, sizeof(path), "%s/tests/corpus/names.txt",
	    root == NULL ? "." : root);
	file = fopen(path, "r");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (count++ > 0 && order(t, before, line) >= 0)
			t_fail("%s is not before %s", before, line);
		memcpy(before, line, sizeof(before));
	}
	fclose(file);
	assert_true(count > 150);
}

static void
a_name_has_one_place_however_it_is_written(void **state)
{
	struct t *t = *state;

	/* Decomposed; the typographic mark; zeros in front. */
	assert_int_equal(order(t, "Xa\xcc\x83 A\xcc\x81i", "Xã Ái"), 0);
	assert_int_equal(order(t, "Cư M’gar", "Cư M'gar"), 0);
	assert_true(order(t, "Phường 04", "Phường 5") < 0);
	assert_true(order(t, "Phường 3", "Phường 04") < 0);
	assert_int_equal(order(t, "Phường 0", "Phường 00"), 0);
	assert_int_equal(order(t, "", ""), 0);
	assert_true(order(t, "", "A") < 0);
}

static void
numbers_beyond_any_integer_are_read(void **state)
{
	struct t *t = *state;

	assert_true(order(t, "99", "100") < 0);
	assert_true(
	    order(t, "18446744073709551615", "18446744073709551616") < 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(names_stand_as_unicode_s_rules_for_vietnamese_have_them),
		t_test(a_name_has_one_place_however_it_is_written),
		t_test(numbers_beyond_any_integer_are_read),
	};

	return t_run(tests);
}
