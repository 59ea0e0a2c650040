"""Routing netlink in its raw bytes: questions, dumps, and what they say of links, addresses and routes."""
