"""Speed and memory against baselines that are measured in the same run; start it with `python -m benchmarks`."""
