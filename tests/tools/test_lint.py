"""What tools/lint.py refuses, where nothing else would show that it does."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'tools'))
import lint  # noqa: E402


@pytest.mark.parametrize('line, is_wrong', [
    ('box.innerHTML = name;', True),
    ('box.insertAdjacentHTML("beforeend", name);', True),
    ('<p dangerouslySetInnerHTML={{ __html: name }} />', True),
    ('document.write(name);', True), ('eval(name);', True),
    ('new Function(name)();', True), ('<iframe srcdoc={name} />', True),
    ('box.textContent = name;', False), ('<p>{name}</p>', False),
    ('retrieval(name);', False)])
def test_markup_made_of_text_is_seen(tmp_path, line, is_wrong):
    file = tmp_path / 'toy.tsx'
    file.write_text(f'// A screen.\n{line}\n', encoding='utf-8')
    told = list(lint.markup([file]))
    assert len(told) == is_wrong
    assert all(text.startswith('toy.tsx:2: ') for text in told)
