"""The host's seam on Linux: netlink, network namespaces and /proc."""
