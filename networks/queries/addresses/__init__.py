"""Addresses: the pools of an Engine with who has what of them, and how one address, container or network is found there."""
