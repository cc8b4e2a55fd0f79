"""What is claimed of the public API beside orders."""
