#include "store/inside.h"

static enum fail
connect_to(struct ctx *ctx, const char *address, enum conn_role role,
    struct conn **ret)
{
	(void)address;
	(void)role;
	(void)ret;
	return FAIL(ctx, FAIL_UPSTREAM, "store.connect", "not yet");
}

static void
close_conn(struct conn *conn)
{
	(void)conn;
}

const struct driver driver_postgres = {
	.connect = connect_to,
	.close = close_conn,
};
