"""One demonstration of the whole country for all tests of this folder."""
import os
import pathlib
import re
import signal
import subprocess
import tempfile

import pytest
from server import PATIENCE_SECONDS

PASSWORD = "truc-demo-2025"


@pytest.fixture(scope="session")
def truc():
    return os.environ["TRUC_BIN"]


@pytest.fixture(scope="session")
def demo(truc):
    """The folder; made here, or an existing one named by TRUC_DEMO."""
    if "TRUC_DEMO" in os.environ:
        yield pathlib.Path(os.environ["TRUC_DEMO"])
        return
    units = os.environ["TRUC_DATA_NODE_MODULES"]
    with tempfile.TemporaryDirectory(prefix="truc-demo-") as folder:
        data = pathlib.Path(folder) / "var"
        subprocess.run([truc, "demo", "--data", data, "--units", units], check=True, timeout=12 * PATIENCE_SECONDS,
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        yield data


@pytest.fixture(scope="session")
def server(truc, demo):
    """"127.0.0.1:PORT" of a server on the demonstration."""
    process = subprocess.Popen([truc, "serve", "--data", demo, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True)
    try:
        line = process.stdout.readline()
        yield re.search(r"127\.0\.0\.1:\d+", line)[0]
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=PATIENCE_SECONDS) == 0
