"""Tests of networks/partials."""
