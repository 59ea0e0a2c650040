"""Changes of what is Netadmin's own, not Docker's: where Engines are."""
