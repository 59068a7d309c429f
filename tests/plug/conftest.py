"""The program with one slice more (see test_plug.py)."""

import os
import pathlib
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOY = pathlib.Path(__file__).resolve().parent / 'toy'
# Kept from run to run, so that only what changed is compiled.
PLACE = ROOT / 'build-plug'
BUILD_SECONDS = 3600  # all of it, on a slow machine
# Made or fetched; and this folder, which is no part of its own subject.
LEFT_OUT = {'node_modules', 'dist', 'made', 'var', '__pycache__',
            '.git', '.pytest_cache', 'plug'}
# Its tests are run where it is put together.
collect_ignore = ['toy']
LINE = 'src/LAYERS'
NUMBER = 'NNNN'


def files_of(root):
    """Paths below a folder, without what is made or fetched."""
    found = {}
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name not in LEFT_OUT
                      and not (name.startswith('build') and
                               pathlib.Path(folder) == root)]
        for name in names:
            path = pathlib.Path(folder, name)
            if path.is_file() and path.suffix != '.pyc':
                found[str(path.relative_to(root))] = path
    return found


def next_number():
    names = (ROOT / 'src/store/migrations').glob('*.sql')
    return f'{max(int(path.name[:4]) for path in names) + 1:04d}'


def contents():
    """Path in the new tree -> bytes: today's files and those of the toy."""
    whole = {name: path.read_bytes() for name, path in files_of(ROOT).items()}
    for name, path in files_of(TOY).items():
        if name == LINE:
            # Below cli, which knows all slices.
            lines = whole[LINE].decode().splitlines(keepends=True)
            lines.insert(next(i for i, line in enumerate(lines)
                              if line.split()[1:] == ['*']),
                         path.read_text())
            whole[LINE] = ''.join(lines).encode()
            continue
        name = name.replace(NUMBER, next_number())
        assert name not in whole, f'{name}: a new slice edits no file'
        whole[name] = path.read_bytes()
    return whole


def sync(whole, tree):
    """Write what differs, so that times stay; remove what is gone."""
    for name, path in files_of(tree).items():
        if name not in whole:
            path.unlink()
    for name, data in whole.items():
        path = tree / name
        if not path.exists() or path.read_bytes() != data:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        path.chmod((ROOT / name).stat().st_mode & 0o777
                   if (ROOT / name).exists() else 0o644)


class Tree:
    """The new sources, and what is made of them."""

    def __init__(self):
        self.root = PLACE / 'tree'
        self.build = PLACE / 'build'
        self.program = self.build / 'src/cli/truc'

    def run(self, *words, within=BUILD_SECONDS, **more):
        """A command in the tree; what it says on both streams."""
        # The server under test is ours, not that of the run around.
        environment = {**os.environ, 'TRUC_BIN': str(self.program),
                       'TRUC_SOURCE': str(self.root), **more}
        done = subprocess.run(
            [str(word) for word in words], cwd=self.root, env=environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, timeout=within, check=False)
        assert done.returncode == 0, done.stdout[-6000:]
        return done.stdout

    def python(self, *words, **more):
        return self.run('/usr/bin/python3', *words, **more)

    def tests(self, *words, **more):
        return self.python('-m', 'pytest', '-q', '-p', 'no:cacheprovider',
                           *words, **more)


@pytest.fixture(scope='session')
def tree():
    made = Tree()
    made.root.mkdir(parents=True, exist_ok=True)
    sync(contents(), made.root)
    modules = ROOT / 'web/node_modules'
    link = made.root / 'web/node_modules'
    if link.is_symlink():
        link.unlink()
    if modules.exists():
        link.symlink_to(modules.resolve())
    return made


@pytest.fixture(scope='session')
def built(tree):
    """Compiled, without sanitizers: the sources were seen by them before."""
    if not (tree.build / 'build.ninja').exists():
        shutil.rmtree(tree.build, ignore_errors=True)
        tree.run('meson', 'setup', '-Doptimization=0', '-Ddebug=false',
                 '-Dtests=true', tree.build)
    tree.run('ninja', '-C', tree.build, '-j2', 'src/cli/truc',
             'src/test_toy_toy')
    return tree
