"""Comments in languages that are not scored, as typed on phones: colloquial, with English words, without accents."""

PROBES = {
    "de": """
        die app stürzt ständig ab
        Der Support hat super schnell geholfen, danke!
        leider keine antwort auf meine mail bekommen
        Login geht seit dem Update nicht mehr, echt nervig
        bin total zufrieden mit dem service
        Hat alles gut geklappt, gerne wieder
        viel zu teuer fuer das was man bekommt
        das dashboard ist mega unübersichtlich, bitte ein update
        ich warte jetzt schon seit drei wochen auf meine rueckerstattung und keiner meldet sich
        Preis ok, Qualität naja
        ganz okay aber der checkout ist umständlich
        Mitarbeiter sehr freundlich und kompetent, top Beratung
        alles bestens wie immer
        kann man machen, muss man aber nicht
        hab 3 mal angerufen und hing immer in der warteschleife
    """,
    "fr": """
        l'appli plante tout le temps
        Le support a repondu super vite, merci
        toujours pas de reponse a mon mail
        impossible de faire le login depuis la mise à jour
        très content du service
        tout s'est bien passé, je recommande
        beaucoup trop cher pour ce que c'est
        le dashboard est illisible svp faites un update
        ca fait trois semaines que j'attends mon remboursement et personne ne me rappelle
        prix correct qualité bof
        pas mal mais le checkout est complique
        personnel au top, super accueil
        rien a dire tout est parfait
        franchement nul, jamais plus
        j'ai appelé 3 fois, toujours en attente
    """,
    "es": """
        la app se cierra todo el rato
        El soporte respondio super rapido, gracias
        todavia no me contestaron el mail
        no puedo hacer login desde el update
        muy contento con el servicio
        todo perfecto, lo recomiendo
        demasiado caro para lo que es
        el dashboard es un lio, por favor arreglenlo
        llevo tres semanas esperando mi reembolso y nadie me llama
        precio bien calidad regular
        no esta mal pero el checkout es complicado
        personal muy amable y atento, un diez
        buenisimo, volvere seguro
        una verguenza, nunca mas
        llame 3 veces y siempre en espera
    """,
    "it": """
        l'app si blocca sempre
        Il supporto ha risposto super veloce, grazie
        ancora nessuna risposta alla mia mail
        non riesco a fare il login dopo l'update
        molto contento del servizio
        tutto perfetto, lo consiglio
        troppo caro per quello che offre
        la dashboard è un casino, sistematela per favore
        aspetto il rimborso da tre settimane e nessuno mi richiama
        prezzo ok qualità così così
        non male ma il checkout e complicato
        personale gentilissimo e preparato, bravi
        ottimo prodotto, spedizione veloce
        una vergogna, mai piu
        ho chiamato 3 volte, sempre in attesa
    """,
    "nl": """
        de app loopt steeds vast
        Support was super snel, bedankt
        nog steeds geen antwoord op mijn mail
        kan niet meer inloggen na de update, irritant
        heel tevreden over de service
        alles goed verlopen, aanrader
        veel te duur voor wat je krijgt
        het dashboard is een rommeltje, fix dat aub
        wacht al drie weken op mijn geld terug en niemand belt
        prijs prima kwaliteit mwah
        wel oke maar de checkout is omslachtig
        personeel erg vriendelijk en behulpzaam, top
        snel geleverd en goed verpakt
        slecht, nooit meer hier
        drie keer gebeld en steeds in de wacht
    """,
    "pt": """
        o app trava toda hora
        O suporte respondeu super rapido, obrigado
        ainda nao tive resposta do meu email
        não consigo fazer login depois do update
        muito satisfeito com o serviço
        deu tudo certo, recomendo
        caro demais pelo que oferece
        o dashboard é uma bagunça, arrumem por favor
        faz tres semanas que espero meu reembolso e ninguem liga
        preço bom qualidade mais ou menos
        nao e ruim mas o checkout e complicado
        atendimento nota dez, pessoal muito simpatico
        chegou rapido e bem embalado
        pessimo, nunca mais compro aqui
        liguei 3 vezes e sempre na espera
    """,
    "pl": """
        aplikacja ciągle się zawiesza
        Support odpowiedzial super szybko, dzieki
        nadal brak odpowiedzi na mojego maila
        nie moge sie zalogowac po update
        bardzo zadowolony z serwisu
        wszystko ok, polecam
        o wiele za drogo jak na to co jest
        dashboard to jeden wielki bałagan, poprawcie to
        czekam trzy tygodnie na zwrot pieniedzy i nikt nie oddzwania
        cena ok jakość taka sobie
        niezle ale checkout jest skomplikowany
        obsluga mila i pomocna, super
        szybka dostawa i dobrze zapakowane
        masakra, nigdy wiecej
        dzwonilem 3 razy i ciagle czekam
    """,
    "sv": """
        appen kraschar hela tiden
        Supporten svarade super snabbt, tack
        har fortfarande inte fatt svar pa mitt mail
        kan inte logga in efter uppdateringen
        väldigt nöjd med servicen
        allt gick bra, rekommenderas
        alldeles för dyrt för vad man får
        dashboarden är rörig, fixa det tack
        har väntat tre veckor på pengarna och ingen ringer
        bra pris men dålig kvalitet
        helt ok men checkout är krånglig
        trevlig personal och bra service
        snabb leverans och bra förpackat
        uselt, aldrig igen
        ringde 3 ganger och satt i ko varje gang
    """,
    "da": """
        appen går ned hele tiden
        Supporten svarede super hurtigt, tak
        har stadig ikke fået svar på min mail
        kan ikke logge ind efter opdateringen
        meget tilfreds med servicen
        alt gik godt, kan anbefales
        alt for dyrt i forhold til hvad man får
        dashboardet er noget rod, fix det nu
        har ventet tre uger på mine penge og ingen ringer
        god pris men dårlig kvalitet
        helt fint men checkout er besværlig
        flinkt personale og god service
        hurtig levering og pænt pakket
        elendigt, aldrig igen
        ringede 3 gange og sad i kø hver gang
    """,
    "nb": """
        appen krasjer hele tiden
        Supporten svarte super raskt, takk
        har fortsatt ikke fått svar på mailen min
        får ikke logget inn etter oppdateringen
        veldig fornøyd med servicen
        alt gikk bra, anbefales
        altfor dyrt for det man får
        dashboardet er rotete, fiks det
        har ventet tre uker på pengene og ingen ringer
        grei pris men dårlig kvalitet
        helt ok men checkout er tungvint
        hyggelig betjening og god service
        rask levering og godt pakket
        elendig, aldri mer
        ringte 3 ganger og satt i kø hver gang
    """,
    "tr": """
        uygulama sürekli çöküyor
        Destek super hizli cevap verdi, tesekkurler
        mailime hala cevap gelmedi
        update sonrasi login olamiyorum
        hizmetten çok memnunum
        her şey güzeldi, tavsiye ederim
        bu fiyata gore cok pahali
        dashboard çok karışık lütfen düzeltin
        uc haftadir iademi bekliyorum kimse aramiyor
        fiyat iyi kalite eh işte
        fena değil ama checkout zor
        personel cok ilgili ve kibar, super
        hızlı kargo ve güzel paketleme
        rezalet, bir daha asla
        3 kere aradim hep beklettiler
    """,
    "fi": """
        sovellus kaatuu koko ajan
        Tuki vastasi super nopeasti, kiitos
        en ole vielakaan saanut vastausta mailiin
        login ei toimi päivityksen jälkeen
        olen todella tyytyväinen palveluun
        kaikki meni hyvin, suosittelen
        aivan liian kallis siihen nähden
        dashboard on sekava, korjatkaa se
        odotan jo kolmatta viikkoa rahoja eika kukaan soita
        hinta ok laatu niin ja näin
        ihan ok mutta checkout on hankala
        mukava henkilökunta ja hyvä palvelu
        nopea toimitus ja hyvin pakattu
        surkea, ei koskaan enää
        soitin 3 kertaa ja aina jonossa
    """,
    "cs": """
        aplikace pořád padá
        Podpora odpovedela super rychle, diky
        porad zadna odpoved na muj mail
        nejde mi login po update
        velmi spokojený se službou
        vše v pořádku, doporučuji
        moc drahé na to co to umí
        dashboard je chaos, opravte to prosím
        cekam tri tydny na vraceni penez a nikdo nevola
        cena dobrá kvalita nic moc
        neni to spatne ale checkout je slozity
        personál milý a ochotný, super
        rychlé dodání a dobře zabalené
        hrůza, už nikdy víc
        volal jsem 3 krat a porad cekam
    """,
    "ro": """
        aplicația se blochează mereu
        Suportul a raspuns super repede, multumesc
        inca nu am primit raspuns la mail
        nu pot sa fac login dupa update
        foarte mulțumit de servicii
        totul a fost bine, recomand
        mult prea scump pentru ce ofera
        dashboard-ul este un haos, reparati va rog
        astept de trei saptamani banii si nu ma suna nimeni
        preț bun calitate slabă
        nu e rau dar checkout-ul e complicat
        personal amabil si de ajutor, super
        livrare rapidă și bine ambalat
        jalnic, niciodata nu mai cumpar
        am sunat de 3 ori si tot in asteptare
    """,
    "hu": """
        az app folyton lefagy
        A support szuper gyorsan valaszolt, koszi
        meg mindig nincs valasz a mailemre
        nem tudok belépni az update óta
        nagyon elégedett vagyok a szolgáltatással
        minden rendben volt, ajánlom
        tul draga ahhoz kepest amit kapsz
        a dashboard egy káosz, javítsátok meg
        harom hete varok a penzemre es senki nem hiv vissza
        az ár jó a minőség gyenge
        nem rossz de a checkout bonyolult
        kedves és segítőkész személyzet
        gyors szállítás és jó csomagolás
        borzalmas, soha többet
        haromszor hivtam es mindig vartam
    """,
    "id": """
        aplikasinya sering error terus
        Support cepat banget, terima kasih
        email saya belum dibalas juga
        tidak bisa login setelah update
        sangat puas dengan layanannya
        semuanya lancar, recommended
        terlalu mahal untuk kualitas segini
        dashboardnya bikin bingung, tolong diperbaiki
        sudah tiga minggu nunggu refund dan tidak ada yang telepon
        harga oke kualitas biasa saja
        lumayan tapi checkout ribet
        staf ramah dan sangat membantu, mantap
        pengiriman cepat dan packing rapi
        parah banget, kapok belanja disini
        sudah telepon 3 kali tetap disuruh nunggu
    """,
    "vi": """
        ứng dụng bị lỗi hoài
        Support trả lời rất nhanh, cảm ơn
        van chua thay tra loi email
        không login được sau khi update
        rất hài lòng với dịch vụ
        mọi thứ đều tốt, sẽ quay lại
        gia qua dat so voi chat luong
        dashboard rối quá, sửa giùm đi
        toi cho hoan tien ba tuan roi ma khong ai goi lai
        giá ổn chất lượng bình thường
        cung duoc nhung checkout phuc tap
        nhân viên nhiệt tình và dễ thương
        giao hàng nhanh đóng gói kỹ
        qua te, khong bao gio mua nua
        goi 3 lan deu phai cho
    """,
    "ru": """
        приложение постоянно вылетает
        Support ответил super быстро, спасибо
        до сих пор нет ответа на почту
        не могу сделать login после update
        очень доволен сервисом, всем советую
        всё прошло хорошо, рекомендую
        слишком дорого за такое качество
        dashboard очень запутанный, исправьте пожалуйста
        три недели жду возврат денег и никто не звонит
        цена норм качество так себе
        неплохо но checkout сложный
        персонал вежливый и внимательный
        быстрая доставка и хорошая упаковка
        ужас, больше никогда
        звонил 3 раза и всё время ждал
    """,
    "el": """
        η εφαρμογή κολλάει συνέχεια
        Το support απάντησε super γρήγορα, ευχαριστώ
        ακόμα δεν πήρα απάντηση στο mail
        δεν μπορώ να κάνω login μετά το update
        πολύ ευχαριστημένος από την εξυπηρέτηση
        όλα πήγαν καλά, το προτείνω
        πολύ ακριβό για αυτό που είναι
        το dashboard είναι χάος, φτιάξτε το
        περιμένω τρεις εβδομάδες τα χρήματα και κανείς δεν καλεί
        καλή τιμή μέτρια ποιότητα
        καλό αλλά το checkout είναι δύσκολο
        ευγενικό προσωπικό και γρήγορο
        γρήγορη παράδοση και καλή συσκευασία
        απαράδεκτο, ποτέ ξανά
        πήρα 3 φορές και περίμενα πάντα
    """,
    "ar": """
        التطبيق يتوقف طوال الوقت
        رد support بسرعة كبيرة شكرا
        لم أتلق أي رد على email
        لا أستطيع عمل login بعد update
        راض جدا عن الخدمة
        كل شيء كان جيدا أنصح به
        غالي جدا مقارنة بالجودة
        لوحة dashboard معقدة جدا
        أنتظر أموالي منذ ثلاثة أسابيع ولا أحد يتصل
        السعر جيد والجودة عادية
        لا بأس لكن checkout صعب
        الموظفون لطفاء جدا ومتعاونون
        توصيل سريع وتغليف ممتاز
        سيء جدا ولن أعود
        اتصلت ثلاث مرات وانتظرت كل مرة
    """,
    "he": """
        האפליקציה קורסת כל הזמן
        ה support ענה super מהר תודה
        עדיין אין תשובה ל mail שלי
        לא מצליח לעשות login אחרי update
        מאוד מרוצה מהשירות
        הכל היה טוב ממליץ
        יקר מדי ביחס לאיכות
        ה dashboard מבלבל מאוד תתקנו
        מחכה שלושה שבועות להחזר ואף אחד לא מתקשר
        מחיר טוב איכות ככה ככה
        לא רע אבל checkout מסובך
        צוות נחמד ואדיב מאוד
        משלוח מהיר וארוז היטב
        גרוע מאוד לעולם לא עוד
        התקשרתי שלוש פעמים וחיכיתי המון
    """,
    "hi": """
        ऐप बार बार बंद हो जाता है
        support ने super जल्दी जवाब दिया धन्यवाद
        मेरे email का अभी तक जवाब नहीं
        update के बाद login नहीं हो रहा
        सेवा से बहुत खुश हूँ
        सब कुछ अच्छा था धन्यवाद
        दाम के हिसाब से बहुत महंगा
        dashboard बहुत उलझा हुआ है
        तीन हफ्ते से रिफंड का इंतजार कोई फोन नहीं
        कीमत ठीक गुणवत्ता खराब
        ठीक है पर checkout मुश्किल है
        कर्मचारी बहुत अच्छे और मददगार
        तेज डिलीवरी और अच्छी पैकिंग
        बहुत खराब फिर कभी नहीं
        तीन बार फोन किया हर बार इंतजार
    """,
    "th": """
        แอป ค้าง ตลอด เวลา
        support ตอบเร็วมาก ขอบคุณ ครับ
        ยังไม่ได้รับคำตอบทาง email เลย
        login ไม่ได้ หลัง update
        พอใจบริการมาก จะกลับมาอีก
        ทุกอย่างดีมาก แนะนำ เลย
        แพงเกินไป สำหรับ คุณภาพแบบนี้
        dashboard ใช้ยากมาก ช่วยแก้ด้วย
        รอเงินคืนสามสัปดาห์แล้ว ไม่มีใครโทรกลับ
        ราคาดี คุณภาพ พอใช้
        โอเค แต่ checkout ยาก
        พนักงาน น่ารัก บริการ ดี
        ส่งเร็ว แพ็คดี มาก
        แย่มาก ไม่กลับมาอีกแล้ว
        โทร 3 ครั้ง รอสายทุกครั้ง
    """,
    "zh": """
        应用总是闪退，太烦了
        support 回复 super 快，谢谢
        email 一直没有人回复
        update 之后 login 不了
        对服务非常满意，推荐
        一切都很好，下次再来
        太贵了，不值这个价
        dashboard 太乱了，请修复
        等退款等了三个星期，没有人打电话
        价格还行，质量一般
        还可以，但是 checkout 很麻烦
        员工热情，服务周到
        发货快，包装好
        太差了，再也不来了
        打了3次电话，每次都要等
    """,
    "ja": """
        アプリがすぐ落ちます、困ります
        support の対応が super 早かったです
        email の返事がまだ来ません
        update 後に login できません
        サービスにとても満足しています
        すべて良かったです、おすすめ
        値段が高すぎると思います
        dashboard が見にくい、直してください
        返金を三週間待っていますが連絡がありません
        価格は良い、品質は普通
        悪くないけど checkout が面倒
        スタッフが親切で丁寧でした
        配送が早く、梱包も丁寧
        最悪、二度と使いません
        3回電話しても待たされました
    """,
    "ko": """
        앱이 계속 꺼져요 짜증나요
        support 답변이 super 빨라요 감사합니다
        email 답장이 아직도 없어요
        update 이후 login 이 안돼요
        서비스에 아주 만족합니다 추천해요
        모든 것이 좋았어요 또 올게요
        품질에 비해 너무 비싸요
        dashboard 가 너무 복잡해요 고쳐주세요
        환불을 삼주째 기다리는데 연락이 없어요
        가격은 좋은데 품질이 별로예요
        나쁘지 않은데 checkout 이 불편해요
        직원들이 친절하고 좋았어요
        배송 빠르고 포장도 좋아요
        최악이에요 다시는 안 써요
        전화를 3번 했는데 계속 기다렸어요
    """,
}

SHORT = """
    war super schlecht
    sehr gut danke
    nicht zu empfehlen
    alles sehr gut
    und viel zu teuer
    ganz ok soweit
    leider nie wieder
    immer gerne wieder
    das war super
    support ist top
    très bon service
    pas top du
    pas du tout
    c'est trop cher
    rien à dire
    muy mal servicio
    muy buena app
    todo muy bien
    no me gusta
    molto bene grazie
    tutto molto buono
    non funziona niente
    não funciona nada
    muito bom app
    nao gostei nada
    bardzo dobra obsługa
    bardzo polecam super
    nie polecam nikomu
    heel goede service
    niet zo goed
    erg slechte app
    inte bra alls
    väldigt bra service
    ikke godt nok
    çok kötü app
    cok iyi super
    ei toimi app
    nem jó app
"""


def lines(block: str) -> list[str]:
    return [line.strip() for line in block.strip().splitlines()]
