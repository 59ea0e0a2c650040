"""Who may do what to which Engine."""
