#!/usr/bin/python3
"""The modules of src/LAYERS, from the bottom up.

    layers.py                 check every #include of src/
    layers.py modules         the modules that are libraries, one a line, with
                              the modules that each includes
    layers.py commands        the parts of the program itself, one a line
    layers.py slices          the slices, one a line
    layers.py assembly FILE   write the C table of all slices

A module includes itself, what its line in LAYERS names (modules, or single
headers), and those foreign headers that it owns.  Its tests are linked with the
same and what those need.  The check prints file and line of each breach, and
what a line grants that no file uses; the exit status is 1 if there is any.  A
line that begins with "slice" is a slice: app/slice.h says what else that means.
One with "*" holds commands: it may include everything and is linked into the
program only.
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


def read():
    """Lists of words of src/LAYERS, "slice" as in the file."""
    lines = (ROOT / "src/LAYERS").read_text().splitlines()
    return [line.split() for line in lines if line.split()]


def layers():
    """Module to the set of what it may include, from the bottom up."""
    allowed = {}
    for words in read():
        name, *may = words[1:] if words[0] == "slice" else words
        allowed[name] = set(may)
    return allowed


def slices():
    """Names of the slices, from the bottom up."""
    return [words[1] for words in read() if words[0] == "slice"]


def assembly():
    """C source of the table of all slices (cli/program.h)."""
    lines = ["/* Made from src/LAYERS by tools/layers.py. */",
             '#include "cli/program.h"', ""]
    lines += [f"extern const struct slice {name}_slice;" for name in slices()]
    lines += ["", "const struct slice *const program_slices[] = {"]
    lines += [f"\t&{name}_slice," for name in slices()]
    return "\n".join([*lines, "\tNULL,", "};", ""])


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
    return f'"{header}" is not under {module}'


def check():
    """All breaches as texts."""
    found = []
    allowed = layers()
    used = {name: set() for name in allowed}
    for file in sorted((ROOT / "src").rglob("*.[ch]")):
        name = file.relative_to(ROOT)
        module = name.parts[1]
        if module not in allowed:
            found.append(f"{name}: {module} is not in src/LAYERS")
            continue
        lines = file.read_text(errors="replace").splitlines()
        for number, line in enumerate(lines, 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            used[module] |= {match.group(2), match.group(2).split("/")[0]}
            wrong = breach(module, allowed[module], *match.groups())
            if wrong:
                found.append(f"{name}:{number}: {wrong}")
    found += [f"src/LAYERS: {module} includes nothing of {other}"
              for module, may in allowed.items()
              for other in sorted(may - used[module] - {"*"})]
    return found


def main(arguments):
    if arguments[:1] == ["modules"]:
        found = [" ".join([name, *sorted({word.split("/")[0]
                                          for word in may})])
                 for name, may in layers().items() if "*" not in may]
    elif arguments[:1] == ["commands"]:
        found = [name for name, may in layers().items() if "*" in may]
    elif arguments[:1] == ["slices"]:
        found = slices()
    elif arguments[:1] == ["assembly"]:
        pathlib.Path(arguments[1]).write_text(assembly())
        return 0
    else:
        found = check()
        print(*found, sep="\n", end="\n" if found else "")
        return 1 if found else 0
    print(*found, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
