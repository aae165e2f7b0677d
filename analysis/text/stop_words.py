"""Words that name no theme: those of grammar, by language, and in English those that only praise or blame."""

_DENYING = """
    no not never without kein keine keinen nicht ohne pas sans jamais sin nunca senza mai geen niet zonder sem
"""
NEGATIONS = frozenset(_DENYING.split())

_GRAMMAR = {
    "en": """
        a about above actually after afternoon again ago all almost already also although always am an and
        another answer any anybody anyone anything anyway apparently are aren't around as ask asked asking at
        away back be became because been before being below between bit both but by came can can't cannot cant
        cause come comes completely could couldn't couple day days did didn't didnt different do does doesn't
        doesnt doing don't done dont down each earlier early eight either else enough even evening ever every
        everybody everyone everything feel felt few first five for four friday from full further gave get gets
        getting give given go goes going gone got guess had hadn't half happen happened happens has hasn't have
        haven't having he her here hers him his hour hours how however i i'd i'll i'm i've if im in instead into
        is isn't isnt it it's its itself ive just keep kept kind knew know last later least left less let like
        literally lot lots made make makes making many may maybe me might mine minute minutes missing monday
        month months more morning most much must my myself need needed needs neither next night nine nobody none
        nor nothing now of off often old on once one only onto or other others our ours out over own past people
        perhaps please put quite rather really rest right said same saturday say says second see seem seemed
        seems seven several shall she should shouldn't since six so some somebody someone something sometimes
        soon sort start started still stop stopped such sunday take taken takes tell telling ten than that
        that's the their them themselves then there there's these they they're thing things think this those
        though thought three through thursday thus time times to today told tomorrow tonight too took toward
        towards tried try trying tuesday two under understand until up upon us use used using very via want
        wanted wants was wasn't wasnt way we we'd we'll we're we've wednesday week weekend weeks well went were
        weren't what what's when where whether which while who whole whom whose why will with within won't wont
        would wouldn't year years yesterday yet you you'd you'll you're you've your yours yourself
    """,
    "de": """
        aber alle allem allen aller alles als also am an auch auf aus bei beim bin bis bist da dabei damit
        danach dann das dass dem den denn der des dich die dies diese diesem diesen dieser dieses dir doch dort
        du durch ein eine einem einen einer eines einfach er es etwas euch für ganz gar geht gibt hab habe haben
        hat hatte hatten hier hin ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im immer in ins ist ja jede jedem
        jeden jeder jedes jetzt kann können konnte leider man mehr mein meine meinem meinen meiner mich mir mit
        muss musste nach noch nun nur ob oder schon sehr sein seine sich sie sind so soll sollte sondern sonst
        um und uns unser unsere unter viel viele vom von vor war waren was weil wenn wer werden wie wieder will
        wir wird wo wurde wurden zu zum zur über
    """,
    "fr": """
        ai au aucun aussi autre aux avait avant avec avoir bien c'est car ce ceci cela ces cet cette chez comme
        d'un d'une dans de depuis des deux donc du elle elles en encore entre est et était été être eu fait
        faire fois il ils j'ai je jusqu la là le les leur leurs lors lui ma mais me même mes moi mon n'est ne
        nos notre nous on ont ou où par parce peu peut plus pour pourquoi quand que quel quelle qu'il qui quoi
        sa se sera ses si son sont sous sur ta te tes toi ton tous tout toute toutes très trop tu un une vers
        vos votre vous y
    """,
    "es": """
        a al algo algunos ante antes aquí así aun aunque bien cada como con cual cuando de del desde donde dos
        el él ella ellos en entre era es esa ese eso esta está estaba estan están este esto estos fue fueron ha
        había han hasta hay he hecho hemos la las le les lo los más me mi mis mucho muy nada ni nos nosotros o
        otra otro para pero poco por porque pues que qué quien se sea ser si sí sido sin sobre solo son soy su
        sus también tan tanto te tiene tienen todo todos tu tus un una uno unos usted y ya yo
    """,
    "it": """
        a ad ai al alla alle anche ancora avere aveva bene c'è che chi ci ciò come con cosa così cui da dal
        dalla degli dei del della delle dello di dopo dove due e è ed era erano essere fa fare fatto gli ha
        hanno ho i il in io l'ho la le lei lo loro lui ma me mi mia mio molto ne negli nei nel nella noi o ogni
        per perché più poco poi qua quale quando quanto quella quello questa questo qui sa se sei sempre si sia
        solo sono sta stata stato su sua sul sulla suo tra tutti tutto un una uno vi voi
    """,
    "nl": """
        aan al alle als altijd ben bij daar dan dat de deze die dit doen door dus een en er ga gaan had heb
        hebben heeft het hier hij hoe hun ik in is ja je jij jullie kan kon kunnen maar me meer men met mij mijn
        moest moet moeten na naar nog nu of om omdat ons ook op over te tegen toch toen tot u uit uw van veel
        voor waren was wat we weer wel werd wie wij wil worden wordt ze zeer zich zij zijn zo zou
    """,
    "pt": """
        a ao aos as até bem com como da das de dela dele depois do dos e é ela elas ele eles em entre era essa
        esse esta está este eu foi foram há isso isto já lhe mais mas me mesmo meu minha muito na nas nem no nos
        nós o os ou para pela pelo por porque quando que quem se seja ser seu só são sua também te tem têm ter
        toda todo tudo um uma você
    """,
}
# They set low scorers apart best of all, and say nothing of what is wrong.
_OPINIONS = """
    absolute absolutely amazing annoyed annoying appalling average awesome awful bad badly best better brilliant
    crap difficult disappointed disappointing disappointment disgraceful disgusting dreadful easy excellent
    fantastic fine frustrated frustrating glad good great happy hate hated horrible hopeless improve improved
    improvement issue issues joke lovely love loved mediocre nice ok okay perfect please pleased poor poorly
    problem problems rubbish sad satisfied shame shocking simply terrible thank thanks totally unacceptable
    unfortunately unhappy upset useless waste wonderful worse worst wrong extremely completely experience
    overall definitely disaster pathetic ridiculous
"""
_BY_LANGUAGE = {
    language: frozenset(words.split()) | (frozenset(_OPINIONS.split()) if language == "en" else frozenset())
    for language, words in _GRAMMAR.items()
}


def stop_words(language: str) -> frozenset[str]:
    """Of the languages known here; of any other none, there frequency alone has to tell."""
    return _BY_LANGUAGE.get(language, frozenset())
