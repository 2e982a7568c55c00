"""One module per workflow, with one flow in it that tells the whole story."""
