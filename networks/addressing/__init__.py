"""Subnets, pools and addresses, on ipaddress objects: pure, standard library only."""
