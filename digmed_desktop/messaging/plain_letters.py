"""Text in plain letters, for where nothing else can travel: MESH's headers and addresses are ASCII."""

import unicodedata

# letters that Unicode does not take apart into a base letter and a mark
_SPELT_OUT = str.maketrans(
    {
        "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l",
        "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ı": "i", "ħ": "h", "Ħ": "H",
        "ŋ": "ng", "Ŋ": "NG",
        **dict.fromkeys("‘’‚ʼ`", "'"),
        **dict.fromkeys("“”„", '"'),
        **dict.fromkeys("‐‑–—−", "-"),
    }
)  # fmt: skip


def plain_letters(text: str) -> str:
    """Return ``text`` in printable ASCII on one line: accents taken off, letters spelt out, other scripts as ``?``."""
    apart = unicodedata.normalize("NFKD", text.translate(_SPELT_OUT))
    kept = (c for c in apart if not unicodedata.combining(c) and unicodedata.category(c) != "Cf")
    spelt = "".join(
        " " if c.isspace() or unicodedata.category(c) == "Cc" else c if " " <= c <= "~" else "?" for c in kept
    )
    return " ".join(spelt.split())
