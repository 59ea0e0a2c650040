"""How an Engine is reached: its address, what proves who we are and who it is, and the sockets that come of it."""
