#include "http/t_receiver.h"

#include <netdb.h>
#include <pthread.h>
#include <stdbool.h>

/*
 * The machine's resolver, replaced by one that answers when it is asked to.  It
 * cannot be interrupted, so whoever asks must not wait for it.
 */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool is_free;
static int asked;
static int answered;

int
getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
    struct addrinfo **ret)
{
	(void)name;
	(void)service;
	(void)hints;
	*ret = NULL;
	pthread_mutex_lock(&lock);
	asked++;
	pthread_cond_broadcast(&changed);
	while (!is_free)
		pthread_cond_wait(&changed, &lock);
	answered++;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
	return EAI_AGAIN;
}

static void
a_resolver_that_hangs_is_not_waited_for(void **state)
{
	struct t *t = *state;
	struct client_answer answer = { 0 };

	t_fails(&t->ctx,
	    t_call(t, t_client_hasty(t), "http://slow.test/", &answer),
	    FAIL_UPSTREAM, "client.timeout");
	pthread_mutex_lock(&lock);
	/* Whoever asks for the client may begin late. */
	while (asked == 0)
		pthread_cond_wait(&changed, &lock);
	assert_int_equal(asked, 1);
	assert_int_equal(answered, 0);
	is_free = true;
	pthread_cond_broadcast(&changed);
	while (answered < asked)
		pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
	t_fails(&t->ctx,
	    t_call(t, t_client_patient(t), "http://slow.test/", &answer),
	    FAIL_UPSTREAM, "client.resolve");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(a_resolver_that_hangs_is_not_waited_for),
	};

	return t_run(tests);
}
