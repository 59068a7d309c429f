"""docs/limits.md: each number that is a #define, and why it is no option.

A limit is an option (docs/options.md) or a row there, under its reason, or in
the README of its module.  lint.py compares; lint.py --write brings values up to date, takes out what is
gone, and leaves new names to people: only they know the reason.
"""
import os
import re

import layers

PAGE = layers.ROOT / "docs/limits.md"
DEFINE = re.compile(r"^[ \t]*#[ \t]*define[ \t]+([A-Z][A-Z0-9_]*)[ \t]+"
                    r"((?:[^\\\n]|\\\n)+)", re.M)
# Digits that are no part of a name, or another limit's name.
NUMBER = re.compile(r"(?<![\w])\d|\b[A-Z0-9_]+_(?:MAX|MOST|S|US|MS|LEN)\b|\bBODY\b")
ROW = re.compile(r"^\| `(\w+)` \| `(src/[^`]+)` \| .* \|$")
# They measure and make up data; nobody serves with them.
ASIDE = re.compile(r"src/(?:bench|demo)/|src/cli/test_")


def defined(sources):
    """(name, file) of every number, with its value as it is written."""
    found = {}
    for source in sources:
        if (source.is_test or not source.name.startswith("src/")
                or ASIDE.match(source.name)):
            continue
        for match in DEFINE.finditer(source.code):
            value = " ".join(match.group(2).replace("\\\n", " ").split())
            if NUMBER.search(value) and not re.search(r'["{=?]', value):
                found[match.group(1), source.name] = value
    return found


def page(path, found, listed):
    """The page with today's values; its rows are noted as listed."""
    lines = []
    for line in path.read_text(encoding="utf-8").splitlines():
        match = ROW.match(line)
        if match is None:
            lines.append(line)
        elif match.groups() in found and match.groups() not in listed:
            listed.add(match.groups())
            lines.append(row(match.groups(), found))
    return "\n".join(lines) + "\n"


def row(key, found):
    return f"| `{key[0]}` | `{key[1]}` | `{found[key]}` |"


def check(sources, write):
    found = defined(sources)
    listed = set()
    for path in [PAGE, *sorted(layers.ROOT.glob("src/*/README.md"))]:
        wanted = page(path, found, listed)
        if path.read_text(encoding="utf-8") == wanted:
            continue
        if write:
            path.write_text(wanted, encoding="utf-8")
        else:
            yield (f"{os.path.relpath(path, layers.ROOT)} is stale: run "
                   "tools/lint.py --write")
    for name, file in sorted(set(found) - listed, key=lambda key: key[::-1]):
        yield (f"{file}: {name} is neither an option nor under a reason in "
               f"docs/limits.md")
