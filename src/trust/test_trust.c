#include "t.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "core/file.h"
#include "core/text.h"
#include "trust/trust.h"

static void
digest_is(struct t *t, const char *text, const char *hex)
{
	const struct digest got = digest_of(bytes_of_text(text));

	assert_string_equal(digest_hex(t->ctx.arena, &got), hex);
}

/* FIPS 180-4's examples. */
static void
sha256_gives_the_known_digests(void **state)
{
	struct t *t = *state;

	digest_is(t, "",
	    "e3b0c44298fc1c149afbf4c8996fb924"
	    "27ae41e4649b934ca495991b7852b855");
	digest_is(t, "abc",
	    "ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad");
	digest_is(t, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	    "248d6a61d20638b8e5c026930c3e6039"
	    "a33ce45964ff2167f6ecedd419db06c1");
}

static void
a_digest_of_pieces_is_that_of_the_whole(void **state)
{
	const struct bytes pieces[] = { bytes_of_text("a"), { NULL, 0 },
		bytes_of_text("b"), bytes_of_text("c") };
	const struct digest whole = digest_of(bytes_of_text("abc"));
	const struct digest parts = digest_of_pieces(pieces, 4);

	(void)state;
	assert_true(bytes_equal(digest_bytes(&whole), digest_bytes(&parts)));
}

/* Cut anywhere, also into nothing: the same sum. */
static void
a_digest_made_piece_by_piece_is_that_of_the_whole(void **state)
{
	struct t *t = *state;
	uint8_t all[200] = { 0 };
	struct digest whole = { 0 };

	for (size_t i = 0; i < sizeof(all); i++)
		all[i] = (uint8_t)(i * 7);
	whole = digest_of((struct bytes){ all, sizeof(all) });
	for (size_t step = 1; step <= sizeof(all); step++) {
		struct digest_run *run = digest_begin(t->ctx.arena);
		struct digest sum = { 0 };

		for (size_t at = 0; at < sizeof(all); at += step)
			digest_add(run,
			    (struct bytes){ all + at, sizeof(all) - at < step
							  ? sizeof(all) - at
							  : step });
		digest_add(run, (struct bytes){ NULL, 0 });
		sum = digest_sum(run);
		assert_memory_equal(sum.at, whole.at, DIGEST_LEN);
	}
}

/* RFC 4231: a short key, a key of digits, one longer than a block. */
static void
hmac_gives_the_known_codes(void **state)
{
	static const struct {
		const char *key;
		size_t key_len;
		const char *text;
		const char *code;
	} rows[] = {
		{ "\x0b", 20, "Hi There",
		    "b0344c61d8db38535ca8afceaf0bf12b"
		    "881dc200c9833da726e9376c2e32cff7" },
		{ "Jefe", 4, "what do ya want for nothing?",
		    "5bdcc146bf60754e6a042426089575c7"
		    "5a003f089d2739839dec58b964ec3843" },
		{ "\xaa", 131,
		    "Test Using Larger Than Block-Size Key - Hash Key First",
		    "60e431591ee0b67f0d8a26aacbf5b77f"
		    "8e0bc6213728c5140546040f0ee37f54" },
	};
	struct t *t = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const size_t len = strlen(rows[i].text);
		const struct bytes pieces[] = {
			{ (const uint8_t *)rows[i].text, 3 },
			{ (const uint8_t *)rows[i].text + 3, len - 3 },
		};
		const size_t written = strlen(rows[i].key);
		uint8_t key[131];
		struct digest code = { 0 };

		for (size_t at = 0; at < rows[i].key_len; at++)
			key[at] = (uint8_t)rows[i].key[at % written];
		code = digest_hmac((struct bytes){ key, rows[i].key_len },
		    pieces, ARRAY_SIZE(pieces));
		assert_string_equal(digest_hex(t->arena, &code), rows[i].code);
	}
}

