"""An Engine's address and credentials, as they are typed."""
