"""The history of addresses: the search, its files, and how an address is kept."""
