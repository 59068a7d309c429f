#!/usr/bin/env python3
"""Show what failed in the log of a test step, in few lines.

Of TAP each `not ok` with what follows it, of pytest each failure's end; where
neither is, the last lines of the log.
"""
import re
import sys

BLOCKS = 5
BLOCK_LINES = 40
TAIL = 25

TAP_RESULT = re.compile(r"\s*(not ok|ok)\b")
TAP_BETWEEN = re.compile(r"\s*(# Subtest:|\d+\.\.\d+)")
PYTEST_HEAD = re.compile(r"_{3,} .+ _{3,}$")
PYTEST_SECTION = re.compile(r"={3,} (.+?) ={3,}$")


def tap_blocks(lines):
    """Each begins with its `not ok`; the message comes after it."""
    blocks, block = [], None
    for line in lines:
        result = TAP_RESULT.match(line)
        if result:
            failed = result[1] == "not ok" and "# skip" not in line.lower()
            block = [] if failed else None
            if failed:
                blocks.append(block)
        elif TAP_BETWEEN.match(line):
            block = None
        if block is not None:
            block.append(line)
    return [cut(block, block[:BLOCK_LINES]) for block in blocks]


def pytest_blocks(lines):
    """The message is at the end, but for what the test printed."""
    blocks, block, inside = [], None, False
    for line in lines:
        section = PYTEST_SECTION.match(line)
        if section:
            inside = section[1] in ("FAILURES", "ERRORS")
            block = None
        elif inside and PYTEST_HEAD.match(line):
            block = [line]
            blocks.append(block)
        elif re.match(r"-{3,} Captured ", line):
            block = None
        elif block is not None:
            block.append(line)
    return [cut(block, block[:1] + block[1:][1 - BLOCK_LINES:]) for block in blocks]


def cut(block, shown):
    left = len(block) - len(shown)
    return shown + ([f"({left} more lines in the log)"] if left > 0 else [])


def main():
    with open(sys.argv[1], encoding="utf-8", errors="replace") as log:
        lines = log.read().splitlines()
    blocks = tap_blocks(lines) + pytest_blocks(lines)
    for block in blocks[:BLOCKS]:
        print("\n".join(block))
    if len(blocks) > BLOCKS:
        print(f"({len(blocks) - BLOCKS} more failures in the log)")
    if not blocks:
        print("\n".join(lines[-TAIL:]))


if __name__ == "__main__":
    main()
