#include "notify/channel_client.h"

#include <string.h>

#include "app/option.h"
#include "core/arena.h"
#include "core/file.h"
#include "core/home.h"
#include "http/client.h"
#include "http/mail.h"
#include "notify/command.h"
#include "notify/option.h"

#define PASSWORD_FILE_MAX 1000

static const char *
said(const struct home *home, enum notify_option option)
{
	return option_text(home, &notify_option_table[option]);
}

static enum fail
read_password(struct ctx *ctx, const char **ret)
{
	const char *path = said(ctx->home, NOTIFY_MAIL_PASSWORD_FILE);
	struct bytes file = { 0 };

	*ret = "";
	if (*path == '\0')
		return OK;
	TRY(file_read(ctx, path, PASSWORD_FILE_MAX, &file));
	*ret = arena_text_n(ctx->arena, (const char *)file.at,
	    strcspn((const char *)file.at, "\r\n"));
	return OK;
}

enum fail
channel_send_mail(struct ctx *ctx, struct envelope *envelope)
{
	const struct home *home = ctx->home;
	const char *user = said(home, NOTIFY_MAIL_USER);
	const char *ca_file =
	    option_text(home, &http_option_table[HTTP_CALL_CA]);
	struct mail_server server = {
		.host = said(home, NOTIFY_MAIL_HOST),
		.port =
		    option_int(home, &notify_option_table[NOTIFY_MAIL_PORT]),
		.tls = (enum mail_tls)option_int(home,
		    &notify_option_table[NOTIFY_MAIL_TLS]),
		.user = *user == '\0' ? NULL : user,
		.ca_file = *ca_file == '\0' ? NULL : ca_file,
		.total_ms = option_int(home, &http_option_table[HTTP_CALL_MS]),
	};

	TRY(read_password(ctx, &server.password));
	envelope->from = said(home, NOTIFY_MAIL_FROM);
	envelope->from_name =
	    option_text(home, &app_option_table[APP_OFFICE_NAME]);
	return mail_send(ctx, home->client, &server, envelope->from,
	    envelope->to, envelope_mail(ctx, envelope));
}

static enum fail
call_gateway(struct ctx *ctx, const struct envelope *envelope,
    const char *address, const char *url)
{
	const struct http_header headers[] = {
		{ "Content-Type", "application/json" },
		{ "Idempotency-Key", envelope->id },
	};
	const struct client_request request = {
		.method = "POST",
		.url = url,
		.headers = headers,
		.header_count = ARRAY_SIZE(headers),
		.body = envelope_json(ctx, envelope, address),
	};
	struct client_answer answer = { 0 };

	TRY(client_call(ctx, ctx->home->client, &request, &answer));
	if (answer.status < 200 || answer.status > 299)
		return FAIL(ctx, FAIL_UPSTREAM, "message.refused",
		    "the gateway answered %d", answer.status);
	return OK;
}

enum fail
channel_send_message(struct ctx *ctx, const struct envelope *envelope,
    const char *address)
{
	const char *url = said(ctx->home, NOTIFY_MESSAGE_URL);

	if (*url != '\0')
		return call_gateway(ctx, envelope, address, url);
	return command_run(ctx, said(ctx->home, NOTIFY_MESSAGE_COMMAND),
	    envelope_json(ctx, envelope, address));
}
