"""The bench's arithmetic and its table; what is measured is run by `bootstrap.py bench`."""

import json
from pathlib import Path

import pytest

from tests.bench.__main__ import NAMES, write
from tests.bench.figures import against, p95, paired, table


def test_a_ratio_is_the_median_of_the_pairs_not_of_the_medians() -> None:
    figure = paired("take", [2.0, 30.0, 6.0], [1.0, 10.0, 2.0], "ms")
    assert (figure.ours, figure.floor, figure.ratio) == (6.0, 2.0, 3.0)
    assert figure.spread == "x2.50 .. x3.00 of 3 pairs"


def test_pairs_of_different_length_are_no_pairs() -> None:
    with pytest.raises(ValueError, match="zip"):
        paired("take", [1.0, 2.0, 3.0], [1.0, 2.0], "ms")


def test_a_floor_of_nothing_gives_no_ratio_instead_of_a_fault() -> None:
    assert against("stalls", 3.0, 0.0, "ms", "").ratio == float("inf")


def test_95_of_100_are_below_the_p95() -> None:
    values = [float(n) for n in range(1, 101)]
    assert sum(value <= p95(values) for value in values) == 95


def test_the_table_and_the_file_hold_every_figure(tmp_path: Path) -> None:
    figures = [against("a long name of a figure", 123.4, 2.0, "ms", "max 9"), against("b", 0.0312, 1.0, "s", "")]
    lines = table(figures).splitlines()
    assert len(lines) == 4
    assert lines[2].split()[-6:] == ["123", "2", "61.70", "ms", "max", "9"]
    write(figures, ["take"], 1.0, tmp_path / "out" / "bench.json")
    kept = json.loads((tmp_path / "out" / "bench.json").read_text())
    assert [figure["name"] for figure in kept["figures"]] == ["a long name of a figure", "b"]
    assert kept["broken"] == ["take"]


@pytest.mark.parametrize("name", NAMES)
def test_each_bench_has_a_file(name: str) -> None:
    assert (Path(__file__).parent / f"{name}.py").is_file()
