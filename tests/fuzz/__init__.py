"""Throws requests made of the OpenAPI document at a real server: ``bin/fuzz``."""
