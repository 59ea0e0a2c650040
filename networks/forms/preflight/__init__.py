"""What a new network's subnets would collide with, and subnets that collide with nothing."""
