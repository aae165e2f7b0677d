"""Takes out where somebody can be reached or found: links with a token, e-mail addresses, handles, streets, post codes.

`words` are those of the text in lower case.
"""

import re
from collections.abc import Set

from analysis.text.private_names import is_no_name

_URL = re.compile(r"(?<!\w)(?:https?://|www\.)[^\s<>\"]{1,2000}", re.IGNORECASE)
_BARE_URL = re.compile(
    r"(?<![\w.-])(?:[\w-]{1,63}\.){1,5}[a-z]{2,10}/[^\s<>\"?]{0,500}\?[^\s<>\"]{1,2000}", re.IGNORECASE
)
_TELLING_URL = re.compile(r"[?#@]|[^/]{20,}$|/[\w-]{0,200}\d{3}")  # a query, a login, a long or numbered last part

_EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+%-]{1,64}[@＠][\w-]{1,63}(?:\s?\.[\w-]{1,63}){0,5}"  # also with its last part forgotten
    r"|(?<![\w.+-])[\w.+%-]{1,64}(?:\s\.\s[\w-]{1,64})?\s?[@＠]\s?[^\W\d][\w-]{0,62}(?:\s?\.\s?[\w-]{1,63}){0,4}\s?\.\s?[a-z]{2,12}(?!\w)",
    re.IGNORECASE,
)
_SPELLED_EMAIL = re.compile(
    r"(?<![\w.+-])(?P<local>[\w.+%-]{0,63}\w(?:\s(?:dot|punkt|point|underscore|dash)\s[\w-]{1,64}){0,3})"
    r"\s?(?:[\[({<]\s?(?:at|arroba)\s?[\])}>]|\s(?:at|arroba)\s)\s?"
    r"[^\W\d_][\w-]{0,62}(?:(?:\s?[\[({<]\s?(?:dot|punkt|point)\s?[\])}>]\s?|\s(?:dot|punkt|point)\s|\.)[^\W\d_][\w-]{1,62}){1,4}(?!\w)",
    re.IGNORECASE,
)
_MAIL_CUES = frozenset(
    """
    mail mails email emails write wrote contact reach reached inbox gmail outlook me mine
    """.split()  # noqa: SIM905 - it is read, and added to, as a text
)
_NOBODY_AT = frozenset(
    """
    look looks looked looking buy bought buying find found available order ordered shop shopped sold see saw is was
    are were be been back cheaper price prices listed read signed register registered us them it page site support
    team staff people rep agent customer service working worked work stay stayed here there better good great bad
    only also and or not
    """.split()  # noqa: SIM905 - it is read, and added to, as a text
)

_HANDLE = re.compile(r"(?<![\w.])@(?P<name>\w[\w.]{1,30})")
_ACCOUNT = re.compile(
    r"(?<!\w)(?P<key>(?P<mine>my\s)?(?:user\s?name|user\s?id|user|handle|log-?in|insta(?:gram)?|twitter|tiktok|skype|telegram|"
    r"discord|whatsapp|snapchat|nick(?:name)?|gmail|account\sname|screen\s?name)(?:\s(?:handle|name|account|id))?"
    r"(?P<tie>\sis\s|\swas\s|\s?[:=]\s{0,2}|\s))@?(?P<name>\w[\w.:#-]{1,40})",
    re.IGNORECASE,
)
_ACCOUNT_CUES = frozenset(
    """
    user username userid handle login log insta instagram twitter tiktok skype telegram discord whatsapp snapchat
    nick nickname gmail account screen screenname
    """.split()  # noqa: SIM905 - it is read, and added to, as a text
)
_NO_ACCOUNTS = frozenset(
    """
    taken wrong rejected refused unknown missing gone blocked locked invalid incorrect expired forgotten broken
    slow down impossible possible required unavailable available useless fine good bad great hard easy always never
    too works working fails failed
    """.split()  # noqa: SIM905 - it is read, and added to, as a text
)

