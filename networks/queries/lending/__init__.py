"""Containers that lend their network stack to others."""
