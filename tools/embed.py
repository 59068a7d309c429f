#!/usr/bin/python3
"""Make a C file that holds other files.

    embed.py OUT.c NAME FILE...
    embed.py OUT.c NAME OUT.d PATH=FOLDER

defines "const struct embedded NAME[]" (core/embedded.h): one entry a file, in
the order given, under the path given, and an empty entry at the end.  An
argument PATH=FILE names the entry PATH.  Of a folder all *.json are taken, by
name; OUT.d makes the build look at the folder, so that a new file is found.
"""
import pathlib
import sys

BYTES_A_LINE = 16


def rows(data):
    """The bytes as lines of C, with a NUL that the length leaves out."""
    data = data + b"\0"
    for at in range(0, len(data), BYTES_A_LINE):
        yield "\t" + ",".join(str(b) for b in data[at:at + BYTES_A_LINE]) + ","


def c_text(text):
    """A C string literal; bytes outside plain ASCII become octal."""
    out = ""
    for byte in text.encode():
        plain = 0x20 <= byte < 0x7f and chr(byte) not in '"\\?'
        out += chr(byte) if plain else f"\\{byte:03o}"
    return f'"{out}"'


def of_folder(out, depfile, argument):
    """The arguments that its files are."""
    path, _, folder = argument.rpartition("=")
    files = sorted(pathlib.Path(folder).glob("*.json"))
    with open(depfile, "w", encoding="utf-8") as f:
        f.write(" ".join([f"{out}:", folder, *map(str, files)]) + "\n")
    return [f"{path}/{file.name}={file}" for file in files]


def main(out, name, arguments):
    if arguments[:1] and arguments[0].endswith(".d"):
        arguments = of_folder(out, *arguments)
    lines = ["/* Made by tools/embed.py. */", '#include "core/embedded.h"', "",
             f"extern const struct embedded {name}[];", ""]
    table = []
    for i, argument in enumerate(arguments):
        path, _, file = argument.rpartition("=")
        with open(file, "rb") as f:
            data = f.read()
        lines.append(f"static const unsigned char file_{i}[] = {{")
        lines.extend(rows(data))
        lines.extend(["};", ""])
        table.append(f"\t{{ {c_text(path or file)}, file_{i}, {len(data)} }},")
    lines.append(f"const struct embedded {name}[] = {{")
    lines.extend(table)
    lines.extend(["\t{ 0 },", "};", ""])
    with open(out, "w", encoding="utf-8") as f:
        f.write("\n".join(lines))


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
