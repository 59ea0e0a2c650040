"""A pool address by address: what each one is, the pool in blocks, and what Docker hands out next."""
