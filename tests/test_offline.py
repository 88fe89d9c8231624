import subprocess
import sys
from pathlib import Path

BLOCKED = """
import socket, sys
def blocked(*_, **__):
    raise AssertionError("a network was asked for")
socket.socket.connect = socket.socket.connect_ex = socket.socket.sendto = blocked
socket.create_connection = socket.getaddrinfo = socket.gethostbyname = blocked
class Blocked(socket.socket):
    __init__ = blocked
socket.socket = Blocked
"""


def test_a_document_is_examined_and_reported_with_every_socket_blocked(samples: Path, tmp_path: Path) -> None:
    code = f"""{BLOCKED}
import evidex
record = evidex.examine({str(samples / "ja_pledge.jpg")!r})
evidex.export_records([record], {str(tmp_path / "report.html")!r}, originals={str(samples)!r})
print(record.status, len(record.findings))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    status, findings = done.stdout.split()
    assert status == "complete"
    assert int(findings) > 0
    assert (tmp_path / "report.html").stat().st_size > 10_000


def test_the_block_of_the_test_above_blocks() -> None:
    code = f"{BLOCKED}\nimport urllib.request\nurllib.request.urlopen('http://127.0.0.1:9')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert "a network was asked for" in done.stderr
