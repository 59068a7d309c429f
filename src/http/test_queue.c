#include "t.h"

#include "core/arena.h"
#include "http/queue.h"

#define MOST 300
#define KEYS 5
#define STEPS 20000

static void
one_key_is_first_in_first_out(void **state)
{
	struct t *t = *state;
	struct queue *queue = queue_new(t->arena, MOST);
	int items[MOST];

	for (int i = 0; i < MOST; i++)
		queue_put(queue, 7, &items[i]);
	for (int i = 0; i < MOST; i++)
		assert_ptr_equal(queue_take(queue), &items[i]);
	queue_close(queue);
	assert_null(queue_take(queue));
	queue_end(queue);
}

static void
who_comes_alone_does_not_wait_for_a_crowd(void **state)
{
	struct t *t = *state;
	struct queue *queue = queue_new(t->arena, MOST);
	int crowd[MOST - 2];
	int alone[2];

	for (int i = 0; i < MOST - 2; i++)
		queue_put(queue, 7, &crowd[i]);
	queue_put(queue, 8, &alone[0]);
	queue_put(queue, 9, &alone[1]);
	assert_ptr_equal(queue_take(queue), &crowd[0]);
	assert_ptr_equal(queue_take(queue), &alone[0]);
	assert_ptr_equal(queue_take(queue), &alone[1]);
	for (int i = 1; i < MOST - 2; i++)
		assert_ptr_equal(queue_take(queue), &crowd[i]);
	queue_close(queue);
	queue_end(queue);
}

/* ---- random lives against a small model ---- */

/* Who is in line, and what each has; what is taken moves everything up. */
struct model {
	int line[KEYS];
	int line_count;
	int first[KEYS]; /* numbers of what each has put and not got */
	int end[KEYS];
};

static void
model_put(struct model *m, int key)
{
	if (m->first[key] == m->end[key])
		m->line[m->line_count++] = key;
	m->end[key]++;
}

static int
model_take(struct model *m, int *ret_number)
{
	const int key = m->line[0];

	*ret_number = m->first[key]++;
	for (int i = 1; i < m->line_count; i++)
		m->line[i - 1] = m->line[i];
	m->line_count--;
	if (m->first[key] < m->end[key])
		m->line[m->line_count++] = key;
	return key;
}

static void
a_random_life_is_that_of_the_model(void **state)
{
	static int items[KEYS][STEPS];
	struct t *t = *state;
	struct queue *queue = queue_new(t->arena, MOST);
	struct model m = { 0 };
	int count = 0;

	for (int step = 0; step < STEPS; step++) {
		const int key = (int)(random_below(&t->random, KEYS));

		if (count < MOST &&
		    (count == 0 || random_below(&t->random, 2) == 0)) {
			/* Keys next to each other meet in no line. */
			queue_put(queue, (uint64_t)key,
			    &items[key][m.end[key]]);
			model_put(&m, key);
			count++;
		} else {
			int number = 0;
			const int of = model_take(&m, &number);

			assert_ptr_equal(queue_take(queue), &items[of][number]);
			count--;
		}
	}
	queue_close(queue);
	queue_end(queue);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(one_key_is_first_in_first_out),
		t_test(who_comes_alone_does_not_wait_for_a_crowd),
		t_test(a_random_life_is_that_of_the_model),
	};
	return t_run(tests);
}
