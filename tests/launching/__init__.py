"""Running a container: the form, the act, and what an Engine refuses."""
