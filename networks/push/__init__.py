"""Live pages: who looks at what, and what is sent to them."""
