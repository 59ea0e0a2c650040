"""What Netadmin is made of: its locks, the bill of materials, and records of vulnerabilities."""
