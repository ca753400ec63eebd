"""Names of people, places, brands and things."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(text.split("|"))


FIRST_NAMES = (  # by country
    _words(
        "James Mary Michael Jennifer Robert Linda David Emily Daniel Sarah Chris Ashley Kevin Megan Tyler "
        "Grace Noah Hannah Ethan Olivia Brandon Kayla Logan Chloe Marcus Jasmine Diego Nina Owen Tessa"
    ),
    _words(
        "Oliver Amelia Jack Isla Harry Poppy George Ella Thomas Sophie Callum Lucy Rhys Freya Alfie Ruby "
        "Liam Imogen Ewan Niamh Aaron Zara Jude Martha Kieran Bethany"
    ),
    _words(
        "Lukas Anna Leon Lena Finn Marie Jonas Lea Felix Laura Tim Julia Jan Katharina Moritz Sabine Uwe "
        "Petra Stefan Heike Niklas Svenja Emre Aylin Holger Birgit"
    ),
    _words(
        "Lucas Emma Hugo Jade Louis Camille Jules Manon Arthur Chloe Antoine Lea Mathieu Sarah Nicolas "
        "Elodie Yanis Ines Thierry Sylvie Bastien Margaux"
    ),
    _words(
        "Hugo Lucia Martin Sofia Pablo Maria Alejandro Paula Daniel Carmen Javier Laura Sergio Marta Iker "
        "Ainhoa Raul Nuria Alvaro Elena"
    ),
    _words(
        "Jakub Zuzanna Antoni Julia Jan Maja Szymon Anna Piotr Katarzyna Tomasz Agnieszka Marek Ewa Pawel "
        "Magda Wojciech Beata"
    ),
    _words(
        "Aarav Aditi Vivaan Ananya Arjun Diya Rohan Priya Rahul Sneha Vikram Pooja Karthik Divya Sanjay "
        "Meera Imran Ayesha"
    ),
    _words(
        "Miguel Helena Arthur Alice Davi Laura Gabriel Beatriz Lucas Julia Pedro Mariana Rafael Camila Thiago Larissa"
    ),
    _words("Santiago Sofia Mateo Valentina Sebastian Regina Diego Camila Luis Fernanda Jorge Daniela Carlos Alejandra"),
    _words("Paul Anna Jakob Emma Maximilian Lena David Sophie Florian Katharina Lukas Theresa Andreas Johanna"),
    _words("Wei Fang Jing Min Li Yan Hao Xin Jun Mei Tao Ying Lei Na Peng Hui Bo Qian Chao Rui"),
)
LAST_NAMES = (  # by country
    _words(
        "Smith Johnson Williams Brown Jones Garcia Miller Davis Martinez Lopez Wilson Anderson Taylor "
        "Moore Jackson Lee Nguyen Harris Clark Lewis Walker Young Allen King Wright Torres Hill Flores "
        "Green Adams Baker Rivera Campbell Mitchell Carter Phillips Evans Turner Parker Collins Edwards "
        "Stewart Morris Murphy Cook Rogers Reed Bailey Cooper Ward"
    ),
    _words(
        "Smith Jones Taylor Brown Williams Wilson Davies Evans Thomas Roberts Johnson Walker Wright Patel "
        "Khan Green Hall Wood Clarke Hughes Edwards Begum Lewis Ward Cooper Shaw Murray Bell Kaur Marsh "
        "Holt Pugh"
    ),
    _words(
        "Mueller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Koch Richter Klein "
        "Wolf Neumann Braun Zimmermann Krueger Hartmann Lange Yilmaz Vogel Peters Seidel Brandt Haas Kuhn "
        "Engel"
    ),
    _words(
        "Martin Bernard Dubois Thomas Robert Richard Petit Durand Leroy Moreau Simon Laurent Michel Garcia "
        "Roux Fournier Girard Bonnet Lambert Fontaine Benali Chevalier Gauthier Perrin"
    ),
    _words(
        "Garcia Rodriguez Gonzalez Fernandez Lopez Martinez Sanchez Perez Gomez Martin Jimenez Ruiz Diaz "
        "Moreno Alonso Romero Navarro Torres Ramos Gil Serrano Molina"
    ),
    _words(
        "Nowak Kowalski Wisniewski Wojcik Kowalczyk Kaminski Lewandowski Zielinski Szymanski Wozniak "
        "Dabrowski Mazur Krawczyk Grabowski Pawlak"
    ),
    _words("Sharma Patel Singh Kumar Gupta Reddy Iyer Nair Das Mehta Joshi Khan Verma Rao Chopra Bose Pillai Menon"),
    _words(
        "Silva Santos Oliveira Souza Lima Pereira Ferreira Costa Rodrigues Almeida Nascimento Araujo "
        "Ribeiro Carvalho Rocha"
    ),
    _words(
        "Hernandez Garcia Martinez Lopez Gonzalez Perez Rodriguez Sanchez Ramirez Cruz Flores Morales "
        "Vazquez Reyes Ortiz"
    ),
    _words("Gruber Huber Bauer Wagner Mueller Pichler Steiner Moser Mayer Hofer Leitner Berger Fuchs Eder Fischer"),
    _words("Wang Li Zhang Liu Chen Yang Huang Zhao Wu Zhou Xu Sun Ma Zhu Hu Guo He Lin Gao Luo"),
)
STREETS = _phrases(
    "Mill Road|Station Road|Church Lane|High Street|Park Avenue|Oak Street|Maple Drive|Victoria Road|King "
    "Street|Queensway|River View|Chestnut Close|Garden Street|Elm Grove|North Street|South Parade|Bridge "
    "Street|Market Square|School Lane|Meadow Way|Harbour Road|Hillside Avenue|Cedar Court|Birch Road|Lake "
    "Street|Forest Drive|Union Street|Castle Road|Orchard Way|Field End|Canal Street|Tower Hill|West Road|"
    "Spring Lane"
)
CITIES = _words(
    "Ashford Bramley Corwen Dunley Eastbrook Fairport Glenholm Hartwell Ivydale Kingsmere Lindow Marston "
    "Northwold Oakham Penfield Quarry Redmoor Stanwick Thornbury Westleigh"
)
BRAND_STARTS = _words(
    "Val Nor Zen Lum Kor Ari Bel Cas Dro Eno Fal Gri Hal Iva Jun Kel Lor Mir Nex Ola Per Qua Ras Sol Tri "
    "Uma Ver Wil Xan Yor Zul Ama Bri Cor Del Ela Fin Gal Hex Ito"
)
BRAND_ENDS = _words(
    "dora via tech mark lane ora ito ix wave home well go zen ley eta ford nova line eo ique a ex on um "
    "berg isto elle craft pure loom fit hause"
)
MODELS = _words(
    "X1 X2 X3 Pro Plus Mini Max Lite 2.0 SE Air Classic Duo Eco Prime One Neo Set Ultra Basic S M L XL 100 "
    "200 300 500 1000 A7 B12 C3 D40 GT"
)
NOUNS = (  # by category
    _phrases("jacket|cotton t-shirt|jeans|hoodie|summer dress|wool socks"),
    _phrases("running shoes|sneakers|boots|sandals|slippers"),
    _phrases("phone case|smartphone|screen protector|charging cable|power bank"),
    _phrases("wireless earbuds|headphones|bluetooth speaker|soundbar|microphone"),
    _phrases("laptop stand|mechanical keyboard|mouse|monitor|usb hub|ssd drive"),
    _phrases("frying pan|kitchen scale|knife set|coffee grinder|air fryer|lunch box"),
    _phrases("storage basket|pillow|curtains|bed sheet set|vacuum bag|wall clock"),
    _phrases("garden hose|plant pot|pruning shears|lawn seed|solar lamp"),
    _phrases("building blocks|puzzle|toy car|doll|plush bear"),
    _phrases("board game|card game|game controller|dice set"),
    _phrases("face cream|shampoo|lipstick|hair dryer|nail set"),
    _phrases("vitamin tablets|blood pressure monitor|massage gun|plasters"),
    _phrases("coffee beans|green tea|protein bar|olive oil|spice set"),
    _phrases("dog bed|cat litter mat|dog leash|bird feeder"),
    _phrases("baby bottle|stroller bag|baby monitor|bib set"),
    _phrases("yoga mat|dumbbell set|resistance bands|water bottle"),
    _phrases("tent|sleeping bag|head torch|backpack"),
    _phrases("cordless drill|screwdriver set|tape measure|work gloves"),
    _phrases("dash cam|car phone mount|seat cover|tyre inflator"),
    _phrases("cookbook|notebook|travel guide|picture book"),
    _phrases("desk lamp|gel pens|stapler|office chair cushion"),
    _phrases("necklace|earrings|watch strap|ring"),
    _phrases("led strip|floor lamp|night light|smart bulb"),
    _phrases("yarn set|watercolour set|sewing kit|glue gun"),
)
