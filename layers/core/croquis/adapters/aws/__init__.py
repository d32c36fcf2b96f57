"""Everything that only AWS says."""
