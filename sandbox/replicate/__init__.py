"""The Replicate stand-in: Replicate's published contract, at no cost, with faults on demand."""
