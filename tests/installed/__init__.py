"""Netadmin as it is installed: other databases, several servers, proxies, images, services."""
