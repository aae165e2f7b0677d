"""Takes out names of people where a word before or after them gives them away: "Dr Müller", "regards, tom".

`words` are those of the text in lower case.
"""

import re
from collections.abc import Callable, Set

from msgspec import Struct

# A capital of any alphabet, or a letter of one that has none; one letter with a dot is an initial.
_CAPITAL = (
    "(?=[^\\W\\d_])[A-Z\u00c0-\u00d6\u00d8-\u00de\u0100-\u024f\u0386-\u03ab\u0400-\u042f\u0531-\u0556\u05d0-\u1bff"
    "\u1e00-\u1eff\u3041-\ud7af]"
)
_NAME_WORD = rf"(?:{_CAPITAL}[\w'’\u0300-\u036f\u0900-\u0dff-]{{1,30}}|{_CAPITAL}\.)"
_LINK = r"(?:van|von|de|der|den|di|da|la|le|el|bin|del|dos|du|zu|y)"
_NAMES = rf"(?:{_LINK} ){{0,2}}{_NAME_WORD}(?: (?:{_LINK} ){{0,2}}{_NAME_WORD}){{0,3}}"
_LOWER = r"[^\W\d_][^\W\d_'’-]{1,20}"
_ROLES = (
    "man|woman|lady|lad|guy|gentleman|girl|boy|chap|bloke|someone|somebody|person|agent|colleague|technician|waiter|waitress|"
    "nurse|doctor|rep|representative|advisor|adviser|driver|engineer|employee|consultant|assistant|manager|host|hostess|"
    "guide|teacher|trainer|plumber|receptionist|barista|cashier|salesman|saleswoman|clerk|bartender|chef|husband|wife|"
    "daughter|son|boss|mother|father|brother|sister|friend|partner|neighbour|neighbor|therapist|dentist|stylist|"
    "instructor|coach|handler|operator|specialist|electrician|mechanic|courier|concierge"
)
_DESK = (
    r"(?:at|from|in|on) (?:(?:the|your|our|their) )?(?:(?:front|help|service|night|check-in) )?(?:desk|reception|"
    r"support|sales|billing|accounts|accounting|accountancy|logistics|till|counter|shift|helpdesk|bar|onboarding|finance|"
    r"customer (?:service|care|support|success))"
)

