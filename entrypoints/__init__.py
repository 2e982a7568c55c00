"""The ways in, for people and for systems."""
