"""The plugins that an Engine would find on its machine: their sockets, whether anybody answers there, and what they are for."""
