"""What every domain stands on. Knows no domain word and imports nothing of ours."""
