"""One container as seen from within its own network stack, read while somebody looks at its page."""
