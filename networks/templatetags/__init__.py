"""How templates write addresses, times and hostile text."""
