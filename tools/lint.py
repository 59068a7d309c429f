#!/usr/bin/python3
"""What the compiler cannot see (the rules are in HACKING.md).

    lint.py            report breaches; the exit status is 1 if there is any
    lint.py --write    first make docs/failures.md and docs/limits.md again
    lint.py --show     also show files and functions that grew long
"""
import ast
import json
import os
import pathlib
import re
import subprocess
import sys

import layers
import limits
import papers

ROOT = layers.ROOT
# Parts of another program, which is looked at where it is put together.
APART = ROOT / "tests/plug/toy"
# Where HTTP, rules and queries are files apart.  app is the door itself, and
# event's streams are HTTP through and through.
MODELS = {*layers.slices(), "cube"} - {"app", "event"}
CODE = re.compile(r'"([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+)"')
CONTRACT = re.compile(r'\bFAIL_[A-Z_]+\s+"([a-z0-9_.]+)"')
# Permissions: granted by a table, asked for by a call, a row or a constant.
GRANT = re.compile(r'\{\s*"([a-z]+\.[a-z_]+)",\s*(?:[A-Z_]+|OWN|ABOVE)')
ASKED = re.compile(r'\baccess_(?:any|unit|find|may|nation|role_has)\(\s*[^,]+,'
                   r'\s*"([^"]+)"')
# Where an object keeps the state of a flow (app/flow.h).
FLOW_STATE = re.compile(r"\.state = offsetof\(struct \w+, (\w+)\)")
# Where the failure code is among the arguments.
RAISERS = re.compile(r"\b(FAIL|fail_record|fail_invalid)\(")
SQL = re.compile(r'"\s*(SELECT\s|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM'
                 r'|(CREATE|ALTER|DROP)\s+(TABLE|INDEX))')
LOOSE_FAIL = re.compile(r"(?:[;{}]|(?<!void)\)|\belse)\s*FAIL\s*\(")
# Everyday words with one owner each; banned.h cannot poison them.
HOMES = {
    r"(?:time|clock_gettime|gettimeofday)": ("src/core/day.c",),
    r"(?:rand|srand|getrandom|getentropy)": ("src/core/random.c",),
    r"setlocale": ("src/cli/main.c",),
    r"system": (),
    r"(?:pthread_create|thrd_create)": ("src/http/", "src/store/desk.c",
                                       "src/event/hub.c", "src/cli/",
                                       "src/bench/"),
}
KEY = re.compile(r'\bLOG_[TN]\(\s*"([^"]*)"')
# A file's name in a comment or a page: "record.c", "src/app/route.h".  Names
# in capitals stand for any; other programs' sources are not named.
NAMED = re.compile(r"(?<![\w.<>{}*/-])(?:\.\./)*[\w/-]*[\w]"
                   r"\.(?:sql\.[ch]|[ch]|py|sql|sh|tsx?|mjs)\b(?![\w.(<>/-])")
# What would make markup or code of a text, in the web client.
MARKUP = re.compile(r"\b(?:(?:inner|outer)HTML|insertAdjacentHTML"
                    r"|dangerouslySetInnerHTML|document\.write|eval\s*\("
                    r"|new\s+Function|createContextualFragment|srcdoc)\b")
# One word for one thing, in names, comments and papers.
SAY = {"duty": "obligation", "duties": "obligations", "mend": "fix",
       "mended": "fixed", "mends": "fixes", "excuse": "exception",
       "excuses": "exceptions"}
SPOKEN = re.compile(r"(?<![a-z])(%s)(?![a-z])" % "|".join(SAY), re.I)
SPEAKING = {".c", ".h", ".md", ".mjs", ".py", ".sh", ".sql", ".ts", ".tsx"}
# Declarations at the left margin of a header; definitions of a type.
DECLARED = re.compile(r"^(?!static|typedef|struct \w+;)[a-z][\w *]*?\b(\w+)\(",
                      re.M)
TAG = re.compile(r"^(?:struct|enum|union) (\w+)(?= \{|;)", re.M)
TYPE = re.compile(r"^(?:struct|enum|union) (\w+) \{", re.M)
STATIC = re.compile(r"^static [^;={}]*?\b(\w+)\(", re.M)
# Nouns that a header speaks of besides its own, its module's and its types'.
NOUNS = {
    "src/codec/shape_json.h": ("shape",),
    "src/core/ctx.h": ("fault",),
    "src/core/day.h": ("time",),
    "src/org/import_units.h": ("import",),
}
# A type that src/store/inside.h leaves to each engine.
EACH_ITS_OWN = ("conn",)
# Where a path in such a name may begin, besides its own folder.
HOMES_OF_FILES = ("src", "tests", "web", "web/src")
LONG_FILE = 600
LONG_FUNCTION = 60
TOKEN = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"'
                   r"|'(?:\\.|[^'\\\n])+'", re.S)


