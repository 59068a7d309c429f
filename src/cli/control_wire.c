#include "cli/control_wire.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "cli/control.h"
#include "core/arena.h"

/* Room for one descriptor, aligned as the kernel wants it. */
union passing {
	struct cmsghdr head;
	char room[CMSG_SPACE(sizeof(int))];
};

int
control_address(const char *folder, struct sockaddr_un *ret)
{
	const int at = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);

	*ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
	(void)snprintf(ret->sun_path, sizeof(ret->sun_path),
	    "/proc/self/fd/%d/control", at);
	return at;
}

bool
control_send(int fd, struct bytes message, int passed)
{
	union passing passing = { 0 };
	/* Read only, whatever the type says. */
	struct iovec part = { (void *)(uintptr_t)message.at, message.len };
	struct msghdr head = { .msg_iov = &part, .msg_iovlen = 1 };

	if (passed >= 0) {
		head.msg_control = passing.room;
		head.msg_controllen = sizeof(passing.room);
		passing.head = (struct cmsghdr){
			.cmsg_len = CMSG_LEN(sizeof(passed)),
			.cmsg_level = SOL_SOCKET,
			.cmsg_type = SCM_RIGHTS,
		};
		memcpy(CMSG_DATA(&passing.head), &passed, sizeof(passed));
	}
	return sendmsg(fd, &head, MSG_NOSIGNAL) == (ssize_t)message.len;
}

static int
passed_with(struct msghdr *head)
{
	const struct cmsghdr *at = CMSG_FIRSTHDR(head);
	int fd = -1;

	if (at != NULL && at->cmsg_level == SOL_SOCKET &&
	    at->cmsg_type == SCM_RIGHTS && at->cmsg_len == CMSG_LEN(sizeof(fd)))
		memcpy(&fd, CMSG_DATA(at), sizeof(fd));
	return fd;
}

bool
control_receive(struct ctx *ctx, int fd, struct bytes *ret, int *ret_passed)
{
	unsigned char *at =
	    ARENA_ARRAY(ctx->arena, CONTROL_MESSAGE_MAX, unsigned char);
	union passing passing = { 0 };
	struct iovec part = { at, CONTROL_MESSAGE_MAX };
	struct msghdr head = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = passing.room,
		.msg_controllen = sizeof(passing.room),
	};
	const ssize_t got = recvmsg(fd, &head, MSG_CMSG_CLOEXEC);

	*ret_passed = -1;
	if (got <= 0)
		return false;
	*ret_passed = passed_with(&head);
	*ret = (struct bytes){ at, (size_t)got };
	return (head.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0;
}

void
control_limit(int fd, int seconds)
{
	const struct timeval limit = { .tv_sec = seconds };

	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
}
