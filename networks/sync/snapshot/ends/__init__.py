"""How containers end: who ended them, and which are being stopped."""
