"""Two years in the life of Valmère's six structures, as entries of their books.

The amounts are drawn around plausible ones from a fixed seed. What one structure sells to another
is in both books, with the other's name as third party.
"""

from __future__ import annotations

from chambre.project.demo.books import Bookkeeper

Books = dict[str, Bookkeeper]

PARTIES = {
    "C-JUS": "Jus de la Lysse, SCIC",
    "C-VERGERS": "Les Vergers de Valmère",
    "C-CHANVRE": "Chanvre libre de Valmère",
    "C-BOCAL": "Bocal et Retour, SCOP",
    "C-ECOLE": "École des communs du Ferrain",
    "C-FABRIQUE": "La Fabrique du quai",
    "F-JUS": "Jus de la Lysse, SCIC",
    "F-VERGERS": "Les Vergers de Valmère",
    "F-CHANVRE": "Chanvre libre de Valmère",
    "F-BOCAL": "Bocal et Retour, SCOP",
    "F-ECOLE": "École des communs du Ferrain",
    "F-FABRIQUE": "La Fabrique du quai",
    "S-MAIRIE": "Commune de Valmère",
    "S-REGION": "Région des Collines",
    "S-FONDATION": "Fondation du Sillon",
    "C-EPICERIE": "Épicerie du Carillon",
    "C-CANTINE": "Cantine des Trois-Ponts",
    "C-MARCHE": "Marché du samedi",
    "C-FERME": "Ferme de la Haute-Borne",
    "C-CNF": "Centre de formation du Ferrain",
    "C-HABITANTS": "Habitants et habitantes",
    "F-PEPINIERE": "Pépinière du Bois-Blanc",
    "F-VERRE": "Verrerie de l’Estuaire",
    "F-ENERGIE": "Énergie coopérative du Ferrain",
    "F-ASSUR": "Mutuelle des Jardins",
    "F-METAL": "Métaux du Canal",
    "F-IMPRIM": "Imprimerie de la Halle",
    "F-LOYER": "Foncière du Quai",
    "F-DIVERS": "Fournitures diverses",
}
_SHORT = {
    "vergers": "VERGERS",
    "jus": "JUS",
    "chanvre": "CHANVRE",
    "bocal": "BOCAL",
    "ecole": "ECOLE",
    "fabrique": "FABRIQUE",
}


def trade(
    books: Books,
    seller: str,
    buyer: str,
    when: tuple[int, int],
    net: int,
    label: str,
    *,
    income: str,
    expense: str,
    permille: int = 0,
) -> None:
    """One structure of Valmère sells to another: an invoice in both books, paid ten days later."""
    month, day = when
    books[seller].sell(
        month, day, income, net, label, f"C-{_SHORT[buyer]}", permille=permille, delay=10
    )
    books[buyer].buy(
        month, day, expense, net, label, f"F-{_SHORT[seller]}", permille=permille, delay=10
    )


def found(books: Books) -> None:
    """What each structure had before the first year: in its first opening entry."""
    first = {
        "vergers": {"218200": 6_400_00, "281820": -2_100_00, "512000": 9_350_40},
        "jus": {"215400": 38_000_00, "281540": -11_400_00, "512000": 14_820_15},
        "chanvre": {"215400": 9_800_00, "281540": -1_960_00, "512000": 7_420_90},
        "bocal": {"218600": 46_500_00, "281860": -15_500_00, "512000": 12_260_77},
        "ecole": {"218300": 3_100_00, "281830": -1_550_00, "512000": 11_905_00},
        "fabrique": {"215400": 52_000_00, "281540": -20_800_00, "512000": 6_310_25},
    }
    debts = {"jus": 15_000_00, "bocal": 18_000_00, "fabrique": 12_000_00}
    for slug, balances in first.items():
        book = books[slug]
        for account, amount in balances.items():
            if amount:
                book.balances[account, ""] = amount
        if slug in debts:
            book.balances["164000", ""] = -debts[slug]
        if slug == "bocal":
            book.balances["419600", ""] = -7_840_00
        own = -sum(book.balances.values())
        book.balances["101300" if book.chart == "pcg" else "102000", ""] = own


