"""``python -m dealt``."""

from dealt.cli import main

main()
