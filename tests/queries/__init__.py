"""Tests of networks/queries."""
