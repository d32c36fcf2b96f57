"""Reading a row until it is over: gently, soon after there was news, and more and more rarely while there is none."""

import time
from collections.abc import Callable

from croquis_cli.errors import Unreachable
from croquis_cli.exchange import View

FIRST, GROWTH, LONGEST = 0.5, 1.4, 10.0  # seconds between two looks
MISSED_AT_MOST = 20


def follow(
    read: Callable[[], View],
    show: Callable[[View], object],
    over: Callable[[View], bool],
    sleep: Callable[[float], object] = time.sleep,
) -> View:
    """The view when it is over. `show` tells what is new in it: the same again is no news. A break is sat out."""
    pause, missed, last = FIRST, 0, None
    while True:
        try:
            view = read()
        except Unreachable:
            missed += 1
            if missed > MISSED_AT_MOST:
                raise
        else:
            missed, news = 0, show(view)
            if over(view):
                return view
            pause, last = (FIRST if news != last else pause), news
        sleep(pause)
        pause = min(pause * GROWTH, LONGEST)
