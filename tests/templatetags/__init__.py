"""Tests of templatetags/: text, addresses and the small drawn parts."""
