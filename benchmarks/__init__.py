"""Speed, measured against what the same thing costs without us; one command each, such as `python -m benchmarks.sync`."""
