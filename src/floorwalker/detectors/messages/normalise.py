"""Text as it reads, not as it is spelt: look-alike letters, invisible characters, digits for letters, spaced words.

`normalise` keeps words apart and is for counting n-grams; `skeleton` (the word of Unicode TS 39 for what
confusable texts have in common) is for finding stems, however they are spelt. Both lose much on purpose: what is
looked up in them goes through the same functions.
"""

import re
import unicodedata

_LOOK_ALIKE = dict(
    zip(
        "авекмнорстухіјѕԁԛԝһѵзьёєїґ" + "αβεηικμνορτυχωγδλσςϲ" + "łøđðıħŧœæßþɑɡⅼƖ",
        "abekmhopctyxijsdqwhv3beeir" + "abenikuvoptyxwydlooc" + "lodd" + "iht" + "oasp" + "agll",
        strict=True,
    )
)
_TRADITIONAL = dict(
    zip(
        "評價還錢給聯繫贈圖購買賬帳後費貨與們曬質刪獎紅單滿這裡說訴號請產絡諾補償額禮訂體驗試寫發員務間實對種",
        "评价还钱给联系赠图购买账账后费货与们晒质删奖红单满这里说诉号请产络诺补偿额礼订体验试写发员务间实对种",
        strict=True,
    )
)
_STARS = "⭐🌟★☆✨✭✮✩🤩"
_GIFTS = (
    dict.fromkeys("🎁🎀🧧", " gift ") | dict.fromkeys("💰💵💶💷💸🤑", " money ") | dict.fromkeys("🤫🤐", " secret ")
)
_ADDRESSES = (
    (re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)*\.[a-z]{2,}"), " emailaddress "),
    (re.compile(r"https?://\S+|www\.\S+"), " webaddress "),
    (re.compile(r"\+?\d(?:[ ()/-]{0,2}\d){6,}"), " longnumber "),
)
_SPACED = re.compile(r"(?<!\S)[a-z0-9@$!](?:[\s._*|/'’·~-]{1,2}[a-z0-9@$!]){2,}(?!\S)")
_SEPARATOR = re.compile(r"[\s._*|/'’·~-]")
_STAR_SIGN = re.compile(r"(?<=[1-5])\s?\*+")
_LEET = str.maketrans("013457@$!|", "oieastasil")
_LEET_WITHIN = re.compile(
    r"(?<=[a-z])[013457@$!|]{1,2}(?=[a-z])|(?<=[a-z])[0135@$](?![a-z0-9])|(?<![a-z0-9])[013@$](?=[a-z]{3})"
)
_WITHIN = re.compile(r"(?<=[a-z])[.\-_*·|/~^+]+(?=[a-z])")
_MONEY = re.compile(r"[$€£¥₺₽]")
_NO_WORD = re.compile(r"(?:[^\w★]|_)+")
_REPEATED = re.compile(r"([a-z])\1+")
_ONE_STROKE = str.maketrans("l1|!", "iiii")


class _Letters(dict[int, str]):
    """What each character stands for; worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        if letter in _STARS:
            found = "★"
        elif letter in _GIFTS:
            found = _GIFTS[letter]
        elif unicodedata.category(letter) in ("Mn", "Me", "Cf", "Cc") and not letter.isspace():
            found = ""
        else:
            found = _TRADITIONAL.get(letter, _LOOK_ALIKE.get(letter, letter))
        self[code] = found
        return found


_LETTERS = _Letters()


def normalise(text: str) -> str:
    """Lower-case words apart by one space, as a reader would take them; addresses and long numbers are masked."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).translate(_LETTERS)
    text, before = text.lower(), ""
    while text != before:  # what one rule has joined may be a word to another
        text, before = _tidied(text), text
    return text


def _tidied(text: str) -> str:
    for pattern, word in _ADDRESSES:
        text = pattern.sub(word, text)
    text = _SPACED.sub(lambda found: _SEPARATOR.sub("", found[0]), text)
    text = _STAR_SIGN.sub(" ★ ", text)
    text = _LEET_WITHIN.sub(lambda found: found[0].translate(_LEET), text)
    text = _WITHIN.sub("", text)
    text = _MONEY.sub(" money ", text).replace("%", " percent ")
    return _REPEATED.sub(r"\1", _NO_WORD.sub(" ", text)).strip()


def skeleton(normal: str) -> str:
    """A normalised text without what tells i from l and word from word."""
    return spoken(normal).replace(" ", "")


def spoken(normal: str) -> str:
    """A normalised text without what tells i from l."""
    return normal.translate(_ONE_STROKE)
