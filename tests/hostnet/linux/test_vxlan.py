"""The numbers of VXLAN links, against what `ip` says of them."""

from __future__ import annotations

import pytest

from tests.hostnet.lab import LabHost

pytestmark = pytest.mark.engine


def test_it_reads_the_numbers_of_vxlan_links_as_ip_does(lab: LabHost) -> None:
    for words in (
        "vx0 type vxlan id 7 dstport 4789 local 10.77.0.1",
        "flannel.1 type vxlan id 1 dstport 8472 local 10.77.0.1 nolearning",
        "vxlan-6784 type vxlan dstport 6784 external",
    ):
        try:
            lab.ip("link", "add", *words.split())
        except RuntimeError as error:
            pytest.skip(f"this kernel makes no VXLAN links: {error}")

    by_ip = {
        link["ifname"]: (None if data.get("external") else data["id"], data["port"])
        for link in lab.told("-d", "link")
        if (data := link.get("linkinfo", {}).get("info_data")) and "port" in data
    }

    reader = lab.open()
    assert {link.name: tuple(link.vxlan) for link in reader.links() if link.vxlan} == by_ip
    reader.close()
    assert by_ip == {"vx0": (7, 4789), "flannel.1": (1, 8472), "vxlan-6784": (None, 6784)}
