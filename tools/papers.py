"""docs/security.md and docs/threat-model.md: what they name is there.

A test is written `FOLDER/FILE::NAME`: .py is below tests/, .c below src/, .mjs
below web/.  `./test PART` names a part of the run, and a path that begins with
a folder of ours a file.  In the tables of docs/security.md each number of the
standard's levels 1 and 2 stands once, and a line that says yes names a test.
"""
import re

import layers

ROOT = layers.ROOT
SECURITY = "docs/security.md"
PAPERS = (SECURITY, "docs/threat-model.md")
# The levels of OWASP ASVS 5.0.0: "1.2": those of 1.2.1, 1.2.2 and so on.
LEVELS = {
    "1.1": "22", "1.2": "1111122223", "1.3": "112222222223", "1.4": "222",
    "1.5": "123",
    "2.1": "122", "2.2": "112", "2.3": "12223", "2.4": "23",
    "3.1": "3", "3.2": "113", "3.3": "12223", "3.4": "11222233",
    "3.5": "11122333", "3.6": "3", "3.7": "22333",
    "4.1": "12233", "4.2": "23333", "4.3": "22", "4.4": "1222",
    "5.1": "2", "5.2": "112333", "5.3": "113", "5.4": "222",
    "6.1": "122", "6.2": "111111112222", "6.3": "11223333", "6.4": "112233",
    "6.5": "22222333", "6.6": "2223", "6.7": "33", "6.8": "2222",
    "7.1": "222", "7.2": "1111", "7.3": "22", "7.4": "11222", "7.5": "223",
    "7.6": "22",
    "8.1": "1233", "8.2": "1123", "8.3": "133", "8.4": "23",
    "9.1": "111", "9.2": "1222",
    "10.1": "22", "10.2": "223", "10.3": "22223", "10.4": "1111122222233333",
    "10.5": "22222", "10.6": "22", "10.7": "222",
    "11.1": "2233", "11.2": "22233", "11.3": "11233", "11.4": "1222",
    "11.5": "23", "11.6": "23", "11.7": "33",
    "12.1": "12233", "12.2": "11", "12.3": "22223",
    "13.1": "2333", "13.2": "222223", "13.3": "2233", "13.4": "1222233",
    "14.1": "22", "14.2": "12223333", "14.3": "122",
    "15.1": "12233", "15.2": "12233", "15.3": "1222222", "15.4": "3333",
    "16.1": "2", "16.2": "22222", "16.3": "2222", "16.4": "222",
    "16.5": "2223",
    "17.1": "23", "17.2": "22223333", "17.3": "22",
}
WANTED = {f"{section}.{at}": level for section, levels in LEVELS.items()
          for at, level in enumerate(levels, 1) if level in "12"}
VERDICTS = ("yes", "in part", "no", "–")
SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)#:]+)[^)]*\)")
ROW = re.compile(r"^\| (\d+\.\d+\.\d+)(?:–(\d+\.\d+\.\d+))? \| ([^|]+) \| "
                 r"[^|]+ \| ([^|]+) \|[^|]*\|([^|]*)\|$")
HOMES = {".py": "tests", ".c": "src", ".mjs": "web"}
OURS = re.compile(r"(?:src|tests|web|tools|docs|deploy|locale|data|findings)/"
                  r"[\w./-]+")


def has_test(text, kind, name):
    """Is a test of this name in the text of a file?"""
    if kind == ".py":
        return re.search(rf"^def {re.escape(name)}\(", text, re.M)
    if kind == ".c":
        return re.search(rf"^{re.escape(name)}\(void \*\*state\)", text, re.M)
    # A title may go on in the next line.
    return name in re.sub(r"' \+\s*'", "", text).replace("\\'", "'")


def missing(span):
    """What a piece of code names that is not there, or None."""
    if span in ("FILE::NAME", "./test PART"):
        return None   # how they are written
    if span.startswith("./test "):
        there = (ROOT / "test").read_text(encoding="utf-8")
        gone = [part for part in span.split()[1:]
                if f"part_{part}() {{" not in there]
        return span if gone else None
    if "::" in span:
        path, name = span.split("::", 1)
        kind = path[path.rfind("."):]
        file = ROOT / HOMES.get(kind, "") / path
        if not file.is_file() or not has_test(
                file.read_text(encoding="utf-8"), kind, name):
            return span
    elif OURS.fullmatch(span) and not (ROOT / span).exists():
        return span
    return None


def numbers(first, last):
    """Those of levels 1 and 2 from first to last."""
    if last is None:
        return [first]
    order = list(WANTED)
    if first not in WANTED or last not in WANTED:
        return [first, last]
    return order[order.index(first):order.index(last) + 1]


def rows(text):
    """(line, match) of each row of the standard's tables."""
    for line, row in enumerate(text.splitlines(), 1):
        match = ROW.match(row)
        if match:
            yield line, match


def told(text):
    """What is wrong with the rows of docs/security.md."""
    seen = []
    for line, match in rows(text):
        first, last, level, verdict, shown = match.groups()
        seen += numbers(first, last)
        at = f"{SECURITY}:{line}: {first}"
        if verdict not in VERDICTS:
            yield f"{at} says {verdict}, none of {', '.join(VERDICTS)}"
        if verdict == "yes" and not re.search(r"`(?:[^`]+::|\./test )", shown):
            yield f"{at} says yes and names no test"
        if last is None and WANTED.get(first) != level:
            yield f"{at} is not of level {level}"
    for number in sorted({n for n in seen if seen.count(n) > 1}):
        yield f"{SECURITY}: {number} is there twice"
    for number in WANTED:
        if number not in seen:
            yield f"{SECURITY}: {number} is not told of"


def check():
    """All that is wrong with both papers, as texts."""
    found = []
    for paper in PAPERS:
        text = (ROOT / paper).read_text(encoding="utf-8")
        for line, content in enumerate(text.splitlines(), 1):
            named = [missing(span) for span in SPAN.findall(content)]
            named += [link for link in LINK.findall(content)
                      if not (ROOT / paper).parent.joinpath(link).exists()]
            found += [f"{paper}:{line}: there is no {name}"
                      for name in named if name]
        if paper == SECURITY:
            found += told(text)
    return found
