"""Which template draws which fact, and the cache of what was drawn."""