def blank(text, strings):
    """The text with comments (and strings) blanked; lines stay in place."""
    def one(match):
        token = match.group()
        if token[0] in "\"'" and not strings:
            return token
        return re.sub(r"[^\n]", " ", token)
    return TOKEN.sub(one, text)


class Source:
    """One C file: as it is, without comments, without strings too."""

    def __init__(self, file):
        self.file = file
        self.name = str(file.relative_to(ROOT))
        self.text = file.read_text(errors="replace")
        self.code = blank(self.text, False)
        self.bare = blank(self.text, True)
        self.is_test = file.name.startswith(("test_", "fuzz_", "t_", "t."))
        self.module = self.name.split("/")[1]

    def at(self, offset):
        return f"{self.name}:{self.text.count(chr(10), 0, offset) + 1}"


def argument(code, start, wanted):
    """The wanted-th argument of the call whose bracket opens before start."""
    depth, index, begun = 0, 0, start
    for at in range(start, len(code)):
        char = code[at]
        depth += (char in "([{") - (char in ")]}")
        if depth < 0 or (char == "," and depth == 0):
            if index == wanted:
                return code[begun:at]
            if depth < 0:
                break
            index, begun = index + 1, at + 1
    return ""


def raised(source):
    """(code, offset) of each failure code that a file can raise."""
    for match in RAISERS.finditer(source.code):
        where = argument(source.code, match.end(), 2)
        for code in CODE.findall(where):
            yield code, match.start()
    for match in CONTRACT.finditer(source.text):
        if source.file.suffix == ".h":
            yield match.group(1), match.start()


def headers_alone(sources):
    """Each header must compile by itself."""
    files = [s.name for s in sources if s.file.suffix == ".h"]
    got = subprocess.run(
        ["gcc", "-std=c17", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Wpedantic",
         "-Wno-unused-macros", "-Isrc", "-Itests", "-x", "c", "-fsyntax-only",
         *files],
        cwd=ROOT, capture_output=True, text=True, check=False)
    return [line for line in got.stderr.splitlines()
            if re.search(r": (?:fatal )?(?:error|warning):", line)
            and "empty translation unit" not in line]


def words(source):
    """Breaches that single lines show."""
    for match in re.finditer(r"\b(FIXME|TODO|XXX)\b(?!.*#\d)", source.text):
        yield f"{source.at(match.start())}: {match.group()} without an issue"
    if source.module != "store" and not source.is_test:
        for match in SQL.finditer(source.code):
            yield f"{source.at(match.start())}: SQL outside a .sql file"
    for match in LOOSE_FAIL.finditer(source.bare):
        yield f"{source.at(match.end())}: FAIL without return"
    for word, homes in HOMES.items():
        if source.is_test or source.name.startswith(homes):
            continue
        for match in re.finditer(rf"(?<![\w.>]){word}\s*\(", source.bare):
            yield (f"{source.at(match.start())}: {match.group()}...) away "
                   f"from {' '.join(homes) or 'any home'}")


def borders(source):
    """Inside a slice: HTTP, rules and queries do not mix."""
    if source.is_test or source.module not in MODELS:
        return
    is_http = source.name.endswith(("_http.c", "_http.h"))
    for number, line in enumerate(source.code.splitlines(), 1):
        match = layers.INCLUDE.match(line)
        header = match.group(2) if match else ""
        if is_http and header.endswith(".sql.h"):
            yield f"{source.name}:{number}: queries in an _http file"
        if not is_http and source.file.name not in ("slice.c", "slice.h") and (
                header.startswith("http/") or header == "app/route.h") and (
                # Outgoing calls have a file of their own.
                header not in ("http/client.h", "http/mail.h")
                or not source.name.endswith("_client.c")):
            yield f"{source.name}:{number}: HTTP in a file of rules"


def permissions(sources):
    """A permission that code asks for must be granted somewhere."""
    granted = {name for source in sources if not source.is_test
               for name in GRANT.findall(source.code)}
    for source in sources:
        for match in ASKED.finditer(source.code):
            if not source.is_test and match.group(1) not in granted:
                yield (f"{source.at(match.start())}: no slice grants "
                       f"{match.group(1)}")


