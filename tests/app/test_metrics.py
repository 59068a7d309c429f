"""What /metrics says is what Prometheus' own tool takes without a remark."""

import subprocess

from server import PATIENCE_SECONDS


def test_promtool_has_nothing_to_say(server):
    client = server.client('clerk.x')
    for path in ('/api/v1/units', '/api/v1/units?level=x', '/nowhere'):
        client.get(path)
    text = server.metrics()
    assert 'truc_http_requests_total{' in text
    done = subprocess.run(['promtool', 'check', 'metrics'], input=text,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, timeout=PATIENCE_SECONDS, check=False)
    assert (done.returncode, done.stdout) == (0, ''), done.stdout


def test_times_are_in_seconds_and_go_up(server):
    def seconds(name):
        line, = [line for line in server.metrics().splitlines()
                 if line.startswith(f'truc_{name} ')]
        whole, _, part = line.split()[1].partition('.')
        assert len(part) == 6, line
        return int(whole + part)

    before = seconds('store_commit_seconds_total')
    assert server.client().sign_in('with.password').status == 200
    assert before < seconds('store_commit_seconds_total') < before + 3600e6
