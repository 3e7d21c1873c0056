"""Takes the pictures of the guide from a running demonstration.

    ./run demo --port 8000 &
    .venv/bin/python tools/pictures.py http://localhost:8000

It signs in as Bruno, a treasurer of the invented town, then as Ada, who administers it, looks at
each page on a desktop screen and on a phone, and writes ``docs/guide/pictures/``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
from tests.browser.harness import DESKTOP, PHONE, find_chromium, start_chromium  # noqa: E402

PICTURES = ROOT / "docs" / "guide" / "pictures"
HEIGHTS = {DESKTOP: 1000, PHONE: 844}
PUBLIC = {
    "accueil": ("/", (DESKTOP, PHONE)),
    "entrer": ("/compte/login/", (PHONE,)),
    "ressources": ("/ressources/", (DESKTOP,)),
    "ressource": ("/ressources/verger/", (DESKTOP, PHONE)),
    "consigne-carte": ("/consigne/carte/", (DESKTOP,)),
}
TREASURER = {
    "livres": ("/livres/jus/", (DESKTOP,)),
    "attribution": ("/attribution/", (DESKTOP,)),
    "reste": ("/attribution/propositions/", (DESKTOP,)),
    "comptes": ("/comptes/", (DESKTOP, PHONE)),
    "etat": ("/comptes/resource/verger/", (DESKTOP, PHONE)),
    "regarder": ("/comptes/resource/verger/voir/", (DESKTOP,)),
    "public": ("/livres/jus/public/", (DESKTOP,)),
    "tresorerie": ("/tresorerie/jus/", (DESKTOP, PHONE)),
    "sortie": ("/tresorerie/jus/virements/", (DESKTOP,)),
    "prelevements": ("/tresorerie/jus/prelevements/", (DESKTOP,)),
    "mois": ("/tresorerie/jus/mois/", (DESKTOP, PHONE)),
    "consigne": ("/consigne/bocaux/", (DESKTOP,)),
    "consigne-recomptages": ("/consigne/bocaux/recomptages/", (DESKTOP,)),
    "consigne-chiffres": ("/consigne/bocaux/chiffres/", (DESKTOP,)),
    "consigne-structure": ("/consigne/structures/jus/", (PHONE,)),
    "consigne-scan": ("/consigne/scan/", (PHONE,)),
    "consigne-appareil": ("/consigne/appareils/borne-epicerie/", (PHONE,)),
}
ITEMS = "/consigne/bocaux/objets/?q="
"""Where the list of objects links to each; the first one's public page is in the guide too."""
ADMINISTRATOR = {
    "rapprocher": ("/tresorerie/bocal/rapprochement/", (DESKTOP,)),
}


def take(page: Page, base: str, pages: dict[str, tuple[str, tuple[int, ...]]]) -> None:
    """What somebody sees first on each page."""
    for name, (path, widths) in pages.items():
        for width in widths:
            page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
            answer = page.goto(base + path)
            if answer is None or not answer.ok:
                raise SystemExit(f"{path} cannot be seen: {answer and answer.status}")
            page.screenshot(path=PICTURES / f"{name}-{width}.png")
            print(f"{name}-{width}.png")


def main(base: str) -> None:
    """Take all of them."""
    executable = find_chromium()
    if executable is None:
        raise SystemExit("No Chromium on this machine.")
    with start_chromium(executable) as browser:
        context = browser.new_context(locale="fr-FR", timezone_id="Europe/Paris")
        page = context.new_page()
        take(page, base, PUBLIC)
        for who, pages in (("Bruno", TREASURER), ("Ada", ADMINISTRATOR)):
            context.clear_cookies()
            page.goto(base + "/")
            page.get_by_label(f"Entrer comme {who}").first.click()
            page.wait_for_load_state()
            take(page, base, pages)
            if who == "Bruno":
                page.goto(base + ITEMS)
                serial = page.locator("main table a").first.get_attribute("href")
                assert serial is not None
                label = f"/consigne/o/{serial.rstrip('/').rpartition('/')[2]}"
                take(page, base, {"consigne-objet": (label, (PHONE,))})


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8000")
