"""Signed provenance (C2PA) of generated pictures."""

from croquis_marks.manifests import read_claim, sign

__all__ = ["read_claim", "sign"]
