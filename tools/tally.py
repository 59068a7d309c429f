#!/usr/bin/env python3
"""Count what a test run left in a folder: *.tap and *.xml (JUnit).

A NAME.rc beside a result holds the exit status of its program; a program that
failed without a failing test counts as one failure.  Prints the failures and
one line "N passed, N failed, N skipped"; the exit status says the same.
"""
import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree

TAP_LINE = re.compile(r"^(not ok|ok)\b[ \d]*(.*)$")


def tap(path):
    passed, failed, skipped = 0, [], []
    for line in path.read_text(errors="replace").splitlines():
        found = TAP_LINE.match(line)
        if not found:
            continue
        name = found[2].lstrip("- ")
        if "# skip" in line.lower():
            skipped.append(name)
        elif found[1] == "ok":
            passed += 1
        else:
            failed.append(name)
    return passed, failed, skipped


def junit(path):
    passed, failed, skipped = 0, [], []
    for case in ElementTree.parse(path).iter("testcase"):
        name = f"{case.get('classname')}: {case.get('name')}"
        if case.find("failure") is not None or case.find("error") is not None:
            failed.append(name)
        elif case.find("skipped") is not None:
            skipped.append(f"{name}: {case.find('skipped').get('message')}")
        else:
            passed += 1
    return passed, failed, skipped


def main():
    folder = pathlib.Path(sys.argv[1])
    passed, failed, skipped = 0, [], []
    seen = set()
    for path in sorted(folder.iterdir()):
        if path.suffix not in (".tap", ".xml"):
            continue
        seen.add(path.stem)
        try:
            got = tap(path) if path.suffix == ".tap" else junit(path)
        except ElementTree.ParseError:
            got = (0, ["wrote no readable result"], [])
        passed += got[0]
        failed += [f"{path.stem}: {name}" for name in got[1]]
        skipped += [f"{path.stem}: {name}" for name in got[2]]
        status = path.with_suffix(".rc")
        if status.exists() and status.read_text().strip() != "0" and not got[1]:
            failed.append(f"{path.stem}: ended with status {status.read_text().strip()}")
    for status in sorted(folder.glob("*.rc")):
        if status.stem in seen:
            continue
        if status.read_text().strip() == "0":
            passed += 1
        else:
            failed.append(f"{status.stem}: ended with status {status.read_text().strip()}")
    for name in skipped:
        print(f"skipped  {name}")
    for name in failed:
        print(f"FAILED   {name}")
    print(f"{passed} passed, {len(failed)} failed, {len(skipped)} skipped")
    return 1 if failed or passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
