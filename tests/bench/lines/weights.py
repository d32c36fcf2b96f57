"""172 MB of weights from the provider to the storage: *Ingest weights* as it is deployed, beside a plain streamed copy.

Both run in fresh processes, in turns, and reach the same twin and the same storage over the loopback. The state has no
result before it is registered, so it can be entered again and again.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from scenes import draft, meddling
from studio import Studio
from waiting import until

from bench.copying import Copied
from bench.row import Curve, Plot, Row
from bench.stand import Functions, functions, stand
from bench.turns import in_turns, row

ROUNDS = 5
MEMORY_MB = 128
NO_MB = 0.1  # what any process causes
RATIO = 0.7


def rows() -> Iterator[Row | Plot]:
    with stand() as studio, functions(studio) as deployed, _waiting_weights(studio) as (event, url):
        copied: dict[str, list[Copied]] = {"ours": [], "plain": [], "whole": []}

        def copy(how: str, *arguments: str) -> float:
            copied[how].append(_copied(deployed, how, *arguments))
            return copied[how][-1].seconds

        plain = (url, f"{studio.gateway.url}/storage/v1/object/lora-weights/bench", studio.gateway.settings.secret_key)
        found = in_turns(lambda: copy("ours", json.dumps(event)), lambda: copy("plain", *plain), ROUNDS)
        copy("whole", *plain)
    ours, others = copied["ours"], (copied["plain"][-1], copied["whole"][-1])
    yield row("weights of 172 MB: a plain streamed copy / ours", found, at_least=RATIO, detail="checked and hashed too")
    yield Row("peak memory while 172 MB pass", max(it.peak_mb for it in ours), " MB", at_most=MEMORY_MB)
    yield Row("written to disk meanwhile", max(it.written for it in ours) / 1e6, " MB", at_most=NO_MB)
    curves = zip(("ours", "plain streamed copy", "whole file in memory"), (ours[-1], *others), strict=True)
    yield Plot(
        "memory",
        "Memory while 172 MB of weights pass",
        "seconds",
        "MB",
        tuple(Curve(name, tuple(it.memory)) for name, it in curves),
    )


def _copied(deployed: Functions, how: str, *arguments: str) -> Copied:
    printed = deployed.run("IngestWeights", ["-m", "bench.copying", how, *arguments])
    return Copied(**json.loads(printed.strip().splitlines()[-1]))


@contextmanager
def _waiting_weights(studio: Studio) -> Iterator[tuple[Any, str]]:
    """The event of a run whose weights wait to be ingested until the block ends, and where they are."""
    free, reached = threading.Event(), list[Any]()

    def wait(name: str, event: Any) -> None:
        if name == "IngestWeights":
            reached.append(event)
            free.wait()

    with meddling(studio, "before", wait):
        try:
            user = studio.user()
            answer = user.submit(draft(user), preset="full")
            assert answer.status_code == 202, answer.text
            event = until(lambda: next(iter(reached), None))
            [attempt] = studio.rows("select output from provider_attempts")
            yield event, attempt["output"]["weights"]
        finally:
            free.set()
