"""Korean particles that follow the sound before them: 은/는, 이/가, 을/를, 과/와, 으로/로."""

from __future__ import annotations

import re

FIRST_SYLLABLE, FINALS = ord("가"), 28
RIEUL = 8  # ㄹ, after which 로 stands like after a vowel
# particle -> whether it follows a consonant
PARTICLES = {"으로": True, "로": False, "은": True, "는": False, "이": True, "가": False}
PARTICLES |= {"을": True, "를": False, "과": True, "와": False}
AFTER_LATIN = re.compile(rf"([A-Za-z0-9_./:+-]*[A-Za-z0-9/])({'|'.join(PARTICLES)})(?![가-힣])")
BOTH = re.compile(r"\((?:은|는|이|가|을|를|과|와|으)\)")
# Markup isn't heard; after a placeholder another test looks. What stands in parentheses is passed over: 엔진(dockerd)을.
UNHEARD = re.compile(r"</?\w+[^>]*>|[“”‘’]|%\(\w+\)s|\{\w*\}")
ASIDE = re.compile(r"\([^()]*\)")
DIGITS = ("영", "일", "이", "삼", "사", "오", "육", "칠", "팔", "구")
# The names of letters, by their last syllable: A is read 에이, F 에프.
LETTERS = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "이비씨디이프지치이이이엘엠엔오피큐알스티유이유스이트", strict=True))
# syllable -> words whose reading ends in it
READINGS = {
    "넌": ("none",),
    "냇": ("nat",),
    "민": ("Netadmin",),
    "랜": ("macvlan", "ipvlan", "VLAN", "VXLAN"),
    "맥": ("MAC",),
    "램": ("IPAM",),
    "널": ("null",),
    "엘": ("sysctl", "PostgreSQL"),
    "엔": ("JSON",),
    "업": ("up",),
    "운": ("down",),
    "지": ("bridge", "mybridge", "docker_gwbridge"),
    "트": ("host", "localhost", "root", "start", "JavaScript", "inspect", "tlscacert", "netadmin.protect"),
    "너": ("container",),
    "스": ("ingress", "Compose", "Redis", "always", "iptables", "false", "https", "ssh://", "IPv6", "busybox"),
    "이": ("overlay", "host-gateway", "gateway", "veth"),
    "디": ("dockerd", "denied", "failed"),
    "그": ("ifconfig",),
    "어": ("on-failure", "docker"),
    "프": ("resolv.conf",),
    "크": ("network", "my_custom_network"),
    "블": ("attachable",),
    "섹": ("IPsec",),
    "임": ("IFNAME",),
    "롤": ("Ctrl",),
}
READ_AS = {word: syllable[-1] for syllable, words in READINGS.items() for word in words}
# Words that end like a noun with its particle and are none.
WHOLE = (
    *("추가", "증가", "참가", "불가", "평가", "누군가", "무언가", "무엇인가", "보는가", "하는가", "인가"),
    *("차이", "길이", "높이", "사이", "깊이", "많이", "같이", "없이", "굳이", "게이트웨이", "하나하나"),
    *("효과", "결과", "초과", "경과", "통과"),
    *("경로", "따로", "바로", "새로", "서로", "스스로", "그대로", "제대로", "함부로", "저절로", "임의로"),
)
# Nouns of ours that end in a consonant: 엔진는 is wrong, 있는 isn't, for 는 ends verbs as well.
CLOSED_NOUNS = (
    *(
        "엔진",
        "서브넷",
        "별칭",
        "작업",
        "동작",
        "역할",
        "권한",
        "계정",
        "세션",
        "토큰",
        "명령",
        "옵션",
        "이력",
        "스웜",
        "패킷",
        "터미널",
    ),
    *("정책", "도메인", "소켓", "플러그인", "대역", "값", "파일", "사람", "것", "트래픽", "방화벽", "커널", "스택", "이름"),
)


def has_final(syllable: str) -> tuple[bool, bool]:
    """Tell of a syllable whether it ends in a consonant, and whether that is ㄹ."""
    final = (ord(syllable) - FIRST_SYLLABLE) % FINALS
    return final != 0, final == RIEUL


def is_wrong(syllable: str, particle: str) -> bool:
    """Tell whether a particle doesn't fit the syllable before it."""
    is_closed, is_rieul = has_final(syllable)
    if particle in ("으로", "로"):
        is_closed = is_closed and not is_rieul
    return PARTICLES[particle] is not is_closed


def reading_of(word: str) -> str | None:
    """Return the syllable that a Latin word or a number ends in when it is read aloud; None: READINGS hasn't got it."""
    for known in (word, word.lstrip("-"), re.split(r"[/:-]", word.rstrip(":/-"))[-1]):
        if known in READ_AS:
            return READ_AS[known]
    last = re.split(r"[^A-Za-z0-9]", word.rstrip(":/-"))[-1]
    if last and last[-1].isdigit():
        return DIGITS[int(last[-1])]
    return LETTERS[last[-1].upper()] if last.isupper() or 0 < len(last) <= 3 else None


def wrong_in(text: str) -> list[str]:
    """Return every particle of a sentence that doesn't fit, or can't be judged, with the word before it."""
    heard = ASIDE.sub("", UNHEARD.sub(_unheard, text))
    found = [both.group() for both in BOTH.finditer(text)]
    for word, particle in AFTER_LATIN.findall(heard):
        reading = reading_of(word)
        if reading is None or is_wrong(reading, particle):
            found.append(f"{word}{particle}")
    return found + [token for token in re.findall(r"[가-힣]+", heard) if _is_wrong_korean(token)]


def _unheard(found: re.Match[str]) -> str:
    """Return what is heard of markup, quotes (nothing) and of placeholders (a gap)."""
    return " " if found.group()[0] in "%{" else ""


def _is_wrong_korean(token: str) -> bool:
    for particle in PARTICLES:
        noun = token.removesuffix(particle)
        if noun in ("", token):
            continue
        if token.endswith(WHOLE) or (particle == "는" and not noun.endswith(CLOSED_NOUNS)):
            return False
        return is_wrong(noun[-1], particle)
    return False