_TITLED = re.compile(
    r"(?<!\w)(?P<key>(?:(?:Mr|Mrs|Ms|Dr|MR|MRS|MS|DR|mr|mrs|dr|Hr|Fr|Mme|Mlle|Sr|Sra|Sig|Prof|prof)\.?|Miss|Mister|Doctor|Professor|"
    r"Nurse|Herrn?|Frau|Sir|Madam|Madame|Monsieur|Mademoiselle|Señora?|Senhora?|Signora?|Don|Pani?|pani?|Fru|Mevrouw|Meneer)\s"
    rf"(?:(?:Dr|Prof)\.\s)?)(?P<name>{_NAMES})"
)
_TITLED_LOWER = re.compile(rf"(?<!\w)(?P<key>(?:mr|mrs|dr|Mr|Mrs|Dr)\.?\s)(?P<name>{_LOWER})(?!\w)")
_NAMED = re.compile(
    r"(?<!\w)(?P<key>(?i:(?:my|his|her|their|the|whose)\s(?:first\s|last\s|full\s)?name(?:\sis|\swas|['’]s)|name:|name\sis|"
    r"i\sam\scalled|i['’]m\scalled|mein\sname\sist|ich\shei(?:ß|ss)e|je\sm['’]appelle|me\sllamo|mi\schiamo|me\schamo|ik\sheet|"
    r"mijn\snaam\sis|nazywam\ssię|mitt\snamn\sär|меня\sзовут|my\sname)\s{1,2})"
    rf"(?P<name>{_NAMES}|{_LOWER}(?:\s{_LOWER}(?=\s(?:and|und|et|y|e|en|i|here|from)\s|[.,!\n]|$))?)"
)
_SIGNED_BELOW = re.compile(rf"(?P<key>\n[ ]{{0,3}}[-–—~]{{1,2}}[ ]{{0,2}})(?P<name>{_NAMES})(?=\s{{0,3}}$)")
_NAME_LINE = re.compile(rf"^(?P<key>(?i:name)\s)(?P<name>{_NAMES})$", re.MULTILINE)
_CJK_NAMED = re.compile(
    r"(?P<key>我叫|我是|名前は|我的名字是)(?P<name>[\u3041-\u9fff]{1,6}?)(?=です|と申|[,，。、.\s]|$)"
)
_GREETED = re.compile(
    r"(?<!\w)(?P<key>(?i:dear|hi|hello|hey|good morning|good afternoon|good evening|thanks|many thanks|"
    r"thank you|thanks to|thank you to|thanks go to|thanks goes to|kudos to|kudos|props to|credit to|shout-? ?out to|"
    r"hats off to|spoke to|spoke with|talked to|talked with|chatted with|chatted to|dealt with|speak to|speak with|"
    r"talk to|met with|met|asked for|ask for|ask|contact|helped by|served by|assisted by|treated by|from|"
    r"danke|merci|gracias|grazie|obrigado|obrigada),?[ ])"
    rf"(?P<name>{_NAMES})(?P<others>(?:,| and| &) {_NAME_WORD})?(?P<desk> {_DESK})?"
)
_ONLY_AT_A_DESK = ("from", "met", "contact", "ask", "danke", "merci", "gracias", "grazie", "obrigado", "obrigada")
_CLAIMED = re.compile(rf"(?<!\w)(?P<key>(?i:this is|i am|i'm|i’m)[ ])(?P<name>{_NAMES})")
_ROLE = re.compile(
    rf"(?<!\w)(?P<key>(?i:{_ROLES})(?: (?:called|named)|,| \(|)[ ]?)(?<=[ (])(?P<name>{_NAMES})(?P<desk> {_DESK})?"
)
_ROLE_LOWER = re.compile(
    rf"(?<!\w)(?P<key>(?i:(?:{_ROLES}) (?:called|named)) )(?P<name>{_LOWER})"
    rf"(?= [^\W\d_]{{2,}}ed |\s(?:was|is|who|hung|told|made|did)\s|[,.!]|$)"
)
_DESKED = re.compile(rf"(?<=[a-z,] )(?P<key>)(?P<name>{_NAME_WORD}(?: {_NAME_WORD})?)(?= {_DESK}(?!\w))")
_APPOSED = re.compile(
    rf"(?<!\w)(?P<key>)(?P<name>{_NAME_WORD}(?: {_NAME_WORD})?)(?=, (?:your|our|the|my|their) (?:{_ROLES})(?!\w))"
)
_DESKED_LOWER = re.compile(
    r"(?<!\w)(?P<key>(?i:thanks to|thank you to|spoke to|spoke with|talked to|talked with|helped by|served by|"
    r"dealt with|ask|met) )"
    rf"(?P<name>{_LOWER})(?= {_DESK}(?!\w))"
)
_SIGNED = re.compile(
    r"(?<!\w)(?P<key>(?i:(?:kind|best|warm|many)?\s?regards|best wishes(?: from)?|best|sincerely(?: yours)?|"
    r"yours(?: sincerely| faithfully| truly)?|cheers|"
    r"signed|greetings|thanks|thank you|ta|xx|mit freundlichen grüßen|mfg|lg|vg|"
    r"(?:viele |beste |liebe |schöne )?grüße|gruß|"
    r"cordialement|bien à vous|(?:un )?saludos?|(?:cordiali )?saluti|(?:met vriendelijke )?groete?n?|pozdrawiam|"
    r"atenciosamente|hälsningar|love(?=[,\n]|!))[,.!]?[ ]{0,3}\n{0,3}[ ]{0,3}[-–—]?[ ]{0,2})"
    rf"(?P<name>{_NAMES})(?=[ .!]{{0,3}}(?:\n|$))"
)
_SIGNED_LOWER = re.compile(
    r"(?<!\w)(?P<key>(?i:(?:(?:kind|best|warm) )?regards,?|best wishes,?|(?:sincerely|yours|cheers|thanks|love),)"
    r"[ \n]{1,3})"
    rf"(?P<name>{_LOWER})(?=[ .!]{{0,3}}(?:\n|$))"
)
_HI_LOWER = re.compile(rf"(?:^|(?<=[.!?\n] ))(?P<key>(?i:hi|hello|hey) )(?P<name>{_LOWER})(?=[,!])")

_NO_NAMES = frozenset(
    """
    a about accounts again ahead album all also always am amazing an and animal another any anybody anyone anyway
    are as at awesome back bad because best better both bunch but buy by bye call called can care cheap cheaper
    cheapest cheers could customer customers did do does don't dont down dr each english even ever every everybody
    everyone everything excel excellent fabulous fantastic fast faster fastest few fine first fixed folks for frau
    from full gang gents girls good great guess guys had happy has have he head heard help her here him his
    horrible hotel how hr i i'd i'll i'm i've if impressed in is issue it it's its just kept kind know ladies last
    lads lol lot lots love lovely madam mail management manager many mate mates may me misleading miss missing
    mister moderator more most mr mrs ms much my name new next nice no nobody none nope not nothing now of ok okay
    on once one only or our out over people perfect phone please poor presto private prof quite reception
    recommended ridiculous right sales same satisfied seriously service shame she shocked short shocking simple sir
    sirs slow so some somebody someone something sorry spelled spelt still stop stuff such super sure superb
    support tech team teams terrible than thank thanks that that's the their them then there these they this those
    though time to too twice unacceptable unbelievable unhappy up us useless very was we well what when where which
    while who whoever why will with without word worst would wow wrong yes yet you your youse staff crew company
    office word muscle pepper oetker who bean server x january february march april june july august september
    october november december monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays
    thursdays fridays saturdays sundays american arabic australian austrian belgian brazilian british canadian
    chinese czech danish dutch european finnish french german greek hungarian indian irish italian japanese korean
    norwegian polish portuguese romanian russian scottish spanish swedish swiss turkish welsh misspelled
    mispronounced wrongly too incorrect long unknown changed being spelt recorded herr alle schön vielmals nochmal
    beaucoup bien muchas mille tanto appointment visit appointments anything desk everyone's member members lady
    gentleman man woman person agent agents advisor guy friend friends family
    """.split()  # noqa: SIM905 - it is read, and added to, as a text
)


