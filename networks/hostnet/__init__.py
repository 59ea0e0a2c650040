"""The second seam: what the Linux host's network looks like, below Docker's API."""
