#ifndef APP_T_APP_H
#define APP_T_APP_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "app/dispatch.h"
#include "app/locale.h"
#include "codec/json.h"
#include "core/log.h"
#include "core/metric.h"
#include "core/text.h"
#include "people/password.h"
#include "people/person.h"
#include "people/t_people.h"
#include "people/token.h"
#include "t_store.h"

/*
 * For the tests of app/: a process with a store, access, sentences and a
 * dispatcher over given slices, asked without sockets.
 */
struct t_request {
	const char *method; /* NULL: GET */
	const char *path;
	const char *query;
	const char *body;              /* NULL: none; else application/json */
	const char *form;              /* the same for a form, instead */
	struct http_header headers[6]; /* up to the first without name */
	const char *peer;              /* NULL: 127.0.0.1 */
	bool is_local;                 /* by the operators' listener */
};

static inline void
t_free_locale(void *object)
{
	locale_free(object);
}

static inline void
t_free_metrics(void *object)
{
	metrics_free(object);
}

static inline void
t_free_dispatch(void *object)
{
	dispatch_free(object);
}

/* slices stays in use. */
static inline void
t_app_web(struct t *t, const struct slice *const *slices, const char *web_dir)
{
	const struct dispatch_options options = { .web_dir = web_dir,
		.demo = true };
	struct home *home = &t->home;

	log_set_level(LOG_ERROR + 1); /* failures are wanted here */
	t_store(t);
	t_people(t, NULL);
	t_people_ledger(t);
	home->metrics = metrics_new();
	t_defer(t, t_free_metrics, home->metrics);
	t_ok(&t->ctx, locale_new(&t->ctx, locale_failures, &home->locale));
	t_defer(t, t_free_locale, home->locale);
	home->slices = slices;
	for (size_t i = 0; slices[i] != NULL; i++)
		t_grant(t, slices[i]->grants);
	t_ok(&t->ctx, dispatch_new(&t->ctx, &options, &home->dispatch));
	t_defer(t, t_free_dispatch, home->dispatch);
	dispatch_set_ready(home->dispatch, true);
}

static inline void
t_app(struct t *t, const struct slice *const *slices)
{
	t_app_web(t, slices, NULL);
}

/* The answer lives until the next request. */
static inline struct http_response
t_send(struct t *t, struct t_request r)
{
	struct ctx *ctx = t_fresh(t);
	struct http_header headers[ARRAY_SIZE(r.headers) + 1] = { 0 };
	struct http_response response = { 0 };
	size_t count = 0;

	if (r.body != NULL)
		headers[count++] =
		    (struct http_header){ "Content-Type", "application/json" };
	else if (r.form != NULL)
		headers[count++] = (struct http_header){ "Content-Type",
			"application/x-www-form-urlencoded" };
	for (size_t i = 0; i < ARRAY_SIZE(r.headers); i++)
		if (r.headers[i].name != NULL)
			headers[count++] = r.headers[i];

	const struct http_request request = {
		.method = r.method == NULL ? "GET" : r.method,
		.path = r.path,
		.query = r.query == NULL ? "" : r.query,
		.headers = headers,
		.header_count = count,
		.body = bytes_of_text(r.body != NULL   ? r.body
				      : r.form != NULL ? r.form
						       : ""),
		.peer = r.peer == NULL ? "127.0.0.1" : r.peer,
		.is_local = r.is_local,
		.id = 41,
	};

	ctx->actor = NULL;
	assert_true(dispatch(ctx, &request, &response));
	return response;
}

static inline const char *
t_header(const struct http_response *response, const char *name)
{
	for (size_t i = 0; i < response->header_count; i++)
		if (strcmp(response->headers[i].name, name) == 0)
			return response->headers[i].value;
	return NULL;
}

static inline const struct json *
t_json(struct t *t, const struct http_response *response)
{
	const struct json *node = NULL;

	fail_clear(&t->ctx);
	t_ok(&t->ctx, json_parse(&t->ctx, response->body, &node));
	return node;
}

/* Status and code of a problem document; *ret is the document. */
static inline const struct json *
t_problem(struct t *t, const struct http_response *response, int status,
    const char *code)
{
	const struct json *node = t_json(t, response);

	assert_int_equal(response->status, status);
	assert_string_equal(t_header(response, "Content-Type"),
	    "application/problem+json");
	assert_int_equal(json_get_int(node, "status", 0), status);
	assert_string_equal(json_get_text(node, "code"), code);
	return node;
}

/* A person made for a test. */
struct t_person {
	const char *login;
	const char *password; /* NULL: none */
	const char *role;     /* NULL: no position */
	int64_t unit;
	struct password hashed;
	int64_t id;       /* out */
	char bearer[100]; /* out: value of Authorization */
};

static inline enum fail
t_make_person(struct ctx *ctx, void *arg)
{
	struct t_person *person = arg;
	const char *text = NULL;
	const struct person_new in = { .login = person->login,
		.name = person->login,
		.password = person->password == NULL ? NULL : &person->hashed };

	ctx->actor = &access_system;
	TRY(person_create(ctx, &in, &person->id));
	if (person->role != NULL)
		TRY(position_grant(ctx, person->id, person->unit,
		    person->role));
	TRY(token_create(ctx, person->id, "test", 30, &text));
	snprintf(person->bearer, sizeof(person->bearer), "Bearer %s", text);
	return OK;
}

static inline void
t_person(struct t *t, struct t_person *person)
{
	if (person->password != NULL)
		t_ok(&t->ctx, password_prepare(t_fresh(t), "/password",
				  person->password, &person->hashed));
	t_ok(&t->ctx, t_unit(t, t_make_person, person));
	t->ctx.actor = NULL;
}

#endif
