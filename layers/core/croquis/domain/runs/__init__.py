"""Paid runs: parameters, attempts, progress, weights, failures, models."""
