"""Croquis on one laptop: the neighbours that the cloud would give us, all on 127.0.0.1."""
