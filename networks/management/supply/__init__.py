"""What Netadmin is made of: the bill of materials, and whether any of it is known to be vulnerable."""
