"""A number in the source is an option or has its reason in docs/limits.md."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'tools'))
import limits  # noqa: E402
import lint  # noqa: E402


def source(tmp_path, name, text):
    file = tmp_path / name
    file.write_text(text, encoding='utf-8')
    made = lint.Source.__new__(lint.Source)
    made.name = f'src/toy/{name}'
    made.text = text
    made.code = lint.blank(text, False)
    made.is_test = name.startswith('test_')
    return made


def test_a_new_limit_is_seen(tmp_path):
    toys = [source(tmp_path, 'toy.c', '#define TOYS_MAX \\\n\t(4 * 10)\n'
                                      '#define TOY_NAME "toy 7"\n'
                                      '/* #define OLD 7 */\n'),
            source(tmp_path, 'test_toy.c', '#define MANY 1000\n')]
    assert limits.defined(toys) == {('TOYS_MAX', 'src/toy/toy.c'): '(4 * 10)'}
    wrong = list(limits.check(toys, False))
    assert wrong[-1].startswith('src/toy/toy.c: TOYS_MAX is neither')


def test_another_value_makes_the_page_stale(tmp_path, monkeypatch):
    toy = source(tmp_path, 'toy.c', '#define TOYS_MAX 8\n')
    monkeypatch.setattr(limits, 'PAGE', tmp_path / 'limits.md')
    limits.PAGE.write_text('# Limits\n\n| `TOYS_MAX` | `src/toy/toy.c` | `7` |'
                           '\n| `GONE` | `src/toy/toy.c` | `7` |\n',
                           encoding='utf-8')
    assert len(list(limits.check([toy], False))) == 1
    assert list(limits.check([toy], True)) == []
    assert list(limits.check([toy], False)) == []
    assert '`8`' in limits.PAGE.read_text(encoding='utf-8')
    assert 'GONE' not in limits.PAGE.read_text(encoding='utf-8')