_STREET_TYPES = (
    r"(?:street|str|st|road|rd|lane|ln|avenue|ave|drive|dr|court|ct|close|crescent|place|pl|square|sq|terrace|"
    r"boulevard|blvd|way|gardens|grove|mews|hill|park|parade|row|walk|highway|hwy)"
)
_STREET_WORD = r"[A-Z\u00c0-\u00de][\w'’-]{1,30}"
_STREET = re.compile(
    rf"(?<!\w)(?:[Ff]lat\s\w{{1,4}},\s|[Aa]pt\.?\s\w{{1,4}},\s)?\d{{1,5}}[a-zA-Z]?,?\s(?:{_STREET_WORD}\s){{1,3}}(?i:{_STREET_TYPES})(?!\w)\.?(?:\s[NSEW]{{1,2}}(?!\w))?"
    r"(?:,?\s(?:[Aa]pt|[Ff]lat|[Uu]nit)\.?\s\w{1,5})?|"
    r"(?<!\w)[^\W\d_][\w-]{2,40}(?:straße|strasse|str\.|gasse|weg|platz|allee|straat|laan|plein|gatan|vägen|vej|gade)\s\d{1,4}\s?[a-z]?(?!\w)|"
    rf"(?<!\w)\d{{1,4}},?\s(?:bis\s)?(?:rue|avenue|boulevard|place|chemin|impasse|allée)\s(?:(?:de|du|des|la|le|les)\s){{0,2}}(?:l'|d')?{_STREET_WORD}|"
    rf"(?<!\w)(?:Calle|Avenida|Av\.|Plaza|Via|Viale|Piazza|Corso|Rua|Praça|Carrer|ul\.|al\.)\s(?:(?:de|del|la|los|das|dos|da|do)\s){{0,2}}"
    rf"{_STREET_WORD}(?:\s{_STREET_WORD}){{0,2}},?\s\d{{1,4}}(?!\w)|"
    r"(?<!\w)(?i:p\.?\s?o\.?\sbox|postfach)\s\d{1,8}(?!\w)"
)
_TOWN = re.compile(rf"\[address\],\s(?:\d{{4,5}}\s)?{_STREET_WORD}(?!\w)")
_STREET_CUES = frozenset(
    """
    street str st road rd lane ln avenue ave drive dr court ct close crescent place pl square sq terrace boulevard
    blvd way gardens grove mews hill park parade row walk highway hwy rue chemin impasse allée calle avenida av
    plaza via viale piazza corso rua praça carrer ul al box postfach
    """.split()  # noqa: SIM905 - it is read, and added to, as a text
)
_STREET_ENDINGS = re.compile(
    r"(?:straße|strasse|str\.|gasse|weg|platz|allee|straat|laan|plein|gatan|vägen|vej|gade)\s\d"
)
_HOME = re.compile(
    r"(?<!\w)(?P<key>(?:live at|living at|i'm at|address is|address was|address:|deliver to|delivered to|sent to|"
    r"sent it to|shipped to|moved to|went "
    r"to)\s)(?P<place>\d{1,5}[a-z]?,?\s[^\W\d_][\w'’-]{1,30}(?:\s[^\W\d_][\w'’-]{1,30}){0,3})",
    re.IGNORECASE,
)
_HOME_CUES = frozenset(
    """
    live living address deliver delivered sent shipped moved went i'm at
    """.split()  # noqa: SIM905 - it is read, and added to, as a text
)
_STREET_END = re.compile(rf".{{0,100}}?\s{_STREET_TYPES}(?!\w)\.?", re.IGNORECASE)
_BRITISH_CODE = re.compile(
    r"(?<![\w-])[a-z]{1,2}\d[a-z\d]?\s\d(?!st|nd|rd|th|gb|tb|am|pm)[abd-hjlnp-uw-z]{2}(?!\w)", re.IGNORECASE
)
_POST_CODE = re.compile(
    r"(?<!\w)(?P<key>(?:post\s?code|postal\scode|zip|zip\s?code|plz|postleitzahl|code\spostal|código\spostal|cap|cep|pin\s?code)"
    r"(?:\s(?:is|was))?:?\s)(?:\d{4,6}(?:\s?-\s?\d{3,4}|\s[A-Z]{2}(?!\w))?|[a-z]{1,2}\d[a-z\d]?\s?\d[a-z]{2})(?!\w)",
    re.IGNORECASE,
)
_POST_CODE_CUES = frozenset(
    """
    post postcode postal zip zipcode plz postleitzahl cap cep pin pincode
    """.split()  # noqa: SIM905 - it is read, and added to, as a text
)


def without_addresses(text: str, words: Set[str]) -> str:
    """Of the net and of the post."""
    if "://" in text or "www." in text.lower():
        text = _URL.sub(_without_token, text)
    if "/" in text and "?" in text:
        text = _BARE_URL.sub("[link]", text)
    if "@" in text or "＠" in text:
        text = _HANDLE.sub(_without_handle, _EMAIL.sub("[e-mail]", text))
    if ("at" in words or "arroba" in words) and ("." in text or "dot" in words or "punkt" in words):
        text = _SPELLED_EMAIL.sub(lambda found: _without_spelled(found, words), text)
    if not words.isdisjoint(_ACCOUNT_CUES):
        text = _ACCOUNT.sub(_without_account, text)
    return _without_places(text, words) if any(word[0].isdigit() or word[-1].isdigit() for word in words) else text


def _without_places(text: str, words: Set[str]) -> str:
    if not words.isdisjoint(_POST_CODE_CUES):
        text = _POST_CODE.sub(lambda found: f"{found['key']}[address]", text)
    if not words.isdisjoint(_STREET_CUES) or _STREET_ENDINGS.search(text):
        text = _TOWN.sub("[address]", _STREET.sub("[address]", text))
        if not words.isdisjoint(_HOME_CUES):
            text = _HOME.sub(_without_home, text)
    return _BRITISH_CODE.sub("[address]", text)


def _without_token(found: re.Match[str]) -> str:
    address = found[0]
    return "[link]" if _TELLING_URL.search(address.split("//", 1)[-1]) else address


def _without_handle(found: re.Match[str]) -> str:
    return found[0] if is_no_name(found["name"]) else "[handle]"


def _without_spelled(found: re.Match[str], words: Set[str]) -> str:
    """ "bought at shop.com" is no address: a plain word needs a mail spoken of, and must be nobody's verb."""
    local = found["local"].lower()
    is_plain = local.isalpha() and "[" not in found[0] and "(" not in found[0] and "{" not in found[0]
    return found[0] if is_plain and (local in _NOBODY_AT or words.isdisjoint(_MAIL_CUES)) else "[e-mail]"


def _without_account(found: re.Match[str]) -> str:
    name = found["name"]
    tells = any(sign.isdigit() or sign in "_#:" for sign in name) and not name.isdigit()
    tie = found["tie"].strip()
    is_user = found["key"].lower().startswith("user ") or found["key"].lower().startswith("user:")
    is_said = ((tie in (":", "=") and not is_user) or (tie == "is" and found["mine"])) and not is_no_name(name)
    return f"{found['key']}[handle]" if tells or (is_said and name.lower() not in _NO_ACCOUNTS) else found[0]


def _without_home(found: re.Match[str]) -> str:
    end = _STREET_END.match(found["place"])
    return f"{found['key']}[address]{found['place'][end.end() :]}" if end else found[0]
