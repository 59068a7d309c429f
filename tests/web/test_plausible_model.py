"""The browser's verdict on figures beside what came before, on random cases of the model that the C side is held to."""
import json
import os
import pathlib
import subprocess
import sys
import time

from server import PATIENCE_SECONDS, rounds

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "regime"))
import plausible  # noqa: E402

CASES = rounds("TRUC_PLAUSIBLE_ROUNDS", 1_000, 20_000)
SEED = int(os.environ.get("TRUC_PLAUSIBLE_SEED", time.time_ns() % 1_000_000))


def test_the_browser_judges_random_figures_as_the_model_does():
    print(f"seed {SEED}, {CASES} cases")
    cases = plausible.random_cases(SEED, CASES)["cases"]
    run = subprocess.run(["node", str(HERE / "plausible_run.mjs")], input=json.dumps(cases), capture_output=True,
                         text=True, timeout=PATIENCE_SECONDS, check=False)
    assert run.returncode == 0, run.stderr
    for case, got in zip(cases, json.loads(run.stdout), strict=True):
        assert got == [said for _, said in case["figures"]], case


def test_the_model_agrees_with_the_corpus():
    corpus = json.loads((HERE.parent / "corpus" / "rules" / "plausible.json").read_text(encoding="utf-8"))
    for case in corpus["cases"]:
        assert plausible.answer(case) == case["expect"], case["name"]
        assert plausible.verdicts(case) == [said for _, said in case["figures"]], case["name"]
