"""The lines of the bench. Another line is a module here with `rows()`, which yields what was found, and its name below.

A line is measured by itself with BENCH=name; a figure with a comparison is made by `bench.turns`.
"""

from collections.abc import Callable, Iterator, Mapping

from bench.lines import check, costs, dataset, doors, forecast, growth, learning, likeness, photos, webhook, weights
from bench.row import Found

Line = Callable[[], Iterator[Found]]

LINES: Mapping[str, Line] = {
    "learning": learning.rows,
    "doors": doors.rows,
    "weights": weights.rows,
    "webhook": webhook.rows,
    "growth": growth.rows,
    "costs": costs.rows,
    "forecast": forecast.rows,
    "check": check.rows,
    "dataset": dataset.rows,
    "photos": photos.rows,
    "likeness": likeness.rows,
}
