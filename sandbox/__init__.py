"""Croquis on one laptop: what stands in for the cloud, all on 127.0.0.1. Nothing of the product knows it."""

from pathlib import Path

ROOT = Path(__file__).parent.parent
