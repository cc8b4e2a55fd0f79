"""What Dealt claims about its speed, measured by anyone: ``python -m bench NAME``."""
