"""The rules: status, names, metadata, errors. Standard library and pydantic only; no I/O, clock or environment."""
