#ifndef HTTP_T_RECEIVER_H
#define HTTP_T_RECEIVER_H

#include "t.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "http/client.h"

/*
 * Somebody to call, on loopback, who may behave badly: a thread that accepts
 * connections one after another, reads a request and acts.  It ends with the
 * test, and nothing in it waits longer than T_RECEIVER_MS.
 */
#define T_RECEIVER_MS 120000

struct receiver {
	int fd;
	int port;
	pthread_t thread;
	atomic_bool is_ending;
	atomic_int called; /* connections that were accepted */
	/* The last request, once its caller has an answer. */
	char heard[65536];
	size_t heard_len;
	void (*act)(struct receiver *receiver, int fd);
	const void *arg; /* of act */
};

/* family: AF_INET for 127.0.0.1, AF_INET6 for ::1. */
struct receiver *t_receive(struct t *t, int family,
    void (*act)(struct receiver *receiver, int fd), const void *arg);

/* False when the other has gone. */
bool t_send(int fd, const char *what, size_t len);
bool t_send_text(int fd, const char *what);
/* Say nothing more until the other goes. */
void t_hang(int fd);

/* For act: arg is the text of the answer, and that is all. */
void t_answer(struct receiver *receiver, int fd);
/* For act: nothing is answered. */
void t_act_hang(struct receiver *receiver, int fd);

#define T_OK_ANSWER "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

/* ---- who calls ---- */

void t_client_end(void *client);
/*
 * Freed with the test; networks NULL: loopback; a time of zero is an hour: what
 * ends a call is not that the machine is slow.
 */
#define T_HOUR_MS 3600000
struct client *t_client(struct t *t, struct client_options options);
struct client *t_client_patient(struct t *t);
/* Its limits are such that a bad receiver runs into them within two seconds. */
struct client *t_client_hasty(struct t *t);
const char *t_url(struct t *t, const struct receiver *receiver);
/* GET; Retry-After and Location are kept. */
enum fail t_call(struct t *t, const struct client *client, const char *url,
    struct client_answer *ret);

#endif
