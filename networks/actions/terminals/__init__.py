"""Terminals in containers: who may open one, the thread that carries its bytes, and how its process is ended."""
