"""Croquis on one laptop: what stands in for the cloud, all on 127.0.0.1. Nothing of the product knows it."""

import time
from pathlib import Path

BEGAN = time.monotonic()  # of this process, before the imports that most of a start consists of
ROOT = Path(__file__).parent.parent
