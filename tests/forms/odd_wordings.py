"""What dockerd 26.1 says to odd values of forms, and of nodes; see wordings.py."""

from __future__ import annotations

ODD_WORDINGS: tuple[tuple[str, str, str], ...] = (
    ("sandbox 0a1b not found", "between_tries", ""),
    ("clash with the Link-Local prefix 'fe80::/64'", "link_local_part", "subnet"),
    ("failed to add IPv6 address ::1/64 to bridge: cannot assign requested address", "bridge_address", "subnet"),
    (
        "Cannot read IPv6 setup for bridge br-01823e9c3183: open /proc/sys/net/ipv6/conf/br-01823e9c3183/disable_ipv6",
        "bridge_ipv6",
        "options",
    ),
    ("failed to allocate gateway (): no available addresses on this pool", "gateway_reserved", "gateway"),
    ("failed to allocate gateway (): invalid bit range [0, 18446744073709551615)", "gateway_reserved", "gateway"),
    (
        "failed to allocate gateway (fd00:9::ffff:ffff:ffff:ffff): bit does not belong to the sequence",
        "gateway_reserved",
        "gateway",
    ),
    ("bit does not belong to the sequence", "address_uncounted", "ipv6"),
    ("invalid bit range [9223372036854775808, 18446744073709551615)", "range_uncounted", ""),
    (
        "error during container init: write /proc/sys/net/ipv4/ip_forward: invalid argument: unknown",
        "sysctl_unknown",
        "sysctls",
    ),
    ("invalid signal: SIGNONE", "stop_signal", "stop_signal"),
    # rename, of a running container after its kernel refused "failed to create the ipvlan port: operation not supported"
    ("no endpoint attached to network ipvlan1 found", "half_connected", ""),
    (
        "attaching to network failed, make sure your network options are correct and check manager logs: context deadline "
        "exceeded",
        "attach_failed",
        "ipv4",
    ),
    (
        "rpc error: code = FailedPrecondition desc = node uao6l3tt6xwgfap08tuc6j585 is not down and can't be removed",
        "swarm_node_up",
        "",
    ),
    (
        "node 59tx671ws8540muntt574g4p4 is a cluster manager and is a member of the raft cluster. "
        "It must be demoted to worker before removal",
        "swarm_node_manages",
        "",
    ),
    ("node uao6l3tt6xwgfap08tuc6j585 not found", "swarm_node_gone", ""),
)
