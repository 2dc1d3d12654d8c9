"""Measurements side by side: each module prints a table and writes `benchmarks/results/*.json`."""
