"""People: their accounts and roles, and what they did."""
