"""Traffic drawn: how much goes over a container's or a network's links, now and in the last 15 minutes."""
