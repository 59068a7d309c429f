#!/usr/bin/python3
"""Check every #include of src/ against src/LAYERS.

A module includes itself, what its line in LAYERS names (modules, or single
headers), and those foreign headers that it owns.  Prints file and line of each
breach; the exit status is 1 if there is any.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^">]+)[">]')

# Foreign headers by the beginning of their name, and the one module of each.
OWNERS = {
    "sqlite3.h": "store", "libpq-fe.h": "store",
    "microhttpd.h": "http", "curl/": "http",
    "openssl/": "trust", "xmlsec/": "trust", "libp11.h": "trust",
    "libxml/": "codec", "jansson.h": "codec", "zip.h": "codec",
    "xlsxwriter.h": "codec", "pango/": "codec", "cairo": "codec",
    "zlib.h": "codec",
    "utf8proc.h": "core",
    "argon2.h": "people",
}


def layers():
    """Module to the set of what it may include, from src/LAYERS."""
    allowed = {}
    for line in (ROOT / "src/LAYERS").read_text().splitlines():
        words = line.split()
        if words:
            allowed[words[0]] = set(words[1:])
    return allowed


def breach(module, may, bracket, header):
    """What is wrong with an include, or None."""
    if bracket == "<":
        for beginning, owner in OWNERS.items():
            if header.startswith(beginning) and module != owner:
                return f"<{header}> belongs to {owner}"
        return None
    target = header.split("/")[0]
    if "/" not in header or target == module or "*" in may:
        return None
    if target in may or header in may:
        return None
    return f'"{header}" does not stand under {module}'


def check():
    """All breaches as texts."""
    found = []
    allowed = layers()
    for file in sorted((ROOT / "src").rglob("*.[ch]")):
        name = file.relative_to(ROOT)
        module = name.parts[1]
        if module not in allowed:
            found.append(f"{name}: {module} is not in src/LAYERS")
            continue
        lines = file.read_text(errors="replace").splitlines()
        for number, line in enumerate(lines, 1):
            match = INCLUDE.match(line)
            wrong = match and breach(module, allowed[module], *match.groups())
            if wrong:
                found.append(f"{name}:{number}: {wrong}")
    return found


if __name__ == "__main__":
    breaches = check()
    print(*breaches, sep="\n", end="\n" if breaches else "")
    sys.exit(1 if breaches else 0)
