"""The form that runs a container: its fields, what was typed to a RunSpec, and what there is to say before Docker is asked."""