def moves(sources):
    """A state that a flow keeps is written by the flow, or read from a row."""
    for source in sources:
        for field in [] if source.is_test else FLOW_STATE.findall(source.code):
            wrong = re.compile(rf"->{field}\s*(?:[-+|&^]?=(?!=)|\+\+|--)"
                               rf"(?!\s*row->)")
            for other in sources:
                if other.module != source.module or other.is_test:
                    continue
                for match in wrong.finditer(other.bare):
                    yield (f"{other.at(match.start())}: {field} is moved away "
                           f"from its flow in {source.name}")


def read_failures():
    """code to texts of locale/failures, and what is wrong there."""
    failures, wrong = {}, []
    for file in sorted((ROOT / "locale/failures").glob("*.json")):
        name = file.relative_to(ROOT)
        for code, texts in json.loads(file.read_text()).items():
            if code in failures:
                wrong.append(f"{name}: {code} is there twice")
            if sorted(texts) != ["en", "vi"] or not all(texts.values()):
                wrong.append(f"{name}: {code} needs vi and en")
            failures[code] = texts
    return failures, wrong


def failure_codes(sources, failures):
    """Codes and entries must match."""
    used = set()
    for source in sources:
        if source.is_test:
            continue
        used.update(CODE.findall(source.code))
        for code, offset in raised(source):
            if code not in failures:
                yield f"{source.at(offset)}: {code} is not in locale/failures"
                failures[code] = {"vi": "", "en": ""}
    for code in sorted(set(failures) - used):
        # "kind.NAME" is the title of a kind, made up by app/problem.c.
        if failures[code]["vi"] and not code.startswith("kind."):
            yield f"locale/failures: nobody raises {code}"


def log_keys(sources):
    """Keys of log lines must be listed."""
    listed = ROOT / "docs/log-keys.txt"
    known = {line.split()[0] for line in listed.read_text().splitlines()
             if line.strip() and not line.startswith("#")}
    for source in sources:
        for match in KEY.finditer(source.code):
            if not source.is_test and match.group(1) not in known:
                yield (f"{source.at(match.start())}: log key "
                       f"{match.group(1)} is not in docs/log-keys.txt")


def nouns_of(source):
    """What names of a header may begin with: files and types are nouns."""
    stems = {file.stem.removesuffix("_http")
             for file in source.file.parent.glob("*.[ch]")}
    nouns = {source.module, *stems, *TAG.findall(source.bare),
             *NOUNS.get(source.name, ())}
    return (nouns | {noun + "s" for noun in nouns}
            | {noun[:-1] for noun in nouns if noun.endswith("s")})


def names(sources):
    """A header's functions begin with a noun of it, and no name means two
    things."""
    functions, types = {}, {}
    ours = [source for source in sources if source.name.startswith("src/")
            and not source.is_test]
    for source in ours:
        if source.file.suffix != ".h":
            continue
        nouns = nouns_of(source)
        for match in DECLARED.finditer(source.bare):
            name = match.group(1)
            functions.setdefault(name, source)
            if name.isupper() or name in nouns or any(
                    name.startswith(noun + "_") for noun in nouns):
                continue
            yield (f"{source.at(match.start(1))}: {name} begins with no noun "
                   "of its header")
        for match in TYPE.finditer(source.bare):
            if match.group(1) not in EACH_ITS_OWN:
                types.setdefault(match.group(1), source)
    for source in ours:
        for match in TYPE.finditer(source.bare):
            other = types.get(match.group(1), source)
            if other != source:
                yield (f"{source.at(match.start())}: {match.group()[:-2]} is "
                       f"another one in {other.name}")
        for match in STATIC.finditer(source.bare):
            other = functions.get(match.group(1), source)
            if other.module != source.module and source.file.suffix == ".c":
                yield (f"{source.at(match.start(1))}: {match.group(1)} is "
                       f"another one in {other.name}")


def is_made(folder):
    """Made or fetched, as its name says."""
    return folder.startswith((".", "build", "node_modules", "var", "dist"))


def files_of_ours():
    """All files below the root that are not made or fetched, as paths."""
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if not is_made(name)]
        if APART not in (pathlib.Path(folder), *pathlib.Path(folder).parents):
            yield from (pathlib.Path(folder, name) for name in names)


