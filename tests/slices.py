#!/usr/bin/python3
"""What each slice brings to the tests of the whole program.

    slices.py    print the folders of the tests over HTTP, one a line

The slices are the lines of src/LAYERS.  Each may have a folder here, tests/NAME:
its test_*.py, who may do what on its routes (rights.py, see roles.py), and what
no test brings about (unseen.py).
"""

import importlib.util
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / 'tools'))

import layers  # noqa: E402  the path comes first


def folders():
    """Where the tests over HTTP are: of no slice, then of each."""
    return [HERE / 'api'] + [HERE / name for name in layers.slices()
                             if (HERE / name).is_dir()]


def all_of(file):
    """That module of each folder: folder name -> module."""
    found = {}
    for folder in folders():
        path = folder / f'{file}.py'
        if path.exists():
            spec = importlib.util.spec_from_file_location(
                f'{file}_{folder.name}', path)
            found[folder.name] = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(found[folder.name])
    return found


def joined(file, table):
    """The dicts of that name in all these modules as one; no key twice."""
    whole = {}
    for folder, module in all_of(file).items():
        rows = getattr(module, table, {})
        assert not set(rows) & set(whole), (folder, table)
        whole.update(rows)
    return whole


if __name__ == '__main__':
    print(*(folder.relative_to(HERE.parent) for folder in folders()),
          sep='\n')
