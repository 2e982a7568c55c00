"""Prefect tasks: one module per outside system or purpose; a task is a unit worth retrying or seeing on its own."""