def named_files(sources):
    """Files named in comments and pages must exist.

    In a folder of src/ a bare name is a file of that folder; elsewhere it is
    any file's.  Queries name what is made of them.
    """
    files = sorted(files_of_ours())
    bare = {file.name for file in files}
    texts = [(source.file, token.start(), token.group(), source.text)
             for source in sources for token in TOKEN.finditer(source.text)
             if token.group()[0] == "/"]
    for file in files:
        text = file.read_text() if file.suffix == ".md" else ""
        texts += [(file, token.start(), token.group(), text)
                  for token in re.finditer(r"`[^`\n]+`", text)]
    for file, start, piece, text in texts:
        path = file.relative_to(ROOT)
        for match in NAMED.finditer(piece):
            name = re.sub(r"\.sql\.[ch]$", ".sql", match.group())
            homes = [file.parent, ROOT, *(ROOT / home for home in HOMES_OF_FILES)]
            if re.search("[A-Z]{4}", name) or name[0] == "_" or any(
                    (home / name).exists() for home in homes):
                continue
            if "/" not in name and path.parts[0] != "src" and name in bare:
                continue
            line = text.count("\n", 0, start + match.start()) + 1
            yield f"{path}:{line}: there is no {match.group()}"


def spoken_words():
    """Words that puzzled a reader, wherever we speak."""
    for file in sorted(files_of_ours()):
        if file.suffix not in SPEAKING or file == pathlib.Path(__file__):
            continue
        for number, line in enumerate(file.read_text().splitlines(), 1):
            for match in SPOKEN.finditer(line):
                yield (f"{file.relative_to(ROOT)}:{number}: say "
                       f"{SAY[match.group(1).lower()]}, not {match.group(1)}")


def markup(files):
    """The client makes nodes and texts, never markup or code."""
    for file in files:
        for number, line in enumerate(file.read_text().splitlines(), 1):
            for match in MARKUP.finditer(line):
                yield f"{file.name}:{number}: {match.group()} in the client"


def failures_page(failures):
    """docs/failures.md as it must be."""
    lines = ["# Failure codes", "",
             "Made from `locale/failures/` by `tools/lint.py --write`. The code"
             " is stable; programs may rely on it.", "",
             "| Code | Vietnamese | English |", "|---|---|---|"]
    for code, texts in sorted(failures.items()):
        cells = [texts[key].replace("|", "\\|") for key in ("vi", "en")]
        lines.append(f"| `{code}` | {cells[0]} | {cells[1]} |")
    return "\n".join(lines) + "\n"


def show_long(sources):
    """Long things are shown, not refused."""
    for source in sources:
        lines = source.text.splitlines()
        if len(lines) > LONG_FILE:
            print(f"{source.name}: {len(lines)} lines")
        begun = 0
        for number, line in enumerate(lines, 1):
            if line == "{":
                begun = number
            elif line == "}" and begun:
                if number - begun > LONG_FUNCTION:
                    print(f"{source.name}:{begun}: a function of "
                          f"{number - begun} lines")
                begun = 0


def links():
    """A link in the tree is a path of somebody's machine, or two names for one."""
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if not is_made(name)]
        found = [pathlib.Path(folder, name) for name in folders + names]
        yield from (f"{path.relative_to(ROOT)}: a link" for path in found
                    if path.is_symlink())


def twice():
    """Of two functions of one name Python keeps the later one: a test that never
    runs."""
    for path in sorted((ROOT / "tests").rglob("*.py")):
        if APART in path.parents:
            continue
        seen = set()
        for node in ast.parse(path.read_text()).body:
            name = getattr(node, "name", None)
            if name in seen:
                yield (f"{path.relative_to(ROOT)}:{node.lineno}: {name} is "
                       "there already")
            if name is not None:
                seen.add(name)


def main(arguments):
    sources = [Source(file) for folder in ("src", "tests")
               for file in sorted((ROOT / folder).rglob("*.[ch]"))
               if APART not in file.parents]
    failures, wrong = read_failures()
    page = failures_page(failures)
    committed = ROOT / "docs/failures.md"
    if "--write" in arguments:
        committed.write_text(page)
    elif not committed.exists() or committed.read_text() != page:
        wrong.append("docs/failures.md is stale: run tools/lint.py --write")
    wrong += limits.check(sources, "--write" in arguments)
    wrong += layers.check()
    wrong += headers_alone(sources)
    wrong += failure_codes(sources, failures)
    wrong += log_keys(sources)
    wrong += permissions(sources)
    wrong += moves(sources)
    wrong += names(sources)
    wrong += named_files(sources)
    wrong += spoken_words()
    wrong += links()
    wrong += twice()
    wrong += markup(sorted((ROOT / "web/src").rglob("*.[tj]s*")))
    wrong += papers.check()
    for source in sources:
        wrong += words(source)
        wrong += borders(source)
    if "--show" in arguments:
        show_long(sources)
    print(*wrong, sep="\n", end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