def orchards(books: Books) -> None:
    """Les Vergers: the shared orchard, fruit to the press, open days, volunteers."""
    book = books["vergers"]
    for month in range(1, 13):
        book.buy(month, 8, "606300", book.about(9_500), "Petit outillage verger", "F-DIVERS")
        book.buy(month, 3, "616000", 6_200, "Assurance verger et presse", "F-ASSUR")
        if month % 2:
            book.volunteers(month, book.rng.randint(38, 84), "Chantier participatif au verger")
    for month in (2, 3, 11):
        book.buy(
            month, 12, "601000", book.about(84_000), "Plants et greffons, verger", "F-PEPINIERE"
        )
    for week in range(18):
        month, day = 8 + week // 5, 3 + (week % 5) * 6
        net = book.about(62_000, 25)
        trade(
            books,
            "vergers",
            "jus",
            (month, day),
            net,
            "Pommes à jus du verger",
            income="701000",
            expense="601000",
        )
        if week % 3 == 0:
            book.sell(
                month,
                day,
                "706000",
                book.about(21_000),
                "Pressage à façon, presse mobile",
                "C-HABITANTS",
            )
    for month in (5, 10):
        book.bank(month, 19, "Dons fête du verger", "754100", book.about(48_000))
    book.bank(1, 30, "Adhésions de l’année", "756100", 37 * 15_00)
    book.subsidy(3, 12_000_00, "Subvention verger partagé", "S-MAIRIE", 5, account="741000")
    spent = book.about(8_400_00, 6)
    book.various(
        12,
        31,
        "Fonds dédiés verger, part non employée",
        [("689400", 12_000_00 - spent), ("194000", spent - 12_000_00)],
    )
    for month in range(3, 12):
        book.pay_wages(month, 940_00, "Salaire animation du verger")
    book.depreciate("Amortissement presse mobile", "281820", 640_00)


def juice(books: Books) -> None:
    """Jus de la Lysse: presses the orchard's apples, sells bottles with a deposit."""
    book = books["jus"]
    for month in range(1, 13):
        busy = 3 if month in (9, 10, 11, 12) else 1
        for customer in ("C-EPICERIE", "C-CANTINE", "C-MARCHE", "C-FERME"):
            for turn in range(busy + 1):
                bottles = book.rng.randint(120, 260)
                book.sell(
                    month,
                    4 + turn * 7,
                    "701100",
                    bottles * 290,
                    "Vente jus de pomme du verger",
                    customer,
                    permille=55,
                    deposit=bottles * 20,
                    delay=18,
                )
        back = book.rng.randint(1500, 2600) * 20
        book.bank(month, 27, "Consignes rendues en caisse", "419600", -back)
        book.pay_wages(month, 2_150_00, "Salaire production de jus")
        book.buy(
            month, 5, "606100", book.about(16_500), "Électricité du chai", "F-ENERGIE", permille=200
        )
        book.buy(month, 2, "613200", 42_000, "Loyer du chai", "F-LOYER", permille=200)
        trade(
            books,
            "bocal",
            "jus",
            (month, 16),
            book.about(86_000, 20),
            "Lavage de bouteilles, consigne",
            income="706000",
            expense="611000",
            permille=200,
        )
    for month in (8, 9, 10):
        book.buy(
            month,
            21,
            "602600",
            book.about(120_000),
            "Bouchons et étiquettes",
            "F-IMPRIM",
            permille=200,
        )
    book.subsidy(4, 6_000_00, "Aide à l’investissement presse", "S-REGION", 7, account="131000")
    book.buy(
        6,
        10,
        "215400",
        14_500_00,
        "Pasteurisateur, presse du verger",
        "F-METAL",
        permille=200,
        delay=30,
    )
    book.depreciate("Amortissement matériel de pressage", "281540", 4_750_00)
    book.bank(6, 30, "Remboursement de l’emprunt", "164000", -3_000_00)
    book.bank(6, 30, "Intérêts de l’emprunt", "661100", -312_40)


def hemp(books: Books) -> None:
    """Chanvre libre: a machine with open plans, trials on farms, plans to build it again."""
    book = books["chanvre"]
    for month in range(1, 13):
        book.buy(month, 9, "606300", book.about(13_000), "Visserie, décortiqueur", "F-METAL")
        book.volunteers(month, book.rng.randint(20, 46), "Conception ouverte du décortiqueur")
        if month in (3, 4, 9, 10):
            trade(
                books,
                "fabrique",
                "chanvre",
                (month, 14),
                book.about(54_000),
                "Heures de machines, décortiqueur",
                income="706000",
                expense="613500",
            )
            book.sell(
                month,
                22,
                "706000",
                book.about(88_000),
                "Journée d’essai du décortiqueur à la ferme",
                "C-FERME",
            )
    for month in (2, 6, 11):
        book.sell(
            month,
            18,
            "708500",
            book.about(64_000),
            "Kits et notices du décortiqueur",
            "C-HABITANTS",
        )
    book.subsidy(2, 18_000_00, "Subvention décortiqueur ouvert", "S-REGION", 6, account="741000")
    book.bank(9, 12, "Mécénat plans ouverts", "754200", 5_000_00)
    book.buy(5, 6, "601000", book.about(310_000), "Acier et roulements, décortiqueur", "F-METAL")
    book.bank(1, 20, "Adhésions de l’année", "756100", 22 * 20_00)
    for month in range(2, 12):
        book.pay_wages(month, 1_320_00, "Salaire mise au point décortiqueur")
    book.depreciate("Amortissement prototype", "281540", 1_960_00)


