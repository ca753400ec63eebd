"""What buyers, sellers and strangers say: slots of phrases, one of which is taken from each."""


def _count(text: str, numbers: str) -> tuple[str, ...]:
    return tuple(phrase.replace("{n}", number) for phrase in text.split("|") for number in numbers.split())


def _any(text: str) -> tuple[str, ...]:
    return tuple(text.split("|"))


TITLES = {  # by language; bad, middling, good
    "en": (
        _any("Disappointed|Not worth it|Broke quickly|Avoid|Waste of money|Poor quality|Sent it back"),
        _any("It's ok|Average|Does the job|Mixed feelings|Three stars"),
        _any(
            "Great|Very happy|Love it|Good value|Exactly as described|Five stars|Would buy again|Perfect|"
            "Good product|Nice"
        ),
    ),
    "de": (
        _any("Enttäuscht|Nicht empfehlenswert|Schnell kaputt|Schlechte Qualität"),
        _any("Geht so|In Ordnung|Durchschnitt"),
        _any("Super|Sehr zufrieden|Gerne wieder|Top Qualität|Alles bestens|Klare Empfehlung"),
    ),
    "fr": (
        _any("Déçu|À éviter|Mauvaise qualité"),
        _any("Correct|Moyen|Peut mieux faire"),
        _any("Parfait|Très satisfait|Je recommande|Excellent produit"),
    ),
    "es": (
        _any("Decepcionado|No lo recomiendo|Mala calidad"),
        _any("Normal|Cumple|Regular"),
        _any("Perfecto|Muy contento|Lo recomiendo|Gran calidad"),
    ),
}
REVIEWS = {  # by language; bad, middling, good
    "en": (
        (
            _any(
                "Bought this {noun} last month.|I had high hopes.|Sadly not for me.|Arrived late.|First "
                "one was faulty, second one too.|The pictures flatter it.||My second and last order here.|"
                "For the price I expected more."
            ),
            _any(
                "It stopped working after a week.|The material feels cheap.|Size is off.|It smells of "
                "plastic.|Looks used.|Colour is nothing like the photo.|Stitching came apart.|The {noun} "
                "scratches easily.|Half of the parts were missing.|It is smaller than I thought."
            ),
            _any(
                "Asked for my money back.|Would not buy again.|Customer service was no help.|Returned.|"
                "Keep looking.|One star is generous.||My neighbour had the same problem."
            ),
        ),
        (
            _any(
                "It is ok.|Does what it should.|Average {noun}.|Not bad, not great.|Decent for the price.|"
                "Good idea, weak finish."
            ),
            _any(
                "The colour is nice but the fit is odd.|Instructions could be clearer.|Works, but loud.|"
                "Packaging was damaged, item fine.|Had to fix a screw.|Battery could last longer.|"
            ),
            _any("Three stars.|Might try another brand.|Let's see how long it lasts.|"),
        ),
        (
            _any(
                "Great {noun}.|Very pleased with this.|Bought it for my sister.|Second time I order this.|"
                "Exactly what I needed.|Better than expected.|My daughter loves it.|Works well.|Nice.|Good "
                "product.|Gift for my dad and he uses it daily.|Been using it for three weeks now.|I "
                "compared a few before I chose this one.|Fast delivery."
            ),
            _any(
                "Quality is good.|Easy to use.|Solid and light at the same time.|The {noun} fits "
                "perfectly.|Looks just like the photos.|Good value for the price.|Easy to clean.|Set up in "
                "five minutes.|Feels sturdy.|The colour is lovely.|||Battery holds for days.|Nicely packed."
            ),
            _any(
                "Would buy again.|Recommended.|No complaints so far.|Thank you!|||Five stars from me.|Will "
                "order another for the office.|Happy customer.|My partner wants one too.|Only the manual "
                "is thin."
            ),
            _any(
                "|||Arrived a day early.|Seller answered my question quickly.|Using it nearly every day.|"
                "Had a cheaper one before, no comparison."
            ),
        ),
    ),
    "de": (
        (
            _any(
                "Leider enttäuscht.|Nach zwei Wochen kaputt.|Riecht stark nach Plastik.|Falsche Größe "
                "geliefert.|Sieht billig aus."
            ),
            _any("Geht zurück.|Nicht zu empfehlen.|Der Kundendienst hat nicht geantwortet.|Für den Preis zu wenig.|"),
            _any("Schade.|Nie wieder.||Ein Stern ist noch zu viel."),
        ),
        (
            _any("Ganz ordentlich.|Erfüllt seinen Zweck.|Mittelmäßig.|Für den Preis in Ordnung."),
            _any("Anleitung könnte besser sein.|Etwas laut.|Farbe weicht ab.|"),
            _any("Drei Sterne.||Mal sehen, wie lange es hält."),
        ),
        (
            _any(
                "Sehr gute Qualität.|Bin begeistert.|Als Geschenk gekauft.|Genau wie beschrieben.|Schnelle "
                "Lieferung.|Benutze es jeden Tag.|Zum zweiten Mal bestellt."
            ),
            _any(
                "Passt perfekt.|Leicht zu reinigen.|Macht einen stabilen Eindruck.|Preis und Leistung "
                "stimmen.|Einfach aufzubauen.||Schöne Farbe."
            ),
            _any("Gerne wieder.|Klare Kaufempfehlung.||Danke!|Bisher keine Mängel.|Meine Frau freut sich auch."),
        ),
    ),
    "fr": (
        (
            _any("Très déçu.|Cassé au bout d'une semaine.|Qualité médiocre.|Taille incorrecte."),
            _any("Je ne recommande pas.|Produit renvoyé.|Le service client ne répond pas.|"),
            _any("Dommage.||À fuir."),
        ),
        (
            _any("Correct sans plus.|Fait le travail.|Moyen."),
            _any("La notice est peu claire.|Un peu bruyant.|"),
            _any("Trois étoiles.|"),
        ),
        (
            _any(
                "Très bon produit.|Conforme à la description.|Acheté pour un cadeau.|Livraison rapide.|Je "
                "l'utilise tous les jours."
            ),
            _any("Bonne qualité.|Facile à nettoyer.|Solide et léger.|Bon rapport qualité prix.|"),
            _any("Je recommande.|Merci !||J'en rachèterai.|Rien à redire."),
        ),
    ),
    "es": (
        (
            _any("Muy decepcionado.|Se rompió en una semana.|Mala calidad.|La talla no corresponde."),
            _any("No lo recomiendo.|Lo he devuelto.|El vendedor no responde.|"),
            _any("Una pena.|"),
        ),
        (
            _any("Cumple su función.|Normal.|Ni bien ni mal."),
            _any("Las instrucciones son confusas.|Hace algo de ruido.|"),
            _any("Tres estrellas.|"),
        ),
        (
            _any("Muy buen producto.|Tal como se describe.|Lo compré para regalar.|Llegó muy rápido.|Lo uso a diario."),
            _any("Buena calidad.|Fácil de limpiar.|Relación calidad precio excelente.|Queda perfecto.|"),
            _any("Lo recomiendo.|Gracias.||Repetiré.|Mi madre está encantada."),
        ),
    ),
}
DETAILS = {  # by language; what only this reviewer would say, often nothing
    "en": (
        _count(
            "|In use for {n} weeks.|After {n} months.|Tried it {n} times.|We are {n} at home.|Took {n} days.",
            "2 3 4 5 6 7",
        ),
        _any(
            "||||For the kids.|For the office.|For our holiday.|Birthday present.|For my mother.|For the car."
            "|For camping.|Christmas gift.|My wife chose it.|My son asked for it.|For a friend.|For the guest room."
        ),
    ),
    "de": (
        _count(
            "|Seit {n} Wochen im Einsatz.|Nach {n} Monaten.|Schon {n} Mal benutzt.|Hat {n} Tage gedauert.",
            "2 3 4 5 6 7",
        ),
        _any("||||Für die Kinder.|Fürs Büro.|Für den Urlaub.|Zum Geburtstag.|Für meine Mutter.|Fürs Auto."),
    ),
    "fr": (
        _count("|Depuis {n} semaines.|Après {n} mois.|Utilisé {n} fois.|Reçu en {n} jours.", "2 3 4 5 6 7"),
        _any("||||Pour les enfants.|Pour le bureau.|Pour les vacances.|Pour ma mère.|Pour la voiture.|Cadeau de Noël."),
    ),
    "es": (
        _count("|Desde hace {n} semanas.|Tras {n} meses.|Lo he usado {n} veces.|Tardó {n} días.", "2 3 4 5 6 7"),
        _any(
            "||||Para los niños.|Para la oficina.|Para las vacaciones.|Para mi madre.|Para el coche.|Regalo de Navidad."
        ),
    ),
}
_HELLO = _any("Hello,|Hi,||Good morning,|Dear team,|Hey there,|To whom it may concern,")
_PLEASE = _any(
    "please refund me.|I would like my money back.|what are my options?|please advise.|kindly process a "
    "refund.|can you help?|I want to return it.|thanks in advance."
)
CLAIMS = (  # by refunds.reason
    (
        _HELLO,
        _any(
            "I no longer need this item|it does not fit|I ordered two by mistake|found it cheaper|my "
            "daughter does not like the colour|changed my mind"
        ),
        _any("and it is unused,|so|still in its box,|and"),
        _PLEASE,
    ),
    (
        _HELLO,
        _any(
            "the parcel has not arrived|my order never came|tracking says delivered but there is nothing "
            "here|I waited at home all day and no courier came|nothing in the mailbox|still no package"
        ),
        _any("and my neighbours have not seen it,|after ten days,|and I checked with the reception,|"),
        _PLEASE,
    ),
    (
        _HELLO,
        _any(
            "the item arrived broken|the box was crushed|glass was shattered inside|there is a big dent|"
            "one corner is torn"
        ),
        _any("as you see in the photo,|already on arrival,|"),
        _PLEASE,
    ),
    (
        _HELLO,
        _any(
            "it is not what the listing shows|the colour is different|the size is wrong|it is a different "
            "model|the material is not as described"
        ),
        _any("so|and I am disappointed,|"),
        _PLEASE,
    ),
    (
        _HELLO,
        _any(
            "it stopped working after two days|it does not switch on|the battery does not charge|one side "
            "makes no sound|the zip broke"
        ),
        _any("although I followed the manual,||and a reset did not help,"),
        _PLEASE,
    ),
    (
        _HELLO,
        _any(
            "I received a different item|you sent the wrong size|this is not my order|there was someone "
            "else's item in the box"
        ),
        _any("so||and I still need mine,"),
        _PLEASE,
    ),
    (
        _HELLO,
        _any(
            "the box was empty|the parcel was sealed but there was nothing inside|only paper in the box|"
            "half of the order was missing"
        ),
        _any("and the tape looked fine,||when I opened it,"),
        _PLEASE,
    ),
    (
        _HELLO,
        _any("I read about the recall|I got your recall notice|this is the recalled batch"),
        _any("and stopped using it,|so|"),
        _PLEASE,
    ),
)
QUESTIONS = (
    _HELLO,
    _any(
        "does this fit a medium?|when will my order ship?|can I change the address?|is there a warranty?|"
        "which colour is it really?|is the plug for Europe?|can I get an invoice?|do you have it in black?|"
        "my order is late, any news?|how do I clean it?"
    ),
    _any("Thanks|Thank you!|Regards||Best wishes|Please answer soon."),
)
ANSWERS = (
    _any("Thank you for your message.|Dear customer,|Hi,|Thanks for writing to us."),
    _any(
        "your order ships tomorrow.|yes, it does.|please see the size chart in the listing.|we have sent "
        "the invoice by mail.|there is a two year warranty.|the address has been changed.|it is machine "
        "washable.|we are checking with the courier.|only in the colours shown, sorry."
    ),
    _any("Kind regards|Have a nice day.|Your service team||Let us know if you need anything else."),
)
THANKS = (
    _any("Thank you for your order.|We hope that you like your purchase."),
    _any("If anything is wrong, write to us first.|Your parcel is on its way.|Care instructions are in the box."),
    _any(
        "We would be glad of an honest review.|Your opinion helps other shoppers.||You can leave feedback "
        "on the order page."
    ),
)
CHATTER = (
    _any("anyone|has somebody|does anybody here|who"),
    _any("got a coupon for|tried|know a good deal on|returned|waiting for|had trouble with"),
    _any(
        "headphones?|the spring sale?|phone cases?|air fryers?|gift cards?|running shoes?|that courier?|"
        "their support chat?"
    ),
    _any("|lol|asking for a friend|thx|pls||shipping takes ages"),
)
