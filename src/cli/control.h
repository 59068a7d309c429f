#ifndef CLI_CONTROL_H
#define CLI_CONTROL_H

#include "cli/args.h"
#include "core/ctx.h"

/*
 * DIR/control: a command of the folder's owner is done by the server that has
 * the folder, as the command itself would do it on a stopped one: the same
 * words, the same exit status, audited as the program's own act.
 *
 * A Unix socket (SOCK_SEQPACKET, 0600) for the account that the server runs as,
 * and for root; both the file's mode and the peer's credentials see to it.  Who
 * asks sends one message: the command's words and where it was given, with one
 * end of a socket that takes what the command has to say.  The answer is one
 * message: nothing, or the failure.  Files that the words name are read by the
 * server, so its account must be able to.  Once it is begun a command is done,
 * even if who asked goes away.
 *
 * One command at a time; the others wait.  A message has at most
 * CONTROL_MESSAGE_MAX bytes; who sends none within CONTROL_SECONDS, or does not
 * take for so long what is said, is left.
 */
#define CONTROL_MESSAGE_MAX 65536
#define CONTROL_SECONDS 5

struct control;

/*
 * The server's side, when it is ready to work: a thread that listens.  store:
 * the URL that the server was given, or NULL.  Where the folder can have no
 * socket, the log says so and *ret is NULL: commands then want it stopped.
 * Lives in ctx->arena until control_stop.
 *	FAIL_INTERNAL	"serve.thread"
 */
NODISCARD enum fail control_start(struct ctx *ctx, const char *store,
    struct control **ret);
/* Waits for the end of a command that is at work; NULL does nothing. */
void control_stop(struct control *control);

/*
 * The command's side, with ctx holding the failure "data.locked", which stays if
 * no server listens.  What is said goes to args_out.  Fails as the command does
 * in the server, or
 *	FAIL_CONFLICT	"data.locked"	another command is at work, or the server
 *			has not started yet
 *	FAIL_CONFLICT	"control.store"	the server has another database than --store
 *	FAIL_DENIED	"control.denied"	neither the server's account nor root
 *	FAIL_TOO_BIG	"control.too_big"	the words are too many
 *	FAIL_INTERNAL	"control.lost"	the server ended meanwhile
 */
NODISCARD enum fail control_ask(struct ctx *ctx, const struct args *args);

#endif
