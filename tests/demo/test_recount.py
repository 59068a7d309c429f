"""The nation's and all provinces' figures equal a recount from the ledger."""
import datetime
import decimal
import http.client
import json
import pathlib
import subprocess
import urllib.parse

import pytest
import recount
from conftest import PASSWORD
from server import PATIENCE_SECONDS

FORM = "II.06a/VPCP/KSTT"
COLUMNS = [f"c{number}" for number in range(3, 14)]
STRUCTURES = ["2024-12-31", "2025-07-01", "own"]
AS_OF = [None, "2025-04-20", "2025-10-01"]
PERIODS = ["2024-Q2", "2025-Q1", "2025-Q3"]
# The last day of each period's cut-off window: the day of its own structure.
LAST_DAY = {"2024-Q2": "2024-06-14", "2025-Q1": "2025-03-14", "2025-Q3": "2025-09-14"}


@pytest.fixture(scope="session")
def count(demo):
    return recount.Recount(demo / "truc.db")


@pytest.fixture(scope="session")
def centre(server):
    """A signed-in member of the Reporting Centre: get(path, **query)."""
    connection = http.client.HTTPConnection(server, timeout=PATIENCE_SECONDS)
    connection.request("POST", "/api/v1/session", json.dumps({"login": "trungtam", "password": PASSWORD}),
                       {"Content-Type": "application/json"})
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 200
    cookie = answer.headers["Set-Cookie"].split(";")[0]

    def get(path, **query):
        query = {key: value for key, value in query.items() if value is not None}
        connection.request("GET", f"{path}?{urllib.parse.urlencode(query)}", headers={"Cookie": cookie})
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status == 200, body
        return json.loads(body)

    return get


def rows_of(answer):
    """The same form as Recount.table."""
    columns = [cell.split(".")[1] for cell in answer["cells"]]
    table = {}
    for row in answer["rows"]:
        values = row["periods"][0]["values"]
        known = {column: decimal.Decimal(value) for column, value in zip(columns, values) if isinstance(value, str)}
        key = {"unit": row["unit"], "other": "other", "unallocated": None, "total": "total"}[row["kind"]]
        if known:
            table[key] = known
    return table


def ask(period, structure, as_of, basis):
    return dict(form=FORM, periods=period, level=1, structure=None if structure == "own" else structure, as_of=as_of,
                basis=basis)


def expected(count, period, structure, as_of, basis):
    on = recount.day(LAST_DAY[period] if structure == "own" else structure)
    until = None if as_of is None else recount.day_end_us(recount.day(as_of))
    return count.table(FORM, period, COLUMNS, on, basis, until)


@pytest.mark.parametrize("basis", ["sent", "accepted"])
@pytest.mark.parametrize("as_of", AS_OF)
@pytest.mark.parametrize("structure", STRUCTURES)
@pytest.mark.parametrize("period", PERIODS)
def test_figures_equal_a_recount(count, centre, period, structure, as_of, basis):
    got = rows_of(centre("/api/v1/figures", **ask(period, structure, as_of, basis)))
    want = {row: sums for row, sums in expected(count, period, structure, as_of, basis).items() if sums}
    got.setdefault("other", {})
    want.setdefault("other", {})
    assert got == want


@pytest.mark.parametrize("structure", STRUCTURES)
def test_the_command_folds_the_ledger_to_the_same_answer(truc, demo, centre, structure):
    query = ask("2025-Q1", structure, None, "sent")
    answer = centre("/api/v1/figures", **query)
    words = [word for key, value in query.items() if value is not None
             for word in (f"--{key.replace('_', '-')}", str(value))]
    done = subprocess.run([truc, "figures", "--data", demo, "--format", "json", *words], check=True,
                          stdout=subprocess.PIPE, timeout=PATIENCE_SECONDS)
    assert json.loads(done.stdout) == answer


@pytest.mark.parametrize("structure", STRUCTURES)
def test_every_row_and_what_is_unallocated_make_the_total(centre, structure):
    for period in PERIODS:
        table = rows_of(centre("/api/v1/figures", **ask(period, structure, None, "sent")))
        total = table.pop("total")
        for column, whole in total.items():
            assert sum(sums.get(column, 0) for sums in table.values()) == whole


def test_a_trace_goes_from_the_nation_down_to_signed_reports(centre, count):
    answer = centre("/api/v1/figures", **ask("2025-Q3", "own", None, "sent"))
    root = next(unit for unit, versions in count.units.versions.items() if versions[0][2] == 0)
    seen = 0
    unit = root
    while True:
        trace = centre("/api/v1/figures/trace", form=FORM, period="2025-Q3", cell="all.c3", unit=unit)
        if unit == root:
            total = next(row for row in answer["rows"] if row["kind"] == "total")
            assert trace["value"] == total["periods"][0]["values"][0]
        seen += len(trace["parts"])
        for part in trace["parts"]:
            assert part["ledger_index"] > 0 and part["report"] > 0
        parts = [child for child in trace["children"] if child["kind"] == "unit" and child["value"] not in (None, "0")]
        if not parts:
            break
        unit = parts[0]["unit"]
    assert seen > 0


def test_doctor_finds_everything_well(truc, demo, server):
    done = subprocess.run([truc, "doctor", "--data", demo], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=4 * PATIENCE_SECONDS)
    assert done.returncode == 0, done.stdout
    assert "All is well." in done.stdout


def test_the_ledger_says_at_once_that_it_is_a_demonstration(demo, count):
    first = count.db.execute("SELECT kind, body FROM ledger_entry WHERE idx = 0").fetchone()
    assert first[0] == "demo.begin" and json.loads(first[1])["generated"] is True
    assert "demonstration" in pathlib.Path(demo / "demo.txt").read_text().lower()


def test_the_demonstration_holds_a_whole_country(count):
    reports, = count.db.execute("SELECT count(*) FROM report WHERE last_version > 0").fetchone()
    assert reports > 70000
    for question, least in [("SELECT count(*) FROM report_version WHERE returned", 1000),
                            ("SELECT count(*) FROM report WHERE last_version > 1", 1000),
                            ("SELECT count(*) FROM report WHERE flags > 0", 500),
                            ("SELECT count(*) FROM closing_act WHERE reason IS NOT NULL", 100)]:
        assert count.db.execute(question).fetchone()[0] > least, question
    with_password, = count.db.execute("SELECT count(*) FROM person WHERE password IS NOT NULL").fetchone()
    assert 8 <= with_password <= 20
    assert count.times == sorted(count.times)
    assert datetime.datetime.utcfromtimestamp(count.times[-1] / 1e6) < datetime.datetime(2025, 12, 17)
