"""Records are read whole or refused with a sentence, whoever packed them."""

from __future__ import annotations

import json
import os
import random
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest

from networks.management import package_records
from networks.management.package_records import AffectedPackage, NotRead, Record, read_records
from networks.management.versions import Range
from tests.supply.osv import affected, record, zip_holding, zip_of

ONE = record("OSV-MADE-1", affected("alpha", ("introduced", "0"), ("fixed", "1.2")), aliases=["CVE-2099-1"])
TWO = record("OSV-MADE-2", affected("@scope/widget", ("introduced", "4.0.0"), ecosystem="npm"))
THREE = record("OSV-MADE-3", affected("nginx", ("introduced", "0"), ecosystem="Debian:13"))


def names_in(path: Path) -> list[str]:
    return [one.id for one in read_records(path)]


def written(path: Path, content: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


def sentence_of(path: Path) -> str:
    with pytest.raises(NotRead) as raised:
        list(read_records(path))
    return str(raised.value)


def test_it_reads_what_a_record_says(tmp_path: Path) -> None:
    told = record(
        "OSV-MADE-9",
        affected(
            "Zope.Interface", ("introduced", "0"), ("fixed", "8.1"), versions=["8.0"], ecosystem_specific={"severity": "LOW"}
        ),
        affected("@scope/widget", ("introduced", "1.0.0"), ("last_affected", "1.2.0"), ecosystem="npm"),
        affected("libalpha", ("introduced", "0"), ecosystem="Debian:13"),
        {"ranges": [{"type": "GIT", "repo": "https://git.example/alpha", "events": [{"introduced": "0"}]}]},
        aliases=["CVE-2099-9"],
        severity=[{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
    )

    assert list(read_records(written(tmp_path / "one.json", told))) == [
        Record(
            id="OSV-MADE-9",
            aliases=("CVE-2099-9",),
            is_withdrawn=False,
            severity="CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
            affected=(
                AffectedPackage(
                    "PyPI", "Zope.Interface", ("8.0",), (Range("ECOSYSTEM", (("introduced", "0"), ("fixed", "8.1"))),), ""
                ),
                AffectedPackage(
                    "npm", "@scope/widget", (), (Range("SEMVER", (("introduced", "1.0.0"), ("last_affected", "1.2.0"))),), ""
                ),
            ),
        )
    ]


def test_it_counts_what_is_said_of_a_part_of_an_ecosystem_to_all_of_it(tmp_path: Path) -> None:
    part = record("OSV-MADE-6", affected("alpha", ("introduced", "0"), ecosystem="PyPI:mirror"))

    assert next(read_records(written(tmp_path / "one.json", part))).affected[0].ecosystem == "PyPI"


def test_it_takes_the_word_of_a_database_before_a_score(tmp_path: Path) -> None:
    scored = record(
        "OSV-MADE-4", severity=[{"type": "CVSS_V4", "score": "CVSS:4.0/AV:N"}], database_specific={"severity": "HIGH"}
    )

    assert next(read_records(written(tmp_path / "one.json", scored))).severity == "HIGH"


def test_it_reads_old_events_that_hold_both_ends(tmp_path: Path) -> None:
    old = affected("alpha", ranges=[{"type": "ECOSYSTEM", "events": [{"introduced": "0", "fixed": "1.2"}]}])

    found = next(read_records(written(tmp_path / "one.json", record("OSV-MADE-5", old))))

    assert sorted(found.affected[0].ranges[0].events) == [("fixed", "1.2"), ("introduced", "0")]


def test_it_reads_one_record_a_list_a_zip_and_a_folder(tmp_path: Path) -> None:
    written(tmp_path / "folder/b.json", TWO)
    written(tmp_path / "folder/2026/a.json", [ONE, THREE])
    written(tmp_path / "folder/README.md", b"no record")

    assert names_in(written(tmp_path / "one.json", ONE)) == ["OSV-MADE-1"]
    assert names_in(written(tmp_path / "list.json", [ONE, TWO])) == ["OSV-MADE-1", "OSV-MADE-2"]
    assert names_in(written(tmp_path / "all.zip", zip_of(ONE, TWO, THREE))) == ["OSV-MADE-1", "OSV-MADE-2", "OSV-MADE-3"]
    assert names_in(written(tmp_path / "named-otherwise", zip_of(ONE))) == ["OSV-MADE-1"]
    assert names_in(written(tmp_path / "stored.zip", zip_of(ONE, compression=zipfile.ZIP_STORED))) == ["OSV-MADE-1"]
    assert sorted(names_in(tmp_path / "folder")) == ["OSV-MADE-1", "OSV-MADE-2", "OSV-MADE-3"]


def test_it_leaves_out_what_is_no_json_in_a_zip_and_writes_nothing(tmp_path: Path) -> None:
    packed = zip_holding({"../../outside.json": json.dumps(ONE).encode(), "LICENSE": b"words", "folder/": b""})
    path = written(tmp_path / "inner" / "all.zip", packed)

    assert names_in(path) == ["OSV-MADE-1"]
    assert [found.name for found in tmp_path.rglob("*")] == ["inner", "all.zip"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is no JSON"),
        (b"{", "is no JSON"),
        (b"\xff\xfe\x00", "is no JSON"),
        (b"[" * 100_000, "is no JSON"),
        (b'{"id": NaN}', "is no JSON"),
        (b"7", "it is no object"),
        ({}, "it has no id"),
        ({"id": "OSV-MADE-1"}, "it has no modified"),
        ({"vulns": [ONE]}, "it has no id"),
        ([ONE, []], "it is no object"),
        ({**ONE, "id": 7}, "it has no id"),
        ({**ONE, "affected": {}}, "affected is no list"),
        ({**ONE, "affected": ["alpha"]}, "something in affected is no object"),
        ({**ONE, "affected": [{"package": "alpha"}]}, "package is no object"),
        ({**ONE, "affected": [{"package": {"name": "alpha"}}]}, "it has no ecosystem"),
        ({**ONE, "affected": [{"package": {"ecosystem": "PyPI"}}]}, "it has no name"),
        ({**ONE, "affected": [affected("alpha", versions=[1])]}, "something in versions is no text"),  # type: ignore[list-item]
        ({**ONE, "affected": [affected("alpha", ranges=["<2"])]}, "something in ranges is no object"),
        ({**ONE, "affected": [affected("alpha", ranges=[{"type": "ECOSYSTEM"}])]}, "a range has no events"),
        ({**ONE, "affected": [affected("alpha", ranges=[{"events": [{"introduced": "0"}]}])]}, "it has no type"),
        ({**ONE, "affected": [affected("alpha", ("introduced", ""))]}, "it has no introduced"),
        ({**ONE, "affected": [affected("alpha", ("ended", "2"))]}, "a range has the event ended"),
        ({**ONE, "aliases": "CVE-2099-1"}, "aliases is no list"),
    ],
)
@pytest.mark.parametrize("is_packed", [False, True])
def test_it_refuses_what_is_no_record(tmp_path: Path, content: object, words: str, is_packed: bool) -> None:
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    packed = zip_holding({"OSV-MADE-0.json": json.dumps(TWO).encode(), "bad.json": text})
    path = written(tmp_path / "told", packed if is_packed else text)

    told = sentence_of(path)

    assert words in told
    assert told.startswith(f"{path}: bad.json " if is_packed else f"{path} ")
    assert told.count("\n") == 0


def test_it_refuses_what_is_no_plain_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    os.mkfifo(tmp_path / "pipe.json")

    assert sentence_of(tmp_path / "nothing") == f"{tmp_path}/nothing can't be read: No such file or directory."
    assert sentence_of(tmp_path / "pipe") == f"{tmp_path}/pipe is no plain file."
    assert sentence_of(Path("/dev/zero")) == "/dev/zero is no plain file."
    assert sentence_of(tmp_path) == f"{tmp_path}/pipe.json is no plain file."


def test_it_spells_out_what_a_name_hides(tmp_path: Path) -> None:
    path = written(tmp_path / "all.zip", zip_holding({"a\x1b[2J\u202e.json": b"{}"}))

    assert sentence_of(path) == f"{path}: a\\u001b[2J\\u202e.json isn't an OSV record: it has no id."


def test_it_refuses_a_file_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package_records, "MOST_OF_FILE", 1000)
    padded = json.dumps(ONE).encode().ljust(1000)

    assert names_in(written(tmp_path / "fits.json", padded)) == ["OSV-MADE-1"]
    assert sentence_of(written(tmp_path / "large.json", padded + b" ")).endswith("large.json has more than 1,000 bytes.")


def test_it_reads_no_entry_that_unpacks_to_more_than_is_allowed(tmp_path: Path) -> None:
    bomb = zip_holding({"bomb.json": b" " * (package_records.MOST_OF_ENTRY + 1)})
    path = written(tmp_path / "bomb.zip", bomb)

    assert len(bomb) < 50_000
    assert sentence_of(path) == f"{path}: bomb.json unpacks to 16,777,217 bytes, more than 16,777,216."


def test_it_believes_no_entry_that_lies_about_its_size(tmp_path: Path) -> None:
    """Both headers say that there are 100 bytes; what is packed are 32 MiB."""
    size = package_records.MOST_OF_ENTRY * 2
    lying = zip_holding({"bomb.json": b" " * size}).replace(struct.pack("<L", size), struct.pack("<L", 100))
    path = written(tmp_path / "bomb.zip", lying)

    assert sentence_of(path) == f"{path} is no zip that can be read: Bad CRC-32 for file 'bomb.json'."


def test_it_adds_up_what_a_zip_unpacks_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many entries, each within the bound, as where all of them share the same packed bytes."""
    monkeypatch.setattr(package_records, "MOST_UNPACKED", 10_000)
    many = [{**ONE, "id": f"OSV-MADE-{number}", "details": " " * 900} for number in range(20)]
    path = written(tmp_path / "many.zip", zip_of(*many))

    assert sentence_of(path) == f"{path} unpacks to more than 10,000 bytes."
    assert len(names_in(written(tmp_path / "few.zip", zip_of(*many[:5])))) == 5


def test_it_reads_no_list_of_entries_without_end(tmp_path: Path) -> None:
    """The end of the zip says that the list of what it holds has 65 MiB: they are all there, as a sparse file."""
    size = package_records.MOST_OF_NAMES + 2**20
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, size, 4, 0)
    with open(tmp_path / "long.zip", "wb") as file:
        file.write(b"PK\x03\x04")
        file.seek(size + 4)
        file.write(end)

    assert sentence_of(tmp_path / "long.zip") == "A zip's list of entries has more than 67,108,864 bytes."


def test_it_reads_no_more_records_than_is_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package_records, "MOST_RECORDS", 3)

    assert len(names_in(written(tmp_path / "three.json", [ONE] * 3))) == 3
    assert sentence_of(written(tmp_path / "four.json", [ONE] * 4)).endswith("four.json holds more than 3 records.")


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_it_unpacks_only_what_osv_packs(tmp_path: Path, compression: int) -> None:
    path = written(tmp_path / "other.zip", zip_of(ONE, compression=compression))

    assert sentence_of(path) == f"{path}: OSV-MADE-1.json is compressed in another way than OSV does."


def test_it_refuses_an_entry_that_takes_a_password(tmp_path: Path) -> None:
    packed = bytearray(zip_of(ONE))
    packed[6] |= 1  # in the entry's own header, and in the list
    packed[packed.index(b"PK\x01\x02") + 8] |= 1

    assert "is encrypted, password required" in sentence_of(written(tmp_path / "closed.zip", bytes(packed)))


def test_it_says_that_a_zip_is_cut_short(tmp_path: Path) -> None:
    packed = zip_of(ONE, TWO)

    assert sentence_of(written(tmp_path / "cut.zip", packed[: len(packed) // 2])).endswith("File is not a zip file.")


def test_it_says_that_an_entry_is_shorter_than_it_says(tmp_path: Path) -> None:
    packed = bytearray(zip_of(ONE, compression=zipfile.ZIP_STORED))
    at = packed.index(b"PK\x01\x02") + 24  # its size, unpacked, in the list
    packed[at : at + 4] = struct.pack("<L", len(json.dumps(ONE)) + 1)
    path = written(tmp_path / "short.zip", bytes(packed))

    assert sentence_of(path) == f"{path}: OSV-MADE-1.json is cut short."


def test_it_reads_a_garbled_zip_or_says_so(tmp_path: Path) -> None:
    """Whatever was changed: records that were there, or one sentence."""
    packed, chance, refused = zip_of(ONE, TWO, THREE), random.Random(20261201), 0  # noqa: S311 a choice of bytes
    for number in range(600):
        garbled = bytearray(packed)
        for _time in range(chance.randint(1, 3)):
            garbled[chance.randrange(len(garbled))] = chance.randrange(256)
        path = written(tmp_path / f"{number}.zip", bytes(garbled))
        try:
            found: list[Any] = names_in(path)
        except NotRead:
            refused += 1
        else:
            assert set(found) <= {"OSV-MADE-1", "OSV-MADE-2", "OSV-MADE-3"}

    assert refused > 300
