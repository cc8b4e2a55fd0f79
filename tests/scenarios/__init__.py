"""Whole installations under trouble: real processes, real kills, many clients at once."""
