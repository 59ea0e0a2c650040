"""What people asked for and what came of it, as pages and exports read it."""
