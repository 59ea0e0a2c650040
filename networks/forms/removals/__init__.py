"""The forms of the pages that take something away."""
