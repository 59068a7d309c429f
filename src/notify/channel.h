#ifndef NOTIFY_CHANNEL_H
#define NOTIFY_CHANNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "core/ctx.h"
#include "jobs/jobs.h"

/*
 * How letters leave the inbox: by mail, and by a gateway of messages (SMS, Zalo)
 * that is a URL or a command of the operator's.  Each letter that a person wants
 * so is a job: at least once, tried again with longer and longer waits, and a
 * dead letter of the jobs in the end (`truc jobs`).  The inbox has the letter
 * whatever comes of it.
 */
enum channel { CHANNEL_MAIL, CHANNEL_MESSAGE };
#define CHANNEL_MAIL_JOB "notify.mail"
#define CHANNEL_MESSAGE_JOB "notify.message"

/* Has the operator said how? */
bool channel_is_there(const struct home *home, enum channel channel);

/* Add the jobs of a letter that was just written.  Needs TX_WRITE. */
NODISCARD enum fail channel_hand_on(struct ctx *ctx, int64_t person,
    int64_t letter);

/* The jobs. */
NODISCARD enum fail channel_mail(struct ctx *ctx, struct job *job);
NODISCARD enum fail channel_message(struct ctx *ctx, struct job *job);

#endif
