"""tools/setup.sh on systems other than this one."""

import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def shell(tmp_path, os_release, script):
    """After setup.sh, on a system that says this of itself."""
    file = tmp_path / 'os-release'
    file.write_text(os_release, encoding='utf-8')
    done = subprocess.run(
        ['bash', '-euc', f'. tools/setup.sh; os_release={file}; {script}'],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize('os_release, known', [
    ('ID=debian\nVERSION_ID="12"\n', 'debian 12 yes'),
    ('ID=debian\nVERSION_ID="13"\n', 'debian 13 yes'),
    ('ID=debian\nVERSION_ID="14"\n', 'debian 14 no'),
    ('ID=debian\n', 'debian  no'),
    ('NAME="Alpine"\nID=alpine\nVERSION_ID=3.20\n', 'alpine 3.20 no'),
    ('', 'unknown  no')])
def test_what_is_known_to_work(tmp_path, os_release, known):
    said = shell(tmp_path, os_release,
                 'echo "$(system) $(is_known && echo yes || echo no)"')
    assert said == (0, known + '\n', '')


def test_elsewhere_it_says_so_and_goes_on_with_what_is_there(tmp_path):
    status, said, _ = shell(
        tmp_path, 'ID=alpine\nVERSION_ID=3.20\n',
        'commands=(bash) libraries=(); install_packages no-such-package; '
        'echo went on')
    assert status == 0
    sentence, last = said.splitlines()
    assert 'alpine 3.20' in sentence and 'Debian 12' in sentence
    assert last == 'went on'


def test_elsewhere_it_names_what_is_absent(tmp_path):
    status, _, said = shell(
        tmp_path, 'ID=alpine\nVERSION_ID=3.20\n',
        'commands=(bash no-such-command) libraries=(); '
        'install_packages no-such-package; echo went on')
    assert (status, said) == (1, 'To go on, install: no-such-command\n')
