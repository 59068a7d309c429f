#ifndef CLI_CONTROL_WIRE_H
#define CLI_CONTROL_WIRE_H

#include <stdbool.h>
#include <sys/un.h>

#include "core/bytes.h"
#include "core/ctx.h"

/* What both sides of DIR/control share (control.h). */

/*
 * The address of FOLDER/control, however long FOLDER is: by a descriptor of the
 * folder, which is open as long as the address is used.  -1: it cannot be opened.
 */
int control_address(const char *folder, struct sockaddr_un *ret);

/* One message, and with it a descriptor unless passed is -1. */
bool control_send(int fd, struct bytes message, int passed);

/*
 * One message in ctx->arena, of at most CONTROL_MESSAGE_MAX bytes, and the
 * descriptor that came with it, which the caller closes; -1: none.  False: none
 * came, or it was too long.
 */
bool control_receive(struct ctx *ctx, int fd, struct bytes *ret,
    int *ret_passed);

/* Of sending and receiving; a call that is over it fails. */
void control_limit(int fd, int seconds);

#endif
