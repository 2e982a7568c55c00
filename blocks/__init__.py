"""Prefect blocks: typed credentials in, ready client out.

Imports nothing: `settings` and the YAML files are read by commands that must not wait for Prefect to load.
"""
