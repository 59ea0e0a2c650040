"""Netadmin as people install it: what is built, started and kept, outside of this folder."""
