"""Makes `docs/balancing.md`: `python -m docs.balancing`, `make docs`."""
