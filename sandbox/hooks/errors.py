"""Answers of the webhook sink to what it does not take."""

UNAUTHORIZED = {"error": "unauthorized", "error_description": "a valid bearer token is needed"}
