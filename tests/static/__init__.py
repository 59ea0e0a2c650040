"""Tests of static/: vendored files, colours, scripts in a real Chromium."""
