"""A reliability plot: how often the first candidate is right, by how sure the matcher is of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.measures import BINS, ece, reliability

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00")
"""Told apart by colour-blind eyes too (Okabe & Ito 2008)."""
MARKERS = "osD^vP"
FEWEST = 8
"""A point stands for so many questions at least: the share of fewer says nothing. The bars count all."""


def draw(path: Path, series: Mapping[str, tuple[Sequence[float], Sequence[bool]]]) -> None:
    """Draw the plot into an SVG file, the same bytes for the same figures.

    Args:
        path: the file.
        series: what is drawn by its name: each question's highest confidence, and whether that candidate is right.

    Raises:
        ModuleNotFoundError: matplotlib, of the `bench` extra, is not installed.
    """
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    # Matplotlib names clip paths at random unless it is given a salt.
    settings = {"svg.hashsalt": "shebao-bot", "font.family": "DejaVu Sans", "font.size": 10}
    with mpl.rc_context(settings):
        figure, (curve, bars) = plt.subplots(
            2, 1, figsize=(6.4, 6.4), sharex=True, height_ratios=(3, 1), layout="constrained", facecolor="white"
        )
        curve.plot([0, 1], [0, 1], color="#777777", linestyle="--", linewidth=1, label="perfectly calibrated")
        width = 1 / BINS / (len(series) + 0.5)
        for number, (name, (confidence, right)) in enumerate(series.items()):
            bins = reliability(confidence, right)
            filled = [b for b in bins if b.count >= FEWEST]
            colour, marker = COLOURS[number % len(COLOURS)], MARKERS[number % len(MARKERS)]
            curve.plot(
                [b.confidence for b in filled],
                [b.accuracy for b in filled],
                color=colour,
                marker=marker,
                markersize=5,
                label=f"{name} ({len(confidence):,} questions, ECE {ece(confidence, right):.3f})",
            )
            left = [i / BINS + width * (number + 0.25) for i in range(BINS)]
            bars.bar(left, [b.count / len(confidence) for b in bins], width=width, align="edge", color=colour)
        curve.set(
            ylabel="share of them that is right",
            ylim=(-0.02, 1.02),
            title=f"Confidence of the first candidate (points: {FEWEST} questions or more)",
        )
        curve.legend(loc="lower right", frameon=False)
        bars.set(xlabel="confidence", ylabel="share of questions", xlim=(-0.02, 1.02), xticks=[i / 5 for i in range(6)])
        for axes in (curve, bars):
            axes.grid(visible=True, color="#dddddd", linewidth=0.6)
            axes.set_axisbelow(True)
            axes.spines[["top", "right"]].set_visible(False)
        figure.savefig(path, format="svg", facecolor="white", metadata={"Date": None, "Creator": None})
        plt.close(figure)