def jars(books: Books) -> None:
    """Bocal et Retour: jars and bottles lent against a deposit, washed, lent again."""
    book = books["bocal"]
    for month in range(1, 13):
        for customer, size in (("C-EPICERIE", 3000), ("C-FERME", 1800), ("C-CANTINE", 2600)):
            jars_out = book.rng.randint(size - 300, size + 300)
            book.sell(
                month,
                6,
                "706000",
                jars_out * 52,
                "Service de consigne, bocaux livrés",
                customer,
                permille=200,
                deposit=jars_out * 50,
                delay=15,
            )
        returned = book.rng.randint(6200, 7400) * 50
        book.bank(month, 26, "Consignes remboursées", "419600", -returned)
        book.pay_wages(month, 3_480_00, "Salaires tournée et lavage")
        book.buy(
            month,
            4,
            "606100",
            book.about(48_000),
            "Eau et énergie du lavage",
            "F-ENERGIE",
            permille=200,
        )
        book.buy(
            month,
            19,
            "624100",
            book.about(26_000),
            "Tournées de collecte",
            "F-DIVERS",
            permille=200,
        )
        lost = book.rng.randint(90, 220) * 50
        tax = book.vat(lost * 5 // 6, 200)
        book.various(
            month,
            28,
            "Bocaux non rendus",
            [("419600", lost), ("708600", tax - lost), ("445710", -tax)],
        )
    for month in (3, 9):
        book.buy(
            month,
            11,
            "218600",
            book.about(520_000),
            "Bocaux et bouteilles neufs",
            "F-VERRE",
            permille=200,
            delay=30,
        )
    book.subsidy(5, 15_000_00, "Aide au réemploi, consigne", "S-REGION", 8, account="741000")
    book.depreciate("Amortissement des bocaux consignés", "281860", 9_300_00)
    book.bank(12, 15, "Remboursement de l’emprunt", "164000", -4_500_00)
    book.bank(12, 15, "Intérêts de l’emprunt", "661100", -421_18)


def school(books: Books) -> None:
    """École des communs: an open course, given, translated, improved."""
    book = books["ecole"]
    for month in (1, 2, 3, 4, 5, 6, 9, 10, 11):
        book.sell(
            month,
            12,
            "706000",
            book.about(240_000),
            "Cours Entreprendre en commun",
            "C-CNF",
            delay=25,
        )
        trade(
            books,
            "fabrique",
            "ecole",
            (month, 11),
            36_000,
            "Salle de l’atelier pour le cours",
            income="708300",
            expense="613200",
        )
        book.buy(month, 20, "623700", book.about(19_000), "Livrets du cours", "F-IMPRIM")
        if month % 2:
            trade(
                books,
                "ecole",
                "fabrique",
                (month, 24),
                book.about(42_000),
                "Formation de l’équipe de l’atelier",
                income="706000",
                expense="633300",
            )
    for month in range(1, 13):
        book.pay_wages(month, 1_720_00, "Salaire coordination du cours")
        book.volunteers(month, book.rng.randint(12, 30), "Relecture et traduction du cours")
    book.subsidy(3, 9_500_00, "Subvention cours ouvert", "S-FONDATION", 4, account="755100")
    book.bank(1, 25, "Adhésions de l’année", "756100", 64 * 10_00)
    book.depreciate("Amortissement matériel pédagogique", "281830", 775_00)


def workshop(books: Books) -> None:
    """La Fabrique du quai: a workshop for all, by the hour or by the year."""
    book = books["fabrique"]
    for month in range(1, 13):
        book.bank(month, 5, "Abonnements à l’atelier", "706000", book.rng.randint(60, 85) * 30_00)
        book.buy(month, 2, "613200", 980_00, "Loyer de l’atelier", "F-LOYER")
        book.buy(month, 7, "606100", book.about(34_000), "Électricité de l’atelier", "F-ENERGIE")
        book.buy(month, 17, "615500", book.about(21_000), "Entretien des machines", "F-METAL")
        book.pay_wages(month, 2_020_00, "Salaire fabmanageur de l’atelier")
        book.volunteers(month, book.rng.randint(30, 60), "Permanences bénévoles de l’atelier")
    for month in (4, 8, 12):
        book.sell(month, 13, "706000", book.about(175_000), "Réparations à façon", "C-FERME")
    book.subsidy(2, 22_000_00, "Subvention atelier partagé", "S-MAIRIE", 4, account="741000")
    book.bank(1, 18, "Adhésions de l’année", "756100", 118 * 12_00)
    book.buy(7, 3, "215400", 6_400_00, "Fraiseuse d’occasion, atelier", "F-METAL", delay=30)
    book.depreciate("Amortissement des machines", "281540", 7_050_00)
    book.bank(11, 30, "Remboursement de l’emprunt", "164000", -2_400_00)
    book.bank(11, 30, "Intérêts de l’emprunt", "661100", -198_70)


STORIES = (orchards, juice, hemp, jars, school, workshop)