static void
hexadecimal_is_read_back(void **state)
{
	struct t *t = *state;
	const struct digest digest = digest_of(bytes_of_text("abc"));
	const char *hex = digest_hex(t->ctx.arena, &digest);
	struct digest back = { 0 };

	assert_true(digest_from_hex(hex, &back));
	assert_memory_equal(back.at, digest.at, DIGEST_LEN);
	assert_false(digest_from_hex("", &back));
	assert_false(digest_from_hex(hex + 2, &back));
	assert_false(
	    digest_from_hex(arena_printf(t->ctx.arena, "%s00", hex), &back));
	assert_memory_equal(back.at, digest.at, DIGEST_LEN);
}

/* RFC 8032 section 7.1, tests 1 and 2: seed, public key, message, signature. */
static const struct vector {
	const char *seed;
	const char *public_key;
	const char *message;
	const char *signature;
} vectors[] = {
	{ "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
	    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
	    "",
	    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
	    "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b" },
	{ "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
	    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
	    "72",
	    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
	    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00" },
};

/* The text of a key file for a seed, made here by the format's own words. */
static const char *
key_line(struct t *t, const struct vector *v, const char *name)
{
	uint8_t secret[33] = { 1 };
	uint8_t open[33] = { 1 };
	struct digest id = { 0 };
	struct bytes pieces[] = { bytes_of_text(name), bytes_of_text("\n"),
		{ open, sizeof(open) } };

	assert_true(bytes_from_hex(v->seed, secret + 1, 32));
	assert_true(bytes_from_hex(v->public_key, open + 1, 32));
	id = digest_of_pieces(pieces, 3);
	return arena_printf(t->ctx.arena, "PRIVATE+KEY+%s+%s+%s\n", name,
	    bytes_hex(t->ctx.arena, (struct bytes){ id.at, 4 }),
	    bytes_base64(t->ctx.arena,
		(struct bytes){ secret, sizeof(secret) }));
}

static const char *
file_with(struct t *t, const char *content)
{
	const char *path = arena_printf(t->ctx.arena, "%s/key", t_folder(t));

	t_ok(&t->ctx, file_write(&t->ctx, path, bytes_of_text(content), 0600));
	return path;
}

static void
ed25519_gives_the_known_signatures(void **state)
{
	struct t *t = *state;

	for (size_t i = 0; i < ARRAY_SIZE(vectors); i++) {
		const struct vector *v = &vectors[i];
		uint8_t message[8] = { 0 };
		const size_t len = strlen(v->message) / 2;
		uint8_t wanted[SIGNATURE_LEN] = { 0 };
		uint8_t got[SIGNATURE_LEN] = { 0 };
		struct key *key = NULL;

		assert_true(bytes_from_hex(v->message, message, len));
		assert_true(
		    bytes_from_hex(v->signature, wanted, sizeof(wanted)));
		t_ok(&t->ctx,
		    key_load(&t->ctx, file_with(t, key_line(t, v, "rfc8032")),
			&key));
		t_ok(&t->ctx, key_sign(&t->ctx, key,
				  (struct bytes){ message, len }, got));
		assert_memory_equal(got, wanted, sizeof(got));
		key_free(key);
	}
}

static void
a_saved_key_is_read_back_and_is_private(void **state)
{
	struct t *t = *state;
	const char *path =
	    arena_printf(t->ctx.arena, "%s/ledger.key", t_folder(t));
	struct key *made = NULL;
	struct key *read = NULL;
	struct stat st;

	t_ok(&t->ctx, key_generate(&t->ctx, "truc.test/1", &made));
	t_ok(&t->ctx, key_save(&t->ctx, made, path));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	t_ok(&t->ctx, key_load(&t->ctx, path, &read));
	assert_string_equal(key_name(read), "truc.test/1");
	assert_string_equal(key_public(t->ctx.arena, read),
	    key_public(t->ctx.arena, made));
	key_free(made);
	key_free(read);
	key_free(NULL);
}

static void
two_keys_are_never_the_same(void **state)
{
	struct t *t = *state;
	struct key *one = NULL;
	struct key *two = NULL;

	t_ok(&t->ctx, key_generate(&t->ctx, "k", &one));
	random_seed(&t->random, 1); /* the test's dice have no say in it */
	t_ok(&t->ctx, key_generate(&t->ctx, "k", &two));
	assert_string_not_equal(key_public(t->ctx.arena, one),
	    key_public(t->ctx.arena, two));
	key_free(one);
	key_free(two);
}

static void
bad_names_and_files_are_no_keys(void **state)
{
	struct t *t = *state;
	static const char *const names[] = { "", "a b", "a+b", "a\nb", "\xff" };
	const char *good = key_line(t, &vectors[0], "k");
	char *wrong_id = arena_text(t->ctx.arena, good);
	const char *const files[] = { "", "\n", "PRIVATE+KEY+", "PRIVATE+KEY+k",
		"PRIVATE+KEY+k+00000000", "PRIVATE+KEY+k+00000000+",
		"PRIVATE+KEY+k+0000000x+AAAA",
		"PRIVATE+KEY+k+00000000+AQ==", good + 8, wrong_id };
	struct key *key = NULL;

	wrong_id[strlen("PRIVATE+KEY+k+")] ^= 1;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		t_fails(&t->ctx, key_generate(&t->ctx, names[i], &key),
		    FAIL_INVALID, "trust.key");
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		t_fails(&t->ctx,
		    key_load(&t->ctx, file_with(t, files[i]), &key),
		    FAIL_INVALID, "trust.key");
	assert_null(key);
	t_fails(&t->ctx,
	    key_load(&t->ctx,
		arena_printf(t->ctx.arena, "%s/absent", t_folder(t)), &key),
	    FAIL_NOT_FOUND, "file.missing");
}

static void
a_note_is_opened_by_its_verifier_key(void **state)
{
	struct t *t = *state;
	struct key *key = NULL;
	const char *note = NULL;
	const char *text = NULL;

	t_ok(&t->ctx, key_generate(&t->ctx, "truc.test", &key));
	t_ok(&t->ctx, note_sign(&t->ctx, key, "one\n\ntwo\n", &note));
	t_ok(&t->ctx,
	    note_open(&t->ctx, key_public(t->ctx.arena, key), note, &text));
	assert_string_equal(text, "one\n\ntwo\n");
	key_free(key);
}

/*
 * The example of C2SP's signed-note text: a key and a note by other software.
 */
static void
a_note_of_other_software_is_opened(void **state)
{
	struct t *t = *state;
	static const char key[] =
	    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
	static const char note[] =
	    "If you think cryptography is the answer to your problem,\n"
	    "then you don't know what your problem is.\n"
	    "\n"
	    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
	const char *text = NULL;

	t_ok(&t->ctx, note_open(&t->ctx, key, note, &text));
	assert_true(text_starts(text, "If you think cryptography"));
}

static void
any_changed_byte_of_a_note_is_noticed(void **state)
{
	struct t *t = *state;
	struct key *key = NULL;
	const char *note = NULL;
	const char *public_key = NULL;

	t_ok(&t->ctx, key_generate(&t->ctx, "k", &key));
	public_key = key_public(t->ctx.arena, key);
	t_ok(&t->ctx, note_sign(&t->ctx, key, "origin\n7\nroot\n", &note));
	for (size_t i = 0; note[i] != '\0'; i++) {
		char *bent = arena_text(t->ctx.arena, note);
		const char *text = NULL;

		bent[i] ^= 1;
		assert_int_equal(note_open(&t->ctx, public_key, bent, &text),
		    FAIL_INVALID);
		assert_null(text);
		fail_clear(&t->ctx);
	}
	key_free(key);
}

static void
signatures_of_others_are_passed_over(void **state)
{
	struct t *t = *state;
	struct key *key = NULL;
	struct key *other = NULL;
	const char *mine = NULL;
	const char *both = NULL;
	const char *text = NULL;
	const char *public_key = NULL;

	t_ok(&t->ctx, key_generate(&t->ctx, "k", &key));
	t_ok(&t->ctx, key_generate(&t->ctx, "k", &other));
	public_key = key_public(t->ctx.arena, key);
	t_ok(&t->ctx, note_sign(&t->ctx, other, "a\n", &both));
	t_fails(&t->ctx, note_open(&t->ctx, public_key, both, &text),
	    FAIL_INVALID, "note.unsigned");
	t_ok(&t->ctx, note_sign(&t->ctx, key, "a\n", &mine));
	both =
	    arena_printf(t->ctx.arena, "%s%s", both, strstr(mine, "\n\n") + 2);
	t_ok(&t->ctx, note_open(&t->ctx, public_key, both, &text));
	assert_string_equal(text, "a\n");
	key_free(key);
	key_free(other);
}

static void
malformed_notes_are_refused(void **state)
{
	struct t *t = *state;
	static const char *const notes[] = { "", "\n", "text\n", "text\n\n",
		"text\n\n— k AAAA", "text\n\nk AAAAAAAA\n", "text\n\n— k\n",
		"text\n\n— k !\n", "text\n\n— k AAAAAA==\n",
		"text\n\n—  AAAAAAAA\n", "te\x01xt\n\n— k AAAAAAAA\n",
		"t\xff\n\n— k AAAAAAAA\n" };
	struct key *key = NULL;
	struct text many = { 0 };
	const char *text = NULL;
	const char *public_key = NULL;

	t_ok(&t->ctx, key_generate(&t->ctx, "k", &key));
	public_key = key_public(t->ctx.arena, key);
	for (size_t i = 0; i < ARRAY_SIZE(notes); i++)
		t_fails(&t->ctx,
		    note_open(&t->ctx, public_key, notes[i], &text),
		    FAIL_INVALID, "note.syntax");
	text_init(&many, t->ctx.arena);
	text_add(&many, "text\n\n");
	for (int i = 0; i < 101; i++)
		text_add(&many, "— x AAAAAAAA\n");
	t_fails(&t->ctx, note_open(&t->ctx, public_key, text_of(&many), &text),
	    FAIL_INVALID, "note.syntax");
	t_fails(&t->ctx, note_open(&t->ctx, "k+00000000+AQAA", "a\n", &text),
	    FAIL_INVALID, "trust.key");
	t_fails(&t->ctx, note_sign(&t->ctx, key, "no newline", &text),
	    FAIL_INVALID, "note.syntax");
	t_fails(&t->ctx, note_sign(&t->ctx, key, "", &text), FAIL_INVALID,
	    "note.syntax");
	key_free(key);
}

static void
a_failing_signature_gives_no_note(void **state)
{
	struct t *t = *state;
	struct key *key = NULL;
	const char *note = NULL;

	t_ok(&t->ctx, key_generate(&t->ctx, "k", &key));
	t->ctx.faults = &t->faults;
	t->faults = (struct faults){ .at = 1 };
	t_fails(&t->ctx, note_sign(&t->ctx, key, "a\n", &note), FAIL_INTERNAL,
	    "fault.injected");
	assert_null(note);
	key_free(key);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(sha256_gives_the_known_digests),
		t_test(a_digest_of_pieces_is_that_of_the_whole),
		t_test(a_digest_made_piece_by_piece_is_that_of_the_whole),
		t_test(hmac_gives_the_known_codes),
		t_test(hexadecimal_is_read_back),
		t_test(ed25519_gives_the_known_signatures),
		t_test(a_saved_key_is_read_back_and_is_private),
		t_test(two_keys_are_never_the_same),
		t_test(bad_names_and_files_are_no_keys),
		t_test(a_note_is_opened_by_its_verifier_key),
		t_test(a_note_of_other_software_is_opened),
		t_test(any_changed_byte_of_a_note_is_noticed),
		t_test(signatures_of_others_are_passed_over),
		t_test(malformed_notes_are_refused),
		t_test(a_failing_signature_gives_no_note),
	};

	return t_run(tests);
}