def is_no_name(word: str) -> bool:
    return word.rstrip(".").replace("’", "'").lower() in _NO_NAMES


class _Rule(Struct, frozen=True):
    """`cues` are words without which the expression can't match."""

    cues: frozenset[str]
    names: re.Pattern[str]
    replace: Callable[[re.Match[str]], str]


def without_names(text: str, words: Set[str]) -> str:
    for rule in _RULES:
        if not words.isdisjoint(rule.cues):
            text = rule.names.sub(rule.replace, text)
    if "\n" in text:
        text = _SIGNED_BELOW.sub(_without_name, text)
    return text if text.isascii() else _CJK_NAMED.sub(r"\g<key>[name]", text)


def _without_name(found: re.Match[str]) -> str:
    """With the words after the first that is none of a name left as they were."""
    words = found["name"].split()
    if is_no_name(words[0]):
        return found[0]
    kept = next((place for place, word in enumerate(words) if is_no_name(word)), len(words))
    return " ".join([f"{found['key']}[name]", *words[kept:]])


def _without_whole_name(found: re.Match[str]) -> str:
    """After a cue as strong as "my name is" every word is the name's: "Anna May"."""
    return found[0] if is_no_name(found["name"].split()[0]) else f"{found['key']}[name]"


def _without_claimed(found: re.Match[str]) -> str:
    """After words as frequent as "this is", a word in capitals is stressed and no name."""
    first = found["name"].split()[0]
    is_stressed = first.isupper() and len(first) > 1 and first[-1] != "." and not found["key"].isupper()
    return found[0] if is_stressed else _without_name(found)


def _without_greeted(found: re.Match[str]) -> str:
    key = found["key"].rstrip(", ").lower()
    if key in _ONLY_AT_A_DESK and not found["desk"] and key in ("from", "met"):
        return found[0]
    shown = _without_claimed(found)
    if shown == found[0]:
        return shown
    others = found["others"] or ""
    tied = others.rpartition(" ")[0]
    return (
        shown + (f"{tied} [name]" if others and not is_no_name(others.split()[-1]) else others) + (found["desk"] or "")
    )


def _without_role(found: re.Match[str]) -> str:
    shown = _without_claimed(found)
    return shown if shown == found[0] else shown + (found["desk"] or "")


def _cues(words: str) -> frozenset[str]:
    return frozenset(words.replace("|", " ").split())


_THANKS = "thanks thank spoke talked helped served dealt ask met"
_RULES = (
    _Rule(
        _cues(
            "mr mrs ms dr miss mister doctor professor prof nurse herr herrn frau sir madam madame monsieur "
            "mademoiselle mme mlle señor señora senhor senhora signor signora sr sra sig don pan pani fru "
            "fr hr mevrouw meneer"
        ),
        _TITLED,
        _without_name,
    ),
    _Rule(_cues("mr mrs dr"), _TITLED_LOWER, _without_name),
    _Rule(
        _cues("name called heiße heisse appelle llamo chiamo chamo heet naam nazywam namn зовут"),
        _NAMED,
        _without_whole_name,
    ),
    _Rule(_cues("name"), _NAME_LINE, _without_name),
    _Rule(
        _cues(
            "regards best wishes sincerely yours cheers signed greetings thanks thank ta xx freundlichen "
            "mfg lg vg grüße "
            "gruß cordialement vous saludo saludos saluti groet groeten pozdrawiam atenciosamente hälsningar love"
        ),
        _SIGNED,
        _without_claimed,
    ),
    _Rule(_cues("regards wishes sincerely yours cheers thanks love"), _SIGNED_LOWER, _without_name),
    _Rule(
        _cues(
            "dear hi hello hey morning afternoon evening thanks thank kudos props credit shout shoutout off spoke "
            "talked chatted dealt speak talk met ask asked contact helped served assisted treated danke merci gracias "
            "grazie obrigado obrigada"
        ),
        _GREETED,
        _without_greeted,
    ),
    _Rule(_cues("hi hello hey"), _HI_LOWER, _without_name),
    _Rule(_cues("this am m"), _CLAIMED, _without_claimed),
    _Rule(_cues(_ROLES), _ROLE, _without_role),
    _Rule(_cues(_ROLES), _APPOSED, _without_claimed),
    _Rule(_cues("called named"), _ROLE_LOWER, _without_name),
    _Rule(
        _cues(
            "desk reception support sales billing accounts accounting accountancy logistics till counter "
            "shift helpdesk "
            "bar onboarding finance service care success"
        ),
        _DESKED,
        _without_claimed,
    ),
    _Rule(_cues(_THANKS), _DESKED_LOWER, _without_name),
)
