"""Everything that only Replicate says."""
