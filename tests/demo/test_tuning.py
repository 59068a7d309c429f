"""What plausibility finds of known slips, and how many honest reports it disturbs.

The rules of the official form were tuned on the figures of one seed; another one judges them, and so do the yearly figures of the
statistical office's provinces, 1995 to 2016, by the same ratio, floor and z. A slip counts if it changes a cell by at least three times, and
the cell or what is put there is at least 20 (src/demo/trial.h).
"""
import json
import os
import pathlib
import subprocess

import pytest

from server import PATIENCE_SECONDS

TUNED_ON, JUDGED_ON = 1, 2
FLAGGED_MOST, FOUND_LEAST = 0.02, 0.95
STATS = pathlib.Path(os.environ.get("TRUC_SHARED_DATA", "/nowhere")) / "vn-stats" / "gso_values_by_province.csv"


def trial(*words):
    made = subprocess.run([os.environ["TRUC_BIN"], "test-plausible", *words], capture_output=True, text=True, check=True,
                          timeout=PATIENCE_SECONDS)
    return json.loads(made.stdout)


def told(title, got):
    """The figures as a table; the share of honest reports that were flagged, and of slips that were found, by kind."""
    flagged = got["flagged"] / got["honest"]
    kinds = {kind: slips for kind, slips in got["slips"].items() if slips["made"]}
    print(f"\n{title}: {got['honest']} honest reports, {100 * flagged:.2f} % flagged; {got['unjudged']} with nothing before")
    for kind, slips in kinds.items():
        print(f"  {kind:10} {slips['made']:6} slips, found by plausibility alone {100 * slips['alone'] / slips['made']:5.1f} %,"
              f" by all rules {100 * slips['found'] / slips['made']:5.1f} %")
    return flagged, {kind: slips["found"] / slips["made"] for kind, slips in kinds.items()}


@pytest.mark.parametrize("seed", [TUNED_ON, JUDGED_ON])
def test_slips_in_generated_figures_are_found(seed):
    flagged, found = told(f"generated, seed {seed}", trial("--seed", str(seed), "--units", "1000"))
    assert flagged <= FLAGGED_MOST
    assert len(found) == 6
    assert min(found.values()) >= FOUND_LEAST


def test_slips_in_real_yearly_figures_are_found():
    if not STATS.exists():
        pytest.skip("TRUC_SHARED_DATA has no vn-stats: real yearly figures are not looked at")
    flagged, found = told("provinces, yearly", trial("--stats", str(STATS)))
    assert flagged <= FLAGGED_MOST
    assert set(found) == {"x10", "x1000", "two_rows", "rows"}
    assert min(found.values()) >= FOUND_LEAST
