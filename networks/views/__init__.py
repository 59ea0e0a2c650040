"""Thin views, one module per noun."""
