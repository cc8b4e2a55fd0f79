"""Orders coming in: one by one, in bulk, listed again, and what a waiting installation costs."""
