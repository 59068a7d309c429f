#include <inttypes.h>
#include <string.h>

#include "core/arena.h"
#include "core/num.h"
#include "core/text.h"
#include "ledger/inside.h"

/*
 * The text of a checkpoint: three lines of the tree, then what is no entry.
 */

static const char *
tree_lines(struct arena *arena, const struct ledger *ledger,
    const struct ledger_state *state)
{
	const struct digest root = ledger_tree_root(&state->tree);

	return arena_printf(arena, "%s\n%" PRId64 "\n%s\n",
	    key_name(ledger->key), state->tree.size,
	    bytes_base64(arena, digest_bytes(&root)));
}

static const char *
audit_line(struct arena *arena, const struct ledger_audit *audit)
{
	if (!audit->has_begun)
		return "";
	return arena_printf(arena, "audit %" PRId64 " %s\n", audit->id,
	    bytes_base64(arena, digest_bytes(&audit->chain)));
}

/* ---- the rows ----------------------------------------------------------- */

/* Beside each other as they are signed. */
#define SALT_LEN 16
struct hidden {
	uint8_t salt[SALT_LEN];
	uint8_t sum[DIGEST_LEN];
};
_Static_assert(sizeof(struct hidden) == SALT_LEN + DIGEST_LEN, "no gap");

static struct digest
sum_bytes(const struct ledger_rows *rows)
{
	struct digest bytes = { 0 };

	for (size_t i = 0; i < DIGEST_LEN; i++)
		bytes.at[i] = (uint8_t)(rows->sum[i / 8] >> (8 * (7 - i % 8)));
	return bytes;
}

static struct digest
keyed(const struct ledger *ledger, const char *purpose, struct bytes of)
{
	const struct bytes pieces[] = { bytes_of_text(purpose), of };

	return digest_hmac(digest_bytes(&ledger->rows_secret), pieces, 2);
}

/* The salt follows from the sum: another sum has another mask. */
static const char *
rows_line(struct arena *arena, const struct ledger *ledger,
    const struct ledger_rows *rows)
{
	const struct digest sum = sum_bytes(rows);
	const struct digest salt = keyed(ledger, "salt", digest_bytes(&sum));
	struct hidden hidden = { 0 };
	struct digest mask = { 0 };

	if (!rows->has_begun)
		return "";
	memcpy(hidden.salt, salt.at, SALT_LEN);
	mask = keyed(ledger, "mask", (struct bytes){ hidden.salt, SALT_LEN });
	for (size_t i = 0; i < DIGEST_LEN; i++)
		hidden.sum[i] = sum.at[i] ^ mask.at[i];
	return arena_printf(arena, "rows %s\n",
	    bytes_base64(arena,
		(struct bytes){ (const uint8_t *)&hidden, sizeof(hidden) }));
}

/* What it hides.  Whether it is what this program would write is seen when it
 * is written again. */
static void
unhide(const struct ledger *ledger, const struct hidden *hidden,
    struct ledger_rows *ret)
{
	const struct digest mask =
	    keyed(ledger, "mask", (struct bytes){ hidden->salt, SALT_LEN });

	*ret = (struct ledger_rows){ .has_begun = true };
	for (size_t i = 0; i < DIGEST_LEN; i++)
		ret->sum[i / 8] = ret->sum[i / 8] << 8 |
				  (uint64_t)(hidden->sum[i] ^ mask.at[i]);
}

/* ---- the whole ---------------------------------------------------------- */

const char *
ledger_checkpoint_text(struct arena *arena, const struct ledger *ledger,
    const struct ledger_state *state)
{
	return arena_printf(arena, "%s%s%s", tree_lines(arena, ledger, state),
	    audit_line(arena, &state->audit),
	    rows_line(arena, ledger, &state->rows));
}

static void
read_audit(struct arena *arena, const char *line, struct ledger_audit *ret)
{
	struct ledger_audit audit = { .has_begun = true };
	const char *const *words = NULL;
	struct bytes chain = { 0 };
	size_t count = 0;

	words = text_split(arena, line, ' ', &count);
	if (count != 3 || !num_parse(words[1], 0, INT64_MAX, &audit.id) ||
	    !bytes_from_base64(arena, words[2], &chain) ||
	    chain.len != DIGEST_LEN)
		return;
	memcpy(audit.chain.at, chain.at, DIGEST_LEN);
	*ret = audit;
}

static void
read_rows(struct arena *arena, const struct ledger *ledger, const char *line,
    struct ledger_rows *ret)
{
	struct bytes bytes = { 0 };
	struct hidden hidden = { 0 };

	if (!bytes_from_base64(arena, line + strlen("rows "), &bytes) ||
	    bytes.len != sizeof(hidden))
		return;
	memcpy(&hidden, bytes.at, sizeof(hidden));
	unhide(ledger, &hidden, ret);
}

/* What cannot be read is not in the state, and so not in its text either. */
bool
ledger_checkpoint_read(struct arena *arena, const struct ledger *ledger,
    const char *text, struct ledger_state *state)
{
	const char *tree = tree_lines(arena, ledger, state);
	const char *const *lines = NULL;
	size_t count = 0;

	if (!text_starts(text, tree))
		return false;
	lines = text_split(arena, text + strlen(tree), '\n', &count);
	for (size_t i = 0; i < count; i++) {
		if (text_starts(lines[i], "audit "))
			read_audit(arena, lines[i], &state->audit);
		else if (text_starts(lines[i], "rows "))
			read_rows(arena, ledger, lines[i], &state->rows);
	}
	return text_equal(text, ledger_checkpoint_text(arena, ledger, state));
}
