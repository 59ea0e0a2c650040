"""Tests of networks/views."""
