"""Is it the same face? Biometrics live here alone. Knows pictures and the exam's words, not jobs, rows or files."""

from croquis_faces.judging import measure_picture, reference_of

__all__ = ["measure_picture", "reference_of"]
