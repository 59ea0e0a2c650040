"""A container through its life: what may be done with it, what that changes, and how it comes back."""
