"""Terminals over a socket: what goes over the wire, and who listens at either end."""
