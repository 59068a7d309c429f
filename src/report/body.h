#ifndef REPORT_BODY_H
#define REPORT_BODY_H

#include <stdbool.h>
#include <stdint.h>

#include "core/bytes.h"
#include "core/ctx.h"
#include "regime/cells.h"

struct digest;

/*
 * What is hashed and signed: canonical JSON (RFC 8785), its keys in order.
 *
 *	report.sign	{"cells":[..],"form":digest,"period":..,"previous":digest?,
 *			 "reason":..?,"report":id,"rules":[broken rule ids],
 *			 "signer":name,"unit":id,"version":n}
 *	report.accept, report.send_back
 *			{"form":..,"period":..,"reason":..?,"report":id,"unit":id,
 *			 "version":n}
 *	report.close	{"form":..,"period":..,"reason":..?,
 *			 "reports":[[id,version,digest]..],"unit":id}
 *	report.reopen	{"form":..,"period":..,"reason":..,"unit":id}
 *
 * form is the digest of the form version, previous that of the version before,
 * in lower-case hexadecimal.
 */
struct body {
	const char *form;
	const char *period;
	const char *previous; /* NULL: the first version */
	const char *reason;   /* NULL: none */
	int64_t report;       /* 0: none (report.close, .reopen) */
	int64_t unit;
	int64_t version;
	/* report.sign only */
	const char *signer;
	const struct form_version *version_of;
	const struct cells *cells;
	const struct finding *findings;
	size_t finding_count;
};

struct bytes body_of_version(struct ctx *ctx, const struct body *body);
struct bytes body_of_act(struct ctx *ctx, const struct body *body);

/* Where the parts of a stored body are: texts are not NUL-terminated and still
 * escaped; empty if there is none. */
struct body_parts {
	struct bytes cells; /* with its brackets, as rules */
	struct bytes rules;
	struct bytes form; /* 64 hexadecimal digits */
	struct bytes period;
	struct bytes reason;
	struct bytes signer;
	int64_t report;
	int64_t unit;
	int64_t version;
};
/* One pass without allocation.  False if the bytes are no body of ours. */
NODISCARD bool body_split(struct bytes body, struct body_parts *ret);
/* Its form as a digest; false: none. */
NODISCARD bool body_form_digest(const struct body_parts *parts,
    struct digest *ret);
/* The form version that a body names; NULL: none that is published. */
const struct form_version *body_form(struct ctx *ctx,
    const struct body_parts *parts);

/*
 * Cells with remarks from the array of a body or of a draft.
 *	FAIL_INTERNAL	"report.body"	not what cells_write makes
 */
NODISCARD enum fail body_cells(struct ctx *ctx,
    const struct form_version *version, struct bytes array, struct cells *ret);

#endif
