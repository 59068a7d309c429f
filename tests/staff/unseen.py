"""What no test over HTTP brings about, and why (tests/slices.py)."""
