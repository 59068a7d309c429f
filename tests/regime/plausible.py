"""A model of plausibility of its own (src/regime/plausible.h), in fractions.

It knows only what "near" means, and looks for the ends of it by halving: no
formula of the program is in it.  Run as a program it prints random cases in the
form of tests/corpus/rules/plausible.json, which the build puts into a unit test
of the C side; tests/web/test_plausible.py gives others to the browser's.
"""
import json
import random
import sys
from fractions import Fraction

LEAST_KNOWN = 4
FAR = 1 << 90


def near(value, figure, rule):
    """Is a value near a figure that was there?"""
    if figure < 0:
        value, figure = -value, -figure
    times = Fraction(rule["ratio"])
    return abs(value - figure) < rule["floor"] or (value < times * figure and figure < times * value)


def near_usual(value, known, rule):
    """Is it within z robust deviations of the median?"""
    middle = usual_of(known)
    spread = sorted(abs(one - middle) for one in known)[len(known) // 2]
    return abs(value - middle) <= Fraction(rule["z"]) * Fraction("1.4826") * spread


def usual_of(known):
    return sorted(known)[(len(known) - 1) // 2]


def farthest(holds, start, step):
    """The last whole number from start on for which it holds; it holds at start."""
    inside, outside = 0, FAR
    while outside - inside > 1:
        middle = (inside + outside) // 2
        if holds(start + step * middle):
            inside = middle
        else:
            outside = middle
    return start + step * inside


def expect(rule, history, year):
    """What a cell is expected to hold; history newest first, None: not known; all scaled.  None: not judged."""
    at = lambda ago: history[ago - 1] if ago <= len(history) else None
    known = [one for one in history[:rule.get("periods", 0)] if one is not None]
    found = {"last": at(1) if "last" in rule["against"] else None,
             "year": at(year) if "year" in rule["against"] else None,
             "usual": usual_of(known) if "history" in rule["against"] and len(known) >= LEAST_KNOWN else None}
    figures = [figure for figure in found.values() if figure is not None]
    if not figures:
        return None
    ends = [farthest(lambda v: near(v, figure, rule), figure, step) for figure in figures for step in (1, -1)]
    if found["usual"] is not None:
        ends += [farthest(lambda v: near_usual(v, known, rule), found["usual"], step) for step in (1, -1)]
    return {**found, "low": min(ends), "high": max(ends)}


def verdict(expected, value):
    if expected is None or value is None:
        return "not_judged"
    return "kept" if expected["low"] <= value <= expected["high"] else "broken"


# ---- cases as texts -----------------------------------------------------------


def text_of(value, scale):
    digits = str(abs(value)).rjust(scale + 1, "0")
    text = digits if scale == 0 else f"{digits[:-scale]}.{digits[-scale:]}"
    return f"-{text}" if value < 0 else text


def scaled(text, scale):
    return int(Fraction(text) * 10 ** scale)


def answer(case):
    """What is to be expected of a case of the corpus: its "expect"."""
    scale = case["scale"]
    lo, hi = scaled(case["lo"], scale), scaled(case["hi"], scale)
    rule = {**case["rule"], "floor": scaled(case["rule"]["floor"], scale)}
    history = [scaled(one, scale) if isinstance(one, str) else None for one in case["history"]]
    found = expect(rule, history, case["year"])
    if found is None:
        return None
    found["low"], found["high"] = (max(lo, min(hi, found[end])) for end in ("low", "high"))
    return {name: None if value is None else text_of(value, scale) for name, value in found.items()}


def verdicts(case):
    """The verdict of each of a case's figures."""
    scale, expected = case["scale"], case["expect"]
    bounds = expected and {end: scaled(expected[end], scale) for end in ("low", "high")}
    return [verdict(bounds, scaled(figure, scale) if isinstance(figure, str) else None)
            for figure, _ in case["figures"]]


def random_figure(dice, size, scale, signed):
    value = dice.choice([dice.randrange(size + 1), dice.randrange(20), size])
    return text_of(-value if signed and dice.random() < 0.4 else value, scale)


def random_case(dice, number):
    scale = dice.choice([0, 0, 0, 1, 3, 6])
    size = dice.choice([9, 60, 1_000, 1_000_000, 10 ** 15, 2 ** 63 - 1])
    signed = dice.random() < 0.3
    against = dice.sample(["last", "year", "history"], dice.randint(1, 3))
    rule = {"against": against, "ratio": dice.choice(["1.1", "2", "2.75", "3", "8", "1000"]),
            "floor": text_of(dice.choice([1, 5, 12, 60, 999]), scale)}
    if "history" in against:
        rule |= {"z": dice.choice(["0.1", "2", "3.5", "100"]), "periods": dice.randint(4, 24)}
    steady = random_figure(dice, size, scale, signed)
    history = [dice.choice([None, {"state": "none"}, {"state": "withheld"}]) if dice.random() < 0.15
               else steady if dice.random() < 0.3 else random_figure(dice, size, scale, signed)
               for _ in range(dice.randint(1, 24))]
    most = text_of(2 ** 63 - 1 if dice.random() < 0.8 else size, scale)
    case = {"name": f"random {number}", "scale": scale, "lo": f"-{most}" if signed else text_of(0, scale), "hi": most,
            "rule": rule, "year": dice.choice([1, 2, 4, 12]), "history": history}
    case["expect"] = answer(case)
    figures = [None, {"state": "none"}, {"state": "withheld"}] + [random_figure(dice, size, scale, signed) for _ in range(3)]
    if case["expect"]:
        for end in ("low", "high"):
            edge = scaled(case["expect"][end], scale)
            figures += [text_of(edge + step, scale) for step in (-1, 0, 1) if abs(edge + step) < 2 ** 63]
    case["figures"] = [[figure, None] for figure in figures]
    case["figures"] = [[figure, said] for figure, said in zip(figures, verdicts(case))]
    return case


def random_cases(seed, count):
    dice = random.Random(seed)
    return {"about": f"Made by tests/regime/plausible.py, seed {seed}.",
            "cases": [random_case(dice, number) for number in range(count)]}


if __name__ == "__main__":
    json.dump(random_cases(int(sys.argv[1]), int(sys.argv[2])), sys.stdout)
