"""What Netadmin starts besides itself runs in the sandbox of its unit too: OpenSSH, with a tunnel to an Engine's socket."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT
from tests.installed.booted import booted, unbootable_reason
from tests.private_engine import PrivateEngine, wait_until

UNITS = "/etc/systemd/system"
PREPARE = f"""
set -eu
mkdir -p {UNITS} /run/sshd /var/lib/netadmin
ssh-keygen -q -t ed25519 -N '' -f /run/hostkey
ssh-keygen -q -t ed25519 -N '' -f /var/lib/netadmin/key
cp /var/lib/netadmin/key.pub /run/authorized
chown -R netadmin: /var/lib/netadmin
echo 'sshd:x:200:200::/run/sshd:/usr/sbin/nologin' >>/etc/passwd
"""
SSHD = "/usr/sbin/sshd -D -e -f /dev/null -p 2222 -h /run/hostkey -o UsePAM=no -o PermitRootLogin=yes "
SSHD += "-o AuthorizedKeysFile=/run/authorized"
# The options of networks/engine/access/ssh.py that make a tunnel of it.
SSH = "/usr/bin/ssh -F /dev/null -N -T -p 2222 -i /var/lib/netadmin/key -o IdentitiesOnly=yes -o StrictHostKeyChecking=no "
SSH += "-o UserKnownHostsFile=/tmp/known -o ExitOnForwardFailure=yes -L /tmp/forwarded.sock:/run/docker.sock root@127.0.0.1"
PING = "import socket; s = socket.socket(socket.AF_UNIX); s.connect('/tmp/forwarded.sock'); "
PING += "s.sendall(b'GET /_ping HTTP/1.0\\r\\n\\r\\n'); assert b'200 OK' in s.recv(100)"


@pytest.mark.full
@pytest.mark.engine
@pytest.mark.skipif(unbootable_reason() is not None, reason=str(unbootable_reason()))
@pytest.mark.skipif(shutil.which("sshd") is None, reason="needs sshd (package openssh-server)")
def test_it_reaches_an_engine_by_ssh(fresh_engine: PrivateEngine, tmp_path: Path) -> None:
    unit = (ROOT / "deploy/systemd/netadmin.service").read_text()
    lines = [line for line in unit.splitlines() if not line.startswith(("ExecStart=", "WorkingDirectory=", "Restart="))]
    lines.insert(lines.index("[Service]") + 1, f"ExecStart={SSH}")
    (tmp_path / "checkout").mkdir()
    (tmp_path / "checkout" / "tunnel.service").write_text("\n".join(lines) + "\n")
    shutil.copy(ROOT / "deploy/systemd/sysusers.conf", tmp_path / "checkout")

    with booted(fresh_engine, tmp_path / "checkout", tmp_path) as machine:
        machine.run("systemd-sysusers", "/srv/checkout/sysusers.conf", check=True)
        machine.run("sh", "-c", PREPARE, check=True)
        machine.run("systemd-run", "--unit=far-end", *SSHD.split(), check=True)
        wait_until(lambda: "listening" in machine.journal("far-end"), "sshd", interval_s=0.2)
        machine.run("cp", "/srv/checkout/tunnel.service", UNITS, check=True)
        machine.run("systemctl", "daemon-reload", check=True)
        machine.run("systemctl", "start", "tunnel", check=True)

        pid = machine.show("tunnel", "MainPID")
        ping = ("nsenter", f"--target={pid}", "--mount", "python3", "-c", PING)
        wait_until(lambda: machine.run(*ping).returncode == 0, "the Engine's answer through the tunnel", interval_s=0.3)
        assert "Accepted publickey for root" in machine.journal("far-end")
