"""A container's own network stack drawn: what `ifconfig`, `route` and /etc/resolv.conf would say inside it."""
