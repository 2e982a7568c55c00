"""The grammar of the file names that agencies hand in."""
