"""Options of drivers: what they are, as fields, and what is wrong with them."""
