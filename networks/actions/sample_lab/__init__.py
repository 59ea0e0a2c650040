"""The sample lab: what it is made of, how it is built and removed, and what of it stands."""
