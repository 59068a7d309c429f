"""What an operator may set: the file, the environment, SIGHUP, the paper."""

import os
import pathlib
import signal

import pytest

from server import run

DOCS = pathlib.Path(__file__).resolve().parents[2] / 'docs/options.md'


def test_the_paper_of_the_options_is_what_the_program_says(tmp_path):
    output = run('options', '--markdown', '--data', str(tmp_path)).stdout
    assert output == DOCS.read_text(encoding='utf-8'), (
        'make it again: truc options --markdown > docs/options.md')


def test_a_value_is_shown_with_where_it_comes_from(tmp_path):
    (tmp_path / 'truc.conf').write_text('session.idle = 30 min\n')
    output = run('options', 'session.idle', '--data', str(tmp_path)).stdout
    assert output.startswith('session.idle = 30 min   (file; default 2 h)\n')


def test_an_unknown_option_is_named_with_its_line(tmp_path):
    (tmp_path / 'truc.conf').write_text('# ours\nstore.reader = 3\n')
    output = run('options', '--data', str(tmp_path), status=2).stderr
    assert f'{tmp_path}/truc.conf:2: ' in output
    assert 'option.unknown' in output


def test_a_server_does_not_start_with_a_faulty_file(tmp_path):
    data = str(tmp_path / 'data')
    run('init', '--data', data)
    pathlib.Path(data, 'truc.conf').write_text('http.workers = many\n')
    output = run('serve', '--data', data, '--listen', '127.0.0.1:0',
               status=2).stderr
    assert 'truc.conf:1: ' in output and 'option.value' in output


def test_a_reload_changes_what_may_change_without_a_stop(make_server):
    server = make_server()
    conf = pathlib.Path(server.data, 'truc.conf')
    conf.write_text('log.level = debug\nhttp.workers = 3\n')
    os.kill(server.process.pid, signal.SIGHUP)
    server.wait_for_log('event=options.reloaded count=1')
    conf.write_text('log.level = loud\n')
    os.kill(server.process.pid, signal.SIGHUP)
    server.wait_for_log('event=options.wrong')
    assert server.client().get('/healthz').status == 200
    conf.write_text('')   # for who looks at the folder afterwards


def test_a_file_that_is_gone_leaves_the_values_as_they_were(make_server):
    server = make_server(options={'session.idle': '30 min',
                                  'log.level': 'debug'})
    conf = pathlib.Path(server.data, 'truc.conf')
    conf.rename(conf.with_suffix('.away'))
    os.kill(server.process.pid, signal.SIGHUP)
    server.wait_for_log('event=options.wrong code=option.file')
    # Nothing was reset meanwhile: the same file changes nothing.
    conf.with_suffix('.away').rename(conf)
    os.kill(server.process.pid, signal.SIGHUP)
    server.wait_for_log('event=options.reloaded count=0')
    # The wish for the defaults is an empty file.
    conf.write_text('')
    os.kill(server.process.pid, signal.SIGHUP)
    server.wait_for_log('event=options.reloaded count=2')


def test_a_file_that_never_was_may_still_be_absent(make_server):
    server = make_server()
    server.stop()
    conf = pathlib.Path(server.data, 'truc.conf')
    conf.unlink()
    server.start()
    os.kill(server.process.pid, signal.SIGHUP)
    server.wait_for_log('event=options.reloaded count=0')
    conf.write_text('log.level = debug\n')
    os.kill(server.process.pid, signal.SIGHUP)
    server.wait_for_log('event=options.reloaded count=1')
    conf.unlink()
    os.kill(server.process.pid, signal.SIGHUP)
    server.wait_for_log('event=options.wrong code=option.file')


def a_folder(conf):
    conf.mkdir()


def too_large(conf):
    conf.write_text('#' * 2_000_000)


@pytest.mark.parametrize('make', [os.mkfifo, a_folder, too_large])
def test_a_file_that_cannot_be_read_is_told_and_changes_nothing(make_server,
                                                                make):
    server = make_server()
    conf = pathlib.Path(server.data, 'truc.conf')
    conf.unlink()
    make(conf)
    os.kill(server.process.pid, signal.SIGHUP)
    server.wait_for_log('event=options.wrong code=file.')
    assert server.client().get('/healthz').status == 200
