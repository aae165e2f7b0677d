"""Words and letters that no English comment has: what tells another language where a detector can't be trusted.

Frequent words of comments in the languages most surveys are answered in, with and without their accents, none of which
is English. A word that two of the languages share stands at the one with more speakers: what matters is that it is not
English.
"""

from collections import Counter
from collections.abc import Iterable

_WORDS = {
    "de": """
        nicht sehr und ist das sind ich wir auch aber für fuer auf zum zur beim oder wenn weil dass noch nur
        schon immer wieder leider alles ganz viel wenig mehr keine kein keiner nie niemand danke gerne gern
        schlecht schlechte schnell freundlich freundliche zufrieden teuer günstig einfach bitte leicht soweit
        empfehlen klasse schön dauert hab habe haben wurde werden kann geht ging sich mich mir uns euch ihr
        eine einen einer einem
    """,
    "fr": """
        très pas une avec dans mais trop rien jamais toujours merci c'est j'ai j'aime je vous nous ils votre
        bien bonne mauvais mauvaise chère vite rapide svp quand aussi cette ça beaucoup parfait parfaite nul
        nulle accueil repondu répondu faites illisible
    """,
    "es": """
        muy pero para por una está esta estan están nunca siempre gracias gusta gustó bien buena bueno buenos
        buenas mal mala malo todos todas mejor peor caro rápido buenisimo buenísimo seguro excelente también
        tambien cuando porque servicio atención atencion volveré volvere puedo tengo
    """,
    "it": """
        molto sono gli della delle nella anche tutto niente sempre grazie bene buono buona ottimo ottima
        pessimo pessima veloce troppo però perche perché questo questa funziona servizio così cosi bello bella
        più piu
    """,
    "nl": """
        niet erg zeer wel het een voor maar ook nog nooit altijd goede goed slechte snel bedankt dankjewel
        fijn fijne mooi mooie duur klantvriendelijk geen mijn jullie naar wordt graag helaas werkt steeds zo
        veel
    """,
    "pt": """
        não nao muito muita bom ruim péssimo pessimo obrigado obrigada tudo também gostei atendimento serviço
        servico você voce são sao com meu minha toda trava ótimo otimo demais ainda
    """,
    "pl": """
        bardzo nie jest się sie dobra dobry dobrze zła polecam dziękuję dziekuje dzięki dzieki nigdy zawsze
        wszystko tylko więcej wiecej szybko szybka obsługa obsluga drogo słabo slabo masakra przez
    """,
    "sv": """
        inte väldigt valdigt mycket och är att på alltid aldrig allt dålig dalig dåligt dyrt uselt igen snabb
        snabbt helt nöjd
    """,
    "da": """
        ikke meget og godt dårlig dårligt altid tak jeg det elendigt hurtig hurtigt tiden tilfreds
    """,
    "nb": """
        veldig aldri takk elendig rask raskt fornøyd altfor hyggelig
    """,
    "tr": """
        çok cok bir için icin değil degil güzel guzel kötü kotu iyi teşekkürler tesekkurler teşekkür hiç hic
        daha asla hizmet hizmetten uygulama sürekli surekli memnunum fiyat pahali pahalı
    """,
    "fi": """
        ei mutta hyvä hyva huono todella kiitos aina koskaan nopea nopeasti palvelu toimi toimii surkea oli
        olen kaikki liian ihan
    """,
    "cs": """
        velmi není neni jsem dobrý dobry dobrá dobře dobre děkuji dekuji vždy vzdy nikdy všechno pořád porad
        nejde špatně spatne drahé drahe aplikace padá pada doporučuji
    """,
    "ro": """
        foarte sunt este bună multumesc mulțumesc niciodata niciodată mereu dupa după pentru totul
    """,
    "hu": """
        nem nagyon és volt egy jó rossz köszönöm koszonom köszi koszi soha mindig minden gyors szuper
        borzalmas folyton lefagy többet tobbet csak hogy
    """,
    "id": """
        tidak sangat bagus baik terima kasih saya sudah belum bisa banget mahal cepat ramah semuanya semua
        lancar lumayan untuk dengan parah
    """,
    "vi": """
        rất không khong tốt cảm ơn nhanh tôi toi được duoc quá chua loi phai deu thay nhung
    """,
}
WORDS = {word: code for code, block in reversed(_WORDS.items()) for word in block.split()}
# Letters that words borrowed by English don't have; in a name they stand after a capital, which is not looked at.
_LETTERS = frozenset("ãõßæøåğışąćęłńśźżőűřěůňďťțșăđơưžšč¡¿")
_ACCENTED = frozenset(
    "áâäëìíîòóôöùúûüýÿ"
)  # not those of "cliché, façade"; and two words have to have them, for "über" is one


def foreign_language(words: Iterable[str]) -> tuple[bool, str | None]:
    """Whether any of the words, as they were written, is of another language; and of which, where that is known."""
    listed: Counter[str] = Counter()
    strange = accented = 0
    for word in words:
        lower = word.lower().replace("’", "'")
        if lower in WORDS:
            listed[WORDS[lower]] += 1
        elif not word.isascii() and not word[0].isupper():
            strange += not _LETTERS.isdisjoint(lower) or any("\u1ea0" <= letter <= "\u1ef9" for letter in lower)
            accented += not _ACCENTED.isdisjoint(lower)
    if listed:
        return True, min(listed, key=lambda code: (-listed[code], code))
    return strange > 0 or accented > 1, None
