#include "fuzz.h"

#include "org/import_succession.h"
#include "org/t_import.h"

/* A made-up country in memory; every table is read and taken back. */
static struct t *
country(void)
{
	static struct t *made;
	static struct units units;
	void *state = NULL;

	if (made == NULL) {
		(void)t_setup(&state);
		import_small(state, &units);
		made = state;
	}
	return made;
}

static void
check_sum(const struct import_succession *r)
{
	fuzz_check(r->rows == r->written + r->kept + r->continued +
				  r->unknown_old + r->unknown_new +
				  r->without_old + r->repeated + r->unfit +
				  r->contrary + r->held);
}

static enum fail
read_table(struct ctx *ctx, void *arg)
{
	const struct bytes *csv = arg;
	const struct import_succession *report = NULL;

	TRY(import_succession(ctx, *csv, AFTER, "fuzz", &report));
	check_sum(report);
	return FAIL(ctx, FAIL_CONFLICT, "fuzz.taken_back", "as wished");
}

/* Whatever a table says: each row is counted once, and nothing stays. */
void
fuzz_one(struct ctx *ctx, struct bytes in)
{
	struct t *t = country();
	const uint64_t before = t_digest(t);

	(void)ctx;
	fuzz_check(t_unit(t, read_table, &in) != OK);
	fuzz_check(t_digest(t) == before);
}
