#include <ctype.h>
#include <string.h>

#include "core/attr.h"
#include "people/password.h"

/*
 * Passwords that guessers try first.  What people add to a word to have ten
 * bytes (digits and marks around it, capitals, blanks, the word once more) is
 * taken away before it is looked up.  Written down by us from what is commonly
 * known, with words of this trade (docs/security.md); a longer list of somebody's
 * would need its own source and licence.
 */
#define DIFFERENT_LEAST 5 /* characters */
#define DIGITS_LEAST 20   /* in a password without letters */

static const char *const words[] = { "abc", "abcd", "abcde", "abcdef",
	"abcdefg", "abcdefgh", "abcdefghi", "abcdefghij", "abcdefghijk",
	"admin", "administrator", "anhyeuem", "asdf", "asdfgh", "asdfghjkl",
	"asdfghjklzxcvbnm", "baocao", "baoyeu", "canbo", "changeme", "chinhphu",
	"chutich", "congan", "congchuc", "danang", "default", "dragon",
	"emyeuanh", "football", "guest", "hanoi", "hello", "hochiminh",
	"iloveyou", "khongbiet", "khongcomatkhau", "lanhdao", "letmein",
	"login", "master", "matkhau", "m\xe1\xba\xadtkh\xe1\xba\xa9u",
	"matkhaucu", "matkhaumoi", "monkey", "motcua", "p@ssw0rd", "p@ssword",
	"pass", "passw0rd", "password", "princess", "q1w2e3r", "q1w2e3r4t",
	"q2w3e4r", "q2w3e4r5t", "q2w3e4r5t6y", "qaz", "qaz2wsx", "qaz2wsx3edc",
	"qazwsx", "qazwsxedc", "quantri", "qwe", "qwer", "qwerty", "qwertyui",
	"qwertyuiop", "qwertyuiopasdfghjkl", "root", "saigon", "secret",
	"sunshine", "superman", "taikhoan", "test", "thanhpho", "thutuc",
	"thutuchanhchinh", "toiyeubac", "truc", "trustno", "ubnd", "user",
	"uyban", "vanphong", "vietnam", "vpcp", "welcome", "yeuem", "zaq",
	"zaq1xsw2", "zxcvbn", "zxcvbnm" };

static bool
is_letter(char c)
{
	return isalpha((unsigned char)c) || (unsigned char)c >= 0x80;
}

static size_t
count_different(const char *text)
{
	bool seen[256] = { false };
	size_t count = 0;

	for (; *text != '\0'; text++) {
		count += !seen[(unsigned char)*text];
		seen[(unsigned char)*text] = true;
	}
	return count;
}

/* Lower case without blanks, nor what is no letter at both ends. */
static size_t
base_of(const char *password, char base[static PASSWORD_MOST + 1])
{
	size_t first = 0;
	size_t len = 0;

	for (; *password != '\0' && len < PASSWORD_MOST; password++)
		if (!isspace((unsigned char)*password))
			base[len++] = (char)tolower((unsigned char)*password);
	while (len > 0 && !is_letter(base[len - 1]))
		len--;
	while (first < len && !is_letter(base[first]))
		first++;
	memmove(base, base + first, len - first);
	base[len - first] = '\0';
	return len - first;
}

/* How long the beginning is that the text repeats: 3 of "abcabcabc". */
static size_t
repeats_after(const char *text, size_t len)
{
	size_t period = 1;

	while (period < len && (len % period != 0 || memcmp(text, text + period,
							 len - period) != 0))
		period++;
	return period;
}

bool
password_is_common(const char *password)
{
	char base[PASSWORD_MOST + 1];
	const size_t len = base_of(password, base);

	if (count_different(password) < DIFFERENT_LEAST)
		return true;
	if (len == 0)
		return strlen(password) < DIGITS_LEAST;
	base[repeats_after(base, len)] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcmp(words[i], base) == 0)
			return true;
	return false;
}
